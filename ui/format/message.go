package format

import (
	"perch/app/control"
	"perch/ui/translation"
)

// Summary is a message as every page names it.
type Summary struct {
	Title, State string
	Tone         Tone
	// Problem and Remedy are empty when all is well.
	Problem, Remedy string
	// Acts are what a person can do to it: "retry", "edit", "sent", "resend", "discard".
	Acts []string
}

// Summarize words a message.
func Summarize(m *control.Message, t *translation.Texts) Summary {
	s := Summary{Acts: acts(m)}
	if m.Direction == "out" {
		s.Title = t.T("window.detail.out", t.T("window.kind."+m.Kind), Handle(m.To))
	} else {
		s.Title = t.T("window.detail.in", t.T("window.kind."+m.Kind), Handle(m.From))
	}
	s.State, s.Tone = DeliveryState(m.State, t)
	if m.Error != nil && m.State != "delivered" {
		s.Problem, s.Remedy = Sentence(m.Error.Message), Advice(m.Error.Remedy, t)
	}
	return s
}

func acts(m *control.Message) []string {
	switch m.State {
	case "dead":
		if m.Kind == "unreadable" || m.IsRefused {
			return []string{"discard"}
		}
		if isReply(m) && m.Text != "" && m.Kind != "hide" && m.Command != "thread" {
			return []string{"retry", "edit", "discard"}
		}
		return []string{"retry", "discard"}
	case "undecided":
		return []string{"sent", "resend", "discard"}
	case "queued":
		return []string{"discard"}
	}
	return nil
}

// isReply reports whether an agent has written a message.
func isReply(m *control.Message) bool { return m.Direction == "out" && m.Parent == 0 }

// DeliveryState names a delivery's state.
func DeliveryState(state string, t *translation.Texts) (string, Tone) {
	tones := map[string]Tone{"queued": Busy, "sending": Busy, "delivered": Good, "undecided": Warn, "dead": Bad, "discarded": Idle}
	return t.T("window.delivery." + state), tones[state]
}

// MessageText is the text of a message with a word on its files.
func MessageText(m *control.Message, t *translation.Texts) string {
	switch {
	case m.Kind == "encrypted" && m.Text == "":
		return t.T("window.encrypted")
	case len(m.Media) == 0:
		return m.Text
	}
	files := t.N("window.files", len(m.Media))
	if m.Text == "" {
		return files + ": " + m.Media[0].Name
	}
	return m.Text + "  · " + files
}
