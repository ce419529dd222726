package alarm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/alert"
)

const (
	// graceSide is how long what needs a person lasts before it is told: a reload may mend it at once.
	graceSide = 15 * time.Second
	// graceJournal is that of the journal, and of dead messages.
	graceJournal = 5 * time.Second
	// graceUndecided is that of undecided messages: Perch itself looks for 30 s whether they went out.
	graceUndecided = 40 * time.Second
)

// notTold are the sides of which there is nothing to tell: they are normal, or somebody's wish, or told in another form.
var notTold = []string{
	control.SideLimit, control.SidePause, control.SideUpdate, control.SideEncrypted, control.SideRelay, control.SideKept,
	control.SideMessages, control.SideWaiting,
}

// Seen is what is out of order by a status.
func Seen(s control.Status) alert.Seen {
	var causes []alert.Cause
	for _, c := range s.Conditions {
		if slices.Contains(notTold, c.Side) {
			continue
		}
		if cause, ok := ofCondition(c); ok {
			causes = append(causes, cause)
		}
	}
	for _, c := range s.Channels {
		causes = append(causes, ofMessages(c)...)
		causes = append(causes, ofWaiting(c)...)
	}
	return alert.Seen{Causes: causes, IsUnsure: unsure(s)}
}

// keyOf tells a cause from all others.
func keyOf(side, channel, queue string) string {
	return strings.TrimRight(side+"/"+channel+"/"+queue, "/")
}

func ofCondition(c control.Condition) (alert.Cause, bool) {
	cause := alert.Cause{
		Key: keyOf(c.Side, c.Channel, c.Queue), Side: c.Side, Channel: c.Channel, Title: c.Title(), What: c.What, Remedy: c.Remedy, Count: c.Count,
		Level: alert.Healing, Pace: alert.Patient,
	}
	if c.Since != nil {
		cause.Since = *c.Since
	}
	switch {
	case c.Side == control.SideJournal:
		cause.Level, cause.Pace, cause.Grace, cause.IsUrgent = alert.NeedsYou, alert.AtOnce, graceJournal, true
	case c.Side == control.SideGap:
		cause.Level, cause.Pace, cause.IsPast = alert.NeedsYou, alert.AtOnce, true
		if c.Until != nil {
			cause.Key += "/" + strconv.FormatInt(c.Until.Unix(), 10)
		}
	case c.Side == control.SideCosts: // nearly used up and used up are two things, and nobody solves them before the month ends
		cause.Key += "/" + string(c.Level)
		if cause.Pace, cause.IsPast = alert.AtOnce, true; c.Until != nil {
			cause.Key += "/" + strconv.FormatInt(c.Until.Unix(), 10)
		}
	case c.Level == control.NeedsYou:
		cause.Level, cause.Pace, cause.Grace = alert.NeedsYou, alert.AtOnce, graceSide
	case c.Level == control.Note:
		return alert.Cause{}, false
	}
	return cause, true
}

// The sides of messages that wait for a person.
const (
	sideDead      = "dead"
	sideUndecided = "undecided"
)

// ofMessages are the causes of messages that wait for a person.
func ofMessages(c control.Channel) (causes []alert.Cause) {
	add := func(side, title, one, many, remedy string, n int, grace time.Duration) {
		if n == 0 {
			return
		}
		what := fmt.Sprintf(many, n)
		if n == 1 {
			what = one
		}
		causes = append(causes, alert.Cause{
			Key: keyOf(side, c.Name, ""), Side: control.SideMessages, Channel: c.Name, Title: title, What: what, Remedy: remedy, Count: n,
			Level: alert.NeedsYou, Pace: alert.AtOnce, Grace: grace,
		})
	}
	add(sideDead, "Messages could not be delivered", "1 message could not be delivered", "%d messages could not be delivered",
		"look at them and decide: perch traffic --state failed", c.Inbound.Dead+c.Outbound.Dead, graceJournal)
	add(sideUndecided, "Messages may have gone out", "1 message may have gone out", "%d messages may have gone out",
		"look at them and decide: perch traffic --state undecided", c.Outbound.Undecided, graceUndecided)
	return causes
}

// stateOf is the state of the messages that a cause is about; "" for none.
func stateOf(key string) string {
	switch side, _, _ := strings.Cut(key, "/"); side {
	case sideDead:
		return string(bridge.Dead)
	case sideUndecided:
		return string(bridge.Undecided)
	}
	return ""
}

// ofWaiting are the causes of messages that have waited for long; for how long is each place's own matter.
func ofWaiting(c control.Channel) (causes []alert.Cause) {
	for _, way := range []struct {
		direction bridge.Direction
		what      string
		oldest    *time.Time
	}{
		{bridge.In, "customers' messages wait to get to Motion", c.Inbound.OldestWaitingAt},
		{bridge.Out, "agents' replies wait to get to X", c.Outbound.OldestWaitingAt},
	} {
		if way.oldest != nil {
			causes = append(causes, alert.Cause{
				Key: keyOf(control.SideWaiting, c.Name, string(way.direction)), Side: control.SideWaiting, Channel: c.Name, Level: alert.Healing,
				Title: "Messages wait for long", What: way.what, Remedy: "see what holds them up with: perch status", Since: *way.oldest, Pace: alert.Aging,
			})
		}
	}
	return causes
}

// unsure says of what it is not known how it is: a side that was not asked yet, and messages that cannot be counted.
func unsure(s control.Status) func(key string) bool {
	unknown := map[string]bool{}
	for _, c := range s.Channels {
		for side, l := range map[string]control.Link{control.SideX: c.X, control.SideMotion: c.Motion, control.SideReply: c.Reply} {
			unknown[keyOf(side, c.Name, "")] = l.State == bridge.LinkUnknown
		}
	}
	isLost := s.Journal.State == bridge.LinkDegraded
	return func(key string) bool {
		side, _, _ := strings.Cut(key, "/")
		return unknown[key] || (isLost && slices.Contains([]string{sideDead, sideUndecided, control.SideWaiting}, side))
	}
}
