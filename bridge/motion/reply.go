package motion

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"perch/bridge"
	"perch/bridge/loose"
)

const (
	// maxReplyText is the longest text that is taken from Motion, in bytes; X takes 10,000 characters at most.
	maxReplyText = 64 << 10
	// maxReplyID bounds every id in a reply, in bytes.
	maxReplyID = 64
)

var threadPattern = regexp.MustCompile(`^[0-9]{1,20}$`)

// ParseReply reads what Motion posted to the Reply URL: JSON or form data, ids as numbers or strings, everything but
// the text and some hint of the recipient optional. A text that an agent's editor has marked up is made plain. internal
// is true for what is not meant for the customer. Errors are of kind Invalid.
func ParseReply(raw []byte, mapKey string) (reply bridge.Reply, internal bool, err error) {
	if !utf8.Valid(raw) {
		return bridge.Reply{}, false, invalidReply("it is not valid UTF-8")
	}
	fields, problem := replyFields(loose.Trim(raw))
	if problem == "" {
		internal, problem = fields.internal()
	}
	if problem != "" {
		return bridge.Reply{}, false, invalidReply(problem)
	}
	if internal {
		return bridge.Reply{}, true, nil
	}
	reply, problem = fields.reply(mapKey)
	if problem == "" {
		problem = checkReply(reply)
	}
	if problem != "" {
		return bridge.Reply{}, false, invalidReply(problem)
	}
	return reply, false, nil
}

func checkReply(r bridge.Reply) (problem string) {
	switch {
	case isBlank(r.Body) && r.AttachmentID == "":
		return "it has no text (body) and no attachment"
	case len(r.Body) > maxReplyText:
		return "its text is longer than 64 KB"
	case r.ThreadID != "" && !threadPattern.MatchString(r.ThreadID):
		return "its threadId is not the number of a post"
	case max(len(r.MotionID), len(r.AttachmentID), len(r.InteractionID), len(r.ContactID), len(r.Handle)) > maxReplyID:
		return "one of its ids is too long to be one"
	case r.Handle == "" && r.InteractionID == "" && r.ThreadID == "":
		return "it does not say who it is for: no Contact, no interaction and no thread"
	}
	return ""
}

func invalidReply(problem string) error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SideMotion, Op: "read reply", Message: "Motion's reply cannot be used: " + problem,
		Remedy: "check the Open Channel account in Motion; nothing was sent",
	}
}

func replyFields(raw []byte) (object, string) {
	if len(raw) == 0 {
		return nil, loose.ErrEmpty.Error()
	}
	if raw[0] == '{' || raw[0] == '[' || raw[0] == '"' {
		if err := loose.Check(raw); err != nil {
			return nil, err.Error()
		}
		var fields object
		if decode(raw, &fields) != nil {
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

// internal reports whether the message is a note among agents. One that cannot be told is not sent: a note must not
// reach a customer, and an answer must not be dropped without a word.
func (o object) internal() (is bool, problem string) {
	secret := o.get("secret")
	switch text := strings.ToLower(textOf(secret)); {
	case text == "true" || text == "1" || text == "yes":
		return true, ""
	case secret != nil && text != "false" && text != "0" && text != "no" && text != "":
		return false, "it does not say clearly whether it is a note among agents (secret)"
	case secret != nil && text == "" && secret != "":
		return false, "it does not say clearly whether it is a note among agents (secret)"
	}
	switch direction := strings.ToLower(o.text("direction")); direction {
	case "", "out":
		return false, ""
	case "in":
		return true, ""
	default:
		return false, "its direction is neither in nor out"
	}
}

func (o object) reply(mapKey string) (bridge.Reply, string) {
	contact, second := objectOf(o["Contact"]), objectOf(o["contact"])
	interaction := o.object("Interaction", "OpenchannelInteraction")
	files, isLost := o.attachments()
	if isLost {
		return bridge.Reply{}, "it names a file, but not by an id"
	}
	if len(files) > 1 {
		return bridge.Reply{}, "it has several files, and one message to X takes one: send them one after another"
	}
	body, problem := o.body()
	if problem != "" {
		return bridge.Reply{}, problem
	}
	thread := interaction.get("threadId")
	if idOrNone(textOf(thread)) == "" {
		thread = o.get("threadId")
	}
	r := bridge.Reply{
		MotionID: o.id("id"), Body: body,
		InteractionID: cmp.Or(interaction.id("id"), o.id("OpenchannelInteractionId", "InteractionId")),
		ContactID:     cmp.Or(o.id("ContactId"), contact.id("id"), second.id("id")),
		Handle:        handleIn(cmp.Or(contact.text(mapKey), second.text(mapKey), o.text("to"))),
		Agent:         o.object("agent").text("fullname", "name"),
	}
	r.ThreadID, r.IsThreadRounded = threadID(thread)
	if len(files) == 1 {
		r.AttachmentID, r.FileName = files[0].id, files[0].name
	}
	return r, ""
}

// body is the agent's text, without the mark-up of an editor.
func (o object) body() (text, problem string) {
	switch v := o.get("body").(type) {
	case map[string]any, []any:
		return "", "its text (body) is not a text"
	default:
		return plainText(textOf(v))
	}
}

// handleIn reads a handle as people write it into a contact: with "@", or as the address of a profile.
func handleIn(text string) string {
	text = strings.TrimSpace(text)
	for _, host := range []string{"https://x.com/", "https://twitter.com/", "http://twitter.com/", "https://www.twitter.com/"} {
		if rest, found := strings.CutPrefix(text, host); found {
			text, _, _ = strings.Cut(rest, "/")
		}
	}
	return strings.TrimPrefix(text, "@")
}
