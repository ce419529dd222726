package bridge

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxReplyText is the longest text that is taken from Motion, in bytes; X takes 10,000 characters at most.
const maxReplyText = 64 << 10

var threadPattern = regexp.MustCompile(`^[0-9]{1,20}$`)

// ParseReply reads what Motion posted to the Reply URL: JSON or form data, ids as numbers or strings, everything but
// the text and some hint of the recipient optional. internal is true for what is not meant for the customer.
// Errors are of kind Invalid.
func ParseReply(raw []byte, mapKey string) (reply Reply, internal bool, err error) {
	if !utf8.Valid(raw) {
		return Reply{}, false, invalidReply("it is not valid UTF-8")
	}
	fields, problem := replyFields(raw)
	if problem != "" {
		return Reply{}, false, invalidReply(problem)
	}
	if fields.internal() {
		return Reply{}, true, nil
	}
	reply = fields.reply(mapKey)
	return reply, false, checkReply(reply)
}

func checkReply(r Reply) error {
	switch {
	case r.Body == "" && r.AttachmentID == "":
		return invalidReply("it has no text (body) and no attachment")
	case len(r.Body) > maxReplyText:
		return invalidReply("its text is longer than 64 KB")
	case r.ThreadID != "" && !threadPattern.MatchString(r.ThreadID):
		return invalidReply("its threadId is not the number of a post")
	case r.Handle == "" && r.InteractionID == "" && r.ThreadID == "":
		return invalidReply("it does not say who it is for: no Contact, no interaction and no thread")
	}
	return nil
}

func invalidReply(problem string) error {
	return &Error{
		Kind: Invalid, Side: SideMotion, Op: "read reply", Message: "Motion's reply cannot be used: " + problem,
		Remedy: "check the Open Channel account in Motion; nothing was sent",
	}
}

// object is a JSON object whose members are found without regard to case.
type object map[string]any

func (o object) get(keys ...string) any {
	for _, key := range keys {
		if v, ok := o[key]; ok && v != nil {
			return v
		}
	}
	for _, key := range keys {
		for k, v := range o {
			if strings.EqualFold(k, key) && v != nil {
				return v
			}
		}
	}
	return nil
}

func (o object) text(keys ...string) string { return textOf(o.get(keys...)) }

func (o object) object(keys ...string) object {
	m, _ := o.get(keys...).(map[string]any)
	return m
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
	}
	return ""
}

func replyFields(raw []byte) (object, string) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return nil, "the body is empty"
	}
	if raw[0] == '{' || raw[0] == '[' || raw[0] == '"' {
		if problem := checkJSON(raw); problem != "" {
			return nil, problem
		}
		var fields map[string]any
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber() // ids keep all their digits
		if decoder.Decode(&fields) != nil {
			return nil, "it is not a JSON object"
		}
		return fields, ""
	}
	values, err := url.ParseQuery(string(raw))
	if err != nil || !values.Has("body") && !values.Has("AttachmentId") {
		return nil, "it is neither JSON nor form data"
	}
	return formFields(values), ""
}

// formFields turns "Contact[twitter]=annlee" into nested objects.
func formFields(values url.Values) object {
	fields := object{}
	for key, list := range values {
		name, rest, nested := strings.Cut(key, "[")
		if !nested {
			fields[name] = list[0]
			continue
		}
		inner, _ := fields[name].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			fields[name] = inner
		}
		inner[strings.TrimSuffix(rest, "]")] = list[0]
	}
	return fields
}

func (o object) internal() bool {
	if secret := o.text("secret"); secret == "true" || secret == "1" {
		return true
	}
	direction := o.text("direction")
	return direction != "" && direction != "out"
}

func (o object) reply(mapKey string) Reply {
	contact, second := object(nil), object(nil)
	if m, ok := o["Contact"].(map[string]any); ok {
		contact = m
	}
	if m, ok := o["contact"].(map[string]any); ok {
		second = m
	}
	interaction := o.object("Interaction", "OpenchannelInteraction")
	r := Reply{
		MotionID: o.text("id"), Body: o.text("body"), AttachmentID: idOrNone(o.text("AttachmentId")),
		InteractionID: cmp.Or(interaction.text("id"), o.text("OpenchannelInteractionId", "InteractionId")),
		ThreadID:      cmp.Or(interaction.text("threadId"), o.text("threadId")),
		ContactID:     cmp.Or(o.text("ContactId"), contact.text("id"), second.text("id")),
		Handle:        cmp.Or(contact.text(mapKey), second.text(mapKey), o.text("to")),
		Agent:         o.object("agent").text("fullname", "name"),
	}
	r.Handle = strings.TrimPrefix(strings.TrimSpace(r.Handle), "@")
	r.ThreadID = idOrNone(strings.TrimSpace(r.ThreadID))
	return r
}

func idOrNone(text string) string {
	if text == "0" || text == "null" {
		return ""
	}
	return text
}
