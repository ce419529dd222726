package motion

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
)

// object is a JSON object of Motion's, whose members are found without regard to case. nil is an empty one.
type object map[string]any

func decode(body []byte, into *object) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return d.Decode(into)
}

func (o object) get(names ...string) any {
	for _, name := range names {
		for k, v := range o {
			if strings.EqualFold(k, name) && v != nil {
				return v
			}
		}
	}
	return nil
}

func (o object) object(name string) object {
	m, _ := o.get(name).(map[string]any)
	return m
}

func (o object) text(names ...string) string {
	switch v := o.get(names...).(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// said is Motion's own reason, short and on one line.
func said(a *answer) string {
	var body object
	text := ""
	if decode(a.body, &body) == nil {
		text = cmp.Or(body.text("message"), body.text("error"), body.text("name"))
	}
	if text == "" {
		text = http.StatusText(a.status)
	}
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "…"
	}
	return text
}
