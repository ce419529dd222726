package traffic

import (
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

// side is where a message stands in a conversation.
type side int

const (
	left   side = iota // the customer's
	right              // the agents'
	middle             // Perch's own words to the agent
)

// said is a message in a conversation.
type said struct {
	ID   int64
	Side side
	// IsPublic says that anybody on X can read it.
	IsPublic bool
	// Day is that on which it came in, Head the time, who can read it and how it stands.
	Day, Head, Icon, Text string
	// State, Problem and Remedy are "" when it is delivered.
	State, Problem, Remedy string
	Tone                   format.Tone
	Files                  []file
}

// makeSaid words a message of a conversation.
func makeSaid(m *control.Message, now time.Time, t *translation.Texts) said {
	s := said{
		ID: m.ID, IsPublic: m.Kind == "mention" || m.Kind == "reply" || m.Kind == "hide", Icon: kindIcons[m.Kind], Text: m.Text, Files: files(*m, t),
		Day: format.Day(m.ReceivedAt, now, t),
	}
	if m.Text == "" && m.Kind == "encrypted" {
		s.Text = t.T("window.encrypted")
	}
	who := t.T("window.said.private")
	switch {
	case m.Kind == "note":
		s.Side, who = middle, t.T("window.said.note")
	case m.Direction == "out":
		s.Side = right
	}
	switch {
	case s.IsPublic:
		who = t.T("window.said.public")
	case m.Kind == "chat" || m.Kind == "encrypted":
		who = t.T("window.said.chat")
	}
	sum := format.Summarize(m, t)
	s.Head, s.Tone = m.ReceivedAt.In(now.Location()).Format("15:04")+" · "+who, sum.Tone
	if m.State == "delivered" {
		s.Head += " · " + sum.State
		return s
	}
	s.State, s.Problem, s.Remedy = sum.State, sum.Problem, sum.Remedy
	return s
}
