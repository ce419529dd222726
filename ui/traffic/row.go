package traffic

import (
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

// rowText is one line of the list.
type rowText struct {
	ID                                    int64
	Time, Who, Kind, KindIcon, Text, Took string
	IsOut                                 bool
	State                                 string
	Tone                                  format.Tone
}

// makeRow words one message.
func makeRow(m *control.Message, now time.Time, t *translation.Texts) rowText {
	r := rowText{
		ID: m.ID, Time: format.Clock(m.ReceivedAt, now, t), Who: format.Handle(m.From), IsOut: m.Direction == "out", Text: format.MessageText(m, t),
		Kind: t.T("window.kind." + m.Kind), KindIcon: kindIcons[m.Kind],
	}
	if r.IsOut {
		r.Who = format.Handle(m.To)
	}
	r.State, r.Tone = format.DeliveryState(m.State, t)
	if m.Attempts > 1 {
		r.State += " · " + t.T("window.attempts", m.Attempts)
	}
	if m.DeliveredAt != nil {
		r.Took = format.Span(m.DeliveredAt.Sub(m.ReceivedAt))
	}
	return r
}

var kindIcons = map[string]string{
	"dm": "dm", "mention": "at", "reply": "reply", "hide": "hidden", "note": "note", "chat": "lock", "encrypted": "key", "unreadable": "info",
}
