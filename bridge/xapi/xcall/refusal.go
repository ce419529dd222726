package xcall

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
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
	Error  Problems `json:"error"`
	Errors Problems `json:"errors"`
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

// Words are all that the problem says, the best for people first.
func (p problem) Words() []string {
	return []string{string(p.Message), string(p.Detail), string(p.Title), string(p.Reason), string(p.Type)}
}

// Problems are the reasons of a list, of one object, or of a bare text.
type Problems []problem

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (l *Problems) UnmarshalJSON(raw []byte) error {
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
func readRefusal(a *Answer) refusal {
	r := refusal{status: a.Status}
	var body refusalBody
	if loose.Read(a.Body, &body) != nil {
		r.said = http.StatusText(a.Status)
		return r
	}
	var words []string
	for _, p := range body.all() {
		if p.Code != 0 {
			r.codes = append(r.codes, int(p.Code))
		}
		words = append(words, p.Words()...)
	}
	r.text = strings.ToLower(strings.Join(words, "\n"))
	said := cmp.Or(string(body.Detail), string(body.Title))
	for _, p := range body.all()[1:] {
		said = cmp.Or(said, cmp.Or(p.Words()...))
	}
	r.said = loose.Brief(cmp.Or(said, string(body.Message), http.StatusText(a.Status)))
	return r
}

// code is X's own code for the log: "403/349", or the status alone.
func (r refusal) code() string {
	if len(r.codes) == 0 {
		return strconv.Itoa(r.status)
	}
	return fmt.Sprintf("%d/%d", r.status, r.codes[0])
}
