package traffic

import (
	"strconv"
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

// detail is one message in full.
type detail struct {
	format.Summary
	ID    int64
	Text  string
	Facts []fact
	Steps []stepText
	Files []file
	// Payloads are the message as it came and as it goes on, in this order.
	Payloads [2]payload
}

// fact is a name and a value.
type fact struct{ Name, Value string }

// makeDetail words a message in full.
func makeDetail(d control.Detail, now time.Time, t *translation.Texts) detail {
	return detail{
		ID: d.ID, Summary: format.Summarize(&d.Message, t), Text: d.Text, Files: files(d.Message, t), Payloads: [2]payload{received(d, t), sent(d, t)},
		Facts: facts(d, t), Steps: steps(d, now, t),
	}
}

func facts(d control.Detail, t *translation.Texts) []fact {
	list := []fact{{t.T("window.fact.number"), strconv.FormatInt(d.ID, 10)}, {t.T("window.fact.channel"), d.Channel}}
	add := func(key, value string) {
		if value != "" {
			list = append(list, fact{t.T("window.fact." + key), value})
		}
	}
	add("from", format.Handle(d.From))
	add("to", format.Handle(d.To))
	add("x_id", d.XID)
	add("motion_id", d.MotionID)
	add("thread", d.ThreadID)
	if d.Parent > 0 {
		add("parent", strconv.FormatInt(d.Parent, 10))
	}
	return list
}
