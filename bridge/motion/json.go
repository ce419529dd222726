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

// object is a JSON object of Motion's, whose members are found without regard to case. nil is an empty one.
type object map[string]any

// decode reads an object; ids in it keep all their digits.
func decode(body []byte, into *object) error {
	d := json.NewDecoder(bytes.NewReader(loose.Trim(body)))
	d.UseNumber()
	return d.Decode(into)
}

// get finds the first of the names that has a value, in its own spelling first.
func (o object) get(names ...string) any {
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

func (o object) object(names ...string) object {
	m, _ := o.get(names...).(map[string]any)
	return m
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
