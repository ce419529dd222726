package page

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"perch/app/control"
	"perch/ui/translation"
)

// Detail is one message in full.
type Detail struct {
	ID          int64
	Title, Text string
	State       string
	Tone        Tone
	// Problem and Remedy are empty when all is well.
	Problem, Remedy string
	Facts           []Fact
	Steps           []Step
	// JSON is what Perch understood of the message.
	JSON string
	// Acts are what a person can do to it: "retry", "sent", "resend", "discard".
	Acts []string
}

// Fact is a name and a value.
type Fact struct{ Name, Value string }

// Step is one line of a message's history.
type Step struct {
	Tone Tone
	// Title says what happened, When at what time, Took how long after the step before, About why; Took and About may
	// be empty.
	Title, When, Took, About string
}

// MakeDetail words a message in full.
func MakeDetail(d control.Detail, now time.Time, t *translation.Texts) Detail {
	out := Detail{ID: d.ID, Text: d.Text, JSON: pretty(d.Content), Acts: acts(d.Message)}
	from, to := Handle(d.From), Handle(d.To)
	if d.Direction == "out" {
		out.Title = t.T("window.detail.out", t.T("window.kind."+d.Kind), to)
	} else {
		out.Title = t.T("window.detail.in", t.T("window.kind."+d.Kind), from)
	}
	out.State, out.Tone = StateWords(d.State, t)
	if d.Error != nil && d.State != "delivered" {
		out.Problem, out.Remedy = Sentence(d.Error.Message), Sentence(d.Error.Remedy)
	}
	out.Facts = facts(d, t)
	out.Steps = steps(d, now, t)
	return out
}

func facts(d control.Detail, t *translation.Texts) []Fact {
	list := []Fact{{t.T("window.fact.number"), strconv.FormatInt(d.ID, 10)}, {t.T("window.fact.channel"), d.Channel}}
	add := func(key, value string) {
		if value != "" {
			list = append(list, Fact{t.T("window.fact." + key), value})
		}
	}
	add("from", Handle(d.From))
	add("to", Handle(d.To))
	for _, f := range d.Media {
		value := f.Name + " · " + f.Type
		if f.Bytes > 0 {
			value += " · " + Bytes(f.Bytes)
		}
		add("file", value)
	}
	add("x_id", d.XID)
	add("motion_id", d.MotionID)
	add("thread", d.ThreadID)
	if d.Parent > 0 {
		add("parent", strconv.FormatInt(d.Parent, 10))
	}
	return list
}

// steps is the way of a message: received and stored, each attempt, and how it stands.
func steps(d control.Detail, now time.Time, t *translation.Texts) []Step {
	list := []Step{{Tone: Good, Title: t.T("window.step.received." + d.Direction), When: Clock(d.ReceivedAt, now, t), About: t.T("window.step.stored")}}
	before := d.ReceivedAt
	for _, a := range d.History {
		step := Step{When: Clock(a.At, now, t), About: Sentence(a.Message)}
		_, step.Tone = StateWords(a.Outcome, t)
		switch {
		case a.Number == 0 && a.Outcome == "queued" && a.Kind != "":
			step.Title, step.Tone = t.T("window.step.deferred"), Warn
		case a.Number == 0:
			step.Title = t.T("window.step.look." + a.Outcome)
			if !t.Has("window.step.look." + a.Outcome) {
				step.Title = t.T("window.delivery." + a.Outcome)
			}
		case a.Outcome == "queued":
			step.Title, step.Tone = t.T("window.step.failed", a.Number), Warn
		case a.Outcome == "delivered":
			step.Title = t.T("window.step.delivered." + d.Direction)
		default:
			step.Title = t.T("window.step.attempt", a.Number, t.T("window.delivery."+a.Outcome))
		}
		step.Took = "+" + Span(a.At.Sub(before)) + " · " + Span(time.Duration(a.TookMS*float64(time.Millisecond)))
		before = a.At
		list = append(list, step)
	}
	switch {
	case d.State == "queued" && d.DueAt != nil && d.DueAt.After(now):
		list = append(list, Step{Tone: Busy, Title: t.T("window.step.due"), When: Clock(*d.DueAt, now, t), Took: "+" + Span(d.DueAt.Sub(now))})
	case d.State == "queued", d.State == "sending":
		list = append(list, Step{Tone: Busy, Title: t.T("window.step.now")})
	case d.State == "delivered" && d.DeliveredAt != nil:
		last := &list[len(list)-1]
		last.About = t.T("window.step.total", Span(d.DeliveredAt.Sub(d.ReceivedAt)))
	}
	return list
}

func acts(m control.Message) []string {
	switch m.State {
	case "dead":
		if m.Kind == "unreadable" {
			return []string{"discard"}
		}
		return []string{"retry", "discard"}
	case "undecided":
		return []string{"sent", "resend", "discard"}
	case "queued":
		return []string{"discard"}
	}
	return nil
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
