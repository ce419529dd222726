package page

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

// Detail is one message in full.
type Detail struct {
	format.Summary
	ID    int64
	Text  string
	Facts []Fact
	Steps []Step
	Files []File
	// Sides are the message as it came and as it goes on, in this order.
	Sides [2]Side
}

// Fact is a name and a value.
type Fact struct{ Name, Value string }

// File is a file of a message.
type File struct {
	// N is its number in the message, from 0.
	N int
	// Name is never empty; About is its type and size.
	Name, About string
	// IsPicture says that it is worth to be shown as a picture.
	IsPicture bool
}

// Side is the message as one of the two sides has it.
type Side struct {
	// Title names the side. Note is what has to be said about it; may be empty.
	Title, Note string
	// JSON is "" where there is none.
	JSON string
}

// Step is one line of a message's history.
type Step struct {
	Tone format.Tone
	// Title says what happened, When at what time, Took how long after the end of the step before and for how long,
	// About why; all but Title may be empty.
	Title, When, Took, About string
}

// MakeDetail words a message in full.
func MakeDetail(d control.Detail, now time.Time, t *translation.Texts) Detail {
	return Detail{
		ID: d.ID, Summary: format.Summarize(&d.Message, t), Text: d.Text, Files: files(d.Message, t), Sides: [2]Side{cameIn(d, t), goesOut(d, t)},
		Facts: facts(d, t), Steps: steps(d, now, t),
	}
}

func facts(d control.Detail, t *translation.Texts) []Fact {
	list := []Fact{{t.T("window.fact.number"), strconv.FormatInt(d.ID, 10)}, {t.T("window.fact.channel"), d.Channel}}
	add := func(key, value string) {
		if value != "" {
			list = append(list, Fact{t.T("window.fact." + key), value})
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

// steps is the way of a message: received, on disk, each attempt, and how it stands.
func steps(d control.Detail, now time.Time, t *translation.Texts) []Step {
	list, before := arrival(d, now, t)
	for _, a := range d.History {
		step := Step{When: format.Clock(a.At, now, t), About: format.Sentence(a.Message)}
		_, step.Tone = format.DeliveryState(a.Outcome, t)
		switch {
		case a.Number == 0 && a.Outcome == "queued" && a.Kind != "":
			step.Title, step.Tone = t.T("window.step.deferred"), format.Warn
		case a.Number == 0:
			step.Title = t.T("window.step.look." + a.Outcome)
			if !t.Has("window.step.look." + a.Outcome) {
				step.Title = t.T("window.delivery." + a.Outcome)
			}
		case a.Outcome == "queued":
			step.Title, step.Tone = t.T("window.step.failed", a.Number), format.Warn
		case a.Outcome == "delivered":
			step.Title = t.T("window.step.delivered." + d.Direction)
		default:
			step.Title = t.T("window.step.attempt", a.Number, t.T("window.delivery."+a.Outcome))
		}
		took := time.Duration(a.TookMS * float64(time.Millisecond))
		step.Took = t.T("window.step.took", format.Span(a.At.Sub(before)), format.Span(took))
		before = a.At.Add(took)
		list = append(list, step)
	}
	switch {
	case d.State == "queued" && d.DueAt != nil && d.DueAt.After(now):
		list = append(list, Step{Tone: format.Busy, Title: t.T("window.step.due"), When: format.Clock(*d.DueAt, now, t), Took: t.T("window.step.in", format.Span(d.DueAt.Sub(now)))})
	case d.State == "queued", d.State == "sending":
		list = append(list, Step{Tone: format.Busy, Title: t.T("window.step.now")})
	case d.State == "delivered" && d.DeliveredAt != nil:
		list[len(list)-1].About = t.T("window.step.total", format.Span(d.DeliveredAt.Sub(d.ReceivedAt)))
	}
	return list
}

// arrival is the way up to the disk, and when it ended.
func arrival(d control.Detail, now time.Time, t *translation.Texts) ([]Step, time.Time) {
	received := Step{Tone: format.Good, Title: t.T("window.step.received." + d.Direction), When: format.Clock(d.ReceivedAt, now, t)}
	kept := Step{Tone: format.Good, Title: t.T("window.step.stored"), About: t.T("window.step.stored.about")}
	end := d.ReceivedAt
	if d.KeptAt != nil && !d.KeptAt.Before(end) { // a message that was put back into the queue counts as received later
		kept.When, kept.Took = format.Clock(*d.KeptAt, now, t), t.T("window.step.after", format.Span(d.KeptAt.Sub(end)))
		end = *d.KeptAt
	}
	return []Step{received, kept}, end
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
