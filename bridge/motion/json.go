package motion

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"perch/bridge/loose"
)

// object is a JSON object of Motion's, whose members are found without regard to case. nil is an empty one. A member may be
// there as it was written, until get reads it: of most answers one number is wanted.
type object map[string]any

// decode reads an object; ids in it keep all their digits.
func decode(body []byte, into *object) error {
	if loose.IsObject(body) && loose.Check(body) == nil {
		*into = membersOf(body)
		return nil
	}
	return decodeAny(body, into) // which knows what is wrong, or that what follows the object is not its own
}

func decodeAny(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(loose.Trim(raw)))
	d.UseNumber()
	return d.Decode(into)
}

// membersOf returns the members of a valid object, none of them read.
func membersOf(raw []byte) object {
	o := object{}
	for name, value := range loose.Members(raw) {
		if o[name] = value; string(value) == "null" {
			o[name] = nil
		}
	}
	return o
}

// valueOf reads a member that is there as it was written.
func valueOf(v any) (value any) {
	raw, ok := v.(json.RawMessage)
	switch {
	case !ok:
		return v
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return json.Number(raw)
	}
	_ = decodeAny(raw, &value) // it was checked as a part of its object
	return value
}

// get finds the first of the names that has a value, in its own spelling first.
func (o object) get(names ...string) any { return valueOf(o.find(names...)) }

func (o object) find(names ...string) any {
	for _, name := range names {
		if v, ok := o[name]; ok && v != nil {
			return v
		}
	}
	for _, name := range names {
		for k, v := range o {
			if strings.EqualFold(k, name) && v != nil {
				return v
			}
		}
	}
	return nil
}

func (o object) object(names ...string) object { return objectOf(o.find(names...)) }

// objectOf is nil for what is no object.
func objectOf(v any) object {
	switch v := v.(type) {
	case json.RawMessage:
		if loose.IsObject(v) {
			return membersOf(v)
		}
	case map[string]any:
		return v
	}
	return nil
}

func (o object) text(names ...string) string { return textOf(o.get(names...)) }

// textOf is a text, a number as it is written, or a truth value; "" for anything else.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// said is Motion's own reason, short and on one line.
func said(a *answer) string {
	var body object
	text := ""
	if decode(a.body, &body) == nil {
		text = reasonIn(body)
	}
	if text == "" {
		text = cmp.Or(http.StatusText(a.status), "no reason")
	}
	return loose.Brief(text)
}

// reasonIn finds a sentence in the members that errors have, whether they are texts, objects or lists.
func reasonIn(v any) string {
	switch v := v.(type) {
	case object:
		for _, name := range []string{"message", "error", "errors", "detail", "name", "code"} {
			if text := reasonIn(v.get(name)); text != "" {
				return text
			}
		}
	case map[string]any:
		return reasonIn(object(v))
	case []any:
		for _, one := range v {
			if text := reasonIn(one); text != "" {
				return text
			}
		}
	case bool:
	default:
		return textOf(v)
	}
	return ""
}
