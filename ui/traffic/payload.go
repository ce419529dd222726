package traffic

import (
	"bytes"
	"encoding/json"
	"strings"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

// payload is the message as X or Motion has it.
type payload struct {
	// Title names it. Note is what has to be said about it; may be empty.
	Title, Note string
	// JSON is "" where there is none, and Curl what a shell makes the same calls with.
	JSON, Curl string
}

func received(d control.Detail, t *translation.Texts) payload {
	s := payload{Title: t.T("window.detail.came." + d.Direction)}
	switch {
	case d.Received != nil:
		s.JSON, s.Note = d.Received.Text, cut(*d.Received, t)
	case d.Content != nil:
		s.JSON, s.Note = pretty(d.Content), t.T("window.detail.understood")
	case d.Kind == "note":
		s.Note = t.T("window.detail.written")
	default:
		s.Note = t.T("window.detail.gone")
	}
	return s
}

func sent(d control.Detail, t *translation.Texts) payload {
	s := payload{Title: t.T("window.detail.goes." + d.Direction)}
	if len(d.Calls) == 0 {
		s.Note = t.T("window.detail.nothing")
		return s
	}
	var calls []string
	for _, c := range d.Calls {
		s.Curl += c.Curl(d.Direction)
		calls = append(calls, c.Call+"\n"+c.Text)
		if note := cut(c, t); note != "" {
			s.Note = note
		}
	}
	s.JSON = strings.Join(calls, "\n\n")
	return s
}

func cut(d control.Document, t *translation.Texts) string {
	if !d.Cut {
		return ""
	}
	return t.T("window.detail.cut", format.Bytes(int64(d.Bytes)))
}

// pretty indents JSON; "" for nothing.
func pretty(content any) string {
	if content == nil {
		return ""
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if e.Encode(content) != nil {
		return ""
	}
	return string(bytes.TrimRight(b.Bytes(), "\n"))
}
