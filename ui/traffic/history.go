package traffic

import (
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

// stepText is one line of a message's history.
type stepText struct {
	Tone format.Tone
	// Title says what happened, When at what time, Took how long after the end of the step before and for how long,
	// About why; all but Title may be empty.
	Title, When, Took, About string
}

// steps is the history of a message: received, on disk, each attempt, and how it stands.
func steps(d control.Detail, now time.Time, t *translation.Texts) []stepText {
	list, before := arrival(d, now, t)
	for _, a := range d.History {
		step := stepText{When: format.Clock(a.At, now, t), About: format.Sentence(a.Message)}
		_, step.Tone = format.DeliveryState(a.Outcome, t)
		switch {
		case a.Number == 0 && a.Outcome == "queued" && a.Kind != "":
			step.Title, step.Tone = t.T("window.step.deferred"), format.Warn
		case a.Number == 0:
			step.Title = t.T("window.step.uncounted." + a.Outcome)
			if !t.Has("window.step.uncounted." + a.Outcome) {
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
		list = append(list, stepText{Tone: format.Busy, Title: t.T("window.step.due"), When: format.Clock(*d.DueAt, now, t), Took: t.T("window.step.in", format.Span(d.DueAt.Sub(now)))})
	case d.State == "queued", d.State == "sending":
		list = append(list, stepText{Tone: format.Busy, Title: t.T("window.step.now")})
	case d.State == "delivered" && d.DeliveredAt != nil:
		list[len(list)-1].About = t.T("window.step.total", format.Span(d.DeliveredAt.Sub(d.ReceivedAt)))
	}
	return list
}

// arrival is what came before the disk, and when it ended.
func arrival(d control.Detail, now time.Time, t *translation.Texts) ([]stepText, time.Time) {
	received := stepText{Tone: format.Good, Title: t.T("window.step.received." + d.Direction), When: format.Clock(d.ReceivedAt, now, t)}
	stored := stepText{Tone: format.Good, Title: t.T("window.step.stored"), About: t.T("window.step.stored.about")}
	end := d.ReceivedAt
	if d.StoredAt != nil && !d.StoredAt.Before(end) { // a message that was put back into the queue counts as received later
		stored.When, stored.Took = format.Clock(*d.StoredAt, now, t), t.T("window.step.after", format.Span(d.StoredAt.Sub(end)))
		end = *d.StoredAt
	}
	return []stepText{received, stored}, end
}
