package xapi

import (
	"cmp"
	"net/http"
	"strings"

	"perch/bridge/loose"
)

// refusal is what an unsuccessful answer says, in either profile's form.
type refusal struct {
	status int
	codes  []int
	// text is all words of the answer, in lower case: title, detail, type, reason, messages.
	text string
	// said is X's own sentence for people.
	said string
}

// refusalBody is a refusal in any of X's forms: a v2 problem, or v1.1's list of errors, which may also be a text or an
// object.
type refusalBody struct {
	problem
	Error  problems `json:"error"`
	Errors problems `json:"errors"`
}

// problem is one reason.
type problem struct {
	Code    loose.Int  `json:"code"`
	Status  loose.Int  `json:"status"`
	Message loose.Text `json:"message"`
	Detail  loose.Text `json:"detail"`
	Title   loose.Text `json:"title"`
	Type    loose.Text `json:"type"`
	Reason  loose.Text `json:"reason"`
}

// words are all that the problem says, the best for people first.
func (p problem) words() []string {
	return []string{string(p.Message), string(p.Detail), string(p.Title), string(p.Reason), string(p.Type)}
}

// problems are the reasons of a list, of one object, or of a bare text.
type problems []problem

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (l *problems) UnmarshalJSON(raw []byte) error {
	*l = nil
	var elements loose.List[reason]
	loose.Part(raw, &elements)
	if len(elements) == 0 && !loose.IsEmpty(raw) {
		var one reason
		loose.Part(raw, &one)
		elements = append(elements, one)
	}
	for _, e := range elements {
		*l = append(*l, problem(e))
	}
	return nil
}

// reason is a problem that may also be written as a bare text.
type reason problem

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (r *reason) UnmarshalJSON(raw []byte) error {
	*r = reason{}
	if loose.IsObject(raw) {
		loose.Part(raw, (*problem)(r))
		return nil
	}
	return r.Message.UnmarshalJSON(raw)
}

// all are the reasons, the body's own first.
func (b refusalBody) all() []problem {
	return append(append([]problem{b.problem}, b.Errors...), b.Error...)
}

// readRefusal reads the body leniently: v2 problems, v1.1 error lists, a bare text, HTML or nothing at all.
func readRefusal(a *answer) refusal {
	r := refusal{status: a.status}
	var body refusalBody
	if loose.Read(a.body, &body) != nil {
		r.said = http.StatusText(a.status)
		return r
	}
	var words []string
	for _, p := range body.all() {
		if p.Code != 0 {
			r.codes = append(r.codes, int(p.Code))
		}
		words = append(words, p.words()...)
	}
	r.text = strings.ToLower(strings.Join(words, "\n"))
	said := cmp.Or(string(body.Detail), string(body.Title))
	for _, p := range body.all()[1:] {
		said = cmp.Or(said, cmp.Or(p.words()...))
	}
	r.said = bounded(cmp.Or(said, string(body.Message), http.StatusText(a.status)))
	return r
}

// refusesInside reports whether a success holds nothing but reasons why there is nothing, and which status those have.
func (a *answer) refusesInside() (status int, is bool) {
	var members map[string]any
	var body refusalBody
	if !loose.IsObject(a.body) || loose.Read(a.body, &members) != nil || loose.Read(a.body, &body) != nil {
		return 0, false
	}
	if len(body.Errors)+len(body.Error) == 0 {
		return 0, false
	}
	for name, value := range members {
		switch name {
		case "errors", "error", "meta", "includes", "title", "detail", "type", "status", "reason", "message":
		default:
			if !isNothing(value) {
				return 0, false
			}
		}
	}
	return body.status(), true
}

// isNothing reports whether a member says nothing.
func isNothing(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

// status is that of the first reason that has one, or that its words have in X's API.
func (b refusalBody) status() int {
	for _, p := range b.all() {
		if p.Status >= http.StatusBadRequest && p.Status < 600 {
			return int(p.Status)
		}
	}
	for _, p := range b.all() {
		switch words := strings.ToLower(strings.Join(p.words(), " ")); {
		case strings.Contains(words, "not found") || strings.Contains(words, "could not find"):
			return http.StatusNotFound
		case strings.Contains(words, "forbidden") || strings.Contains(words, "not authorized") || strings.Contains(words, "suspended"):
			return http.StatusForbidden
		case strings.Contains(words, "internal") || strings.Contains(words, "unavailable") || strings.Contains(words, "capacity"):
			return http.StatusServiceUnavailable
		}
	}
	return http.StatusBadRequest
}
