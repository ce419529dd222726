package attention

import (
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

// caseText is a message that waits for a person.
type caseText struct {
	format.Summary
	ID int64
	// Text is the message, When its age.
	Text, When string
}

// makeCases words what needs attention, undecided ones first: a customer may be waiting twice.
func makeCases(list []*control.Message, now time.Time, t *translation.Texts) []caseText {
	var undecided, dead []caseText
	for _, m := range list {
		c := caseText{ID: m.ID, Summary: format.Summarize(m, t), Text: format.MessageText(m, t), When: format.Ago(m.ReceivedAt, now, t)}
		switch m.State {
		case "undecided":
			if c.Problem == "" {
				c.Problem = t.T("window.attention.undecided")
			}
			c.Remedy = t.T("window.attention.undecided.do")
			undecided = append(undecided, c)
		case "dead":
			dead = append(dead, c)
		}
	}
	return append(undecided, dead...)
}
