package monitor

import (
	"context"
	"time"

	"perch/app/control"
	"perch/bridge"
)

const (
	// interval is the time between two checks of a Reply URL that is right, retryInterval of one that is not or that Motion
	// did not tell: what has been mended shows soon.
	interval      = 10 * time.Minute
	retryInterval = 15 * time.Second
	// firstWait and maxWait bound the wait for Motion to answer the relay's own questions; it costs no call.
	firstWait = 250 * time.Millisecond
	maxWait   = 30 * time.Second
	// askTime bounds a question to Motion.
	askTime = 10 * time.Second
)

// remedy is what to do about a Reply URL that is wrong.
const remedy = "write it into Motion: in the window by Set up, last step, or with: perch urls --write"

// observation is what is known of a channel's Reply URL.
type observation struct {
	link  control.Link
	due   time.Time
	waits int
	// refused is the login that Motion refused when it was asked for the account.
	refused any
}

// checkDue checks every channel that is due and returns how long until the next is.
func (m *Monitor) checkDue(ctx context.Context) time.Duration {
	next := time.Now().Add(interval)
	for _, t := range m.Targets() {
		m.mu.Lock()
		seen := m.seen[t.Channel]
		if seen == nil {
			seen = &observation{link: control.Link{State: bridge.LinkUnknown}}
			m.seen[t.Channel] = seen
		}
		due, refused := seen.due, seen.refused
		m.mu.Unlock()
		if !time.Now().Before(due) {
			due = m.check(ctx, t, seen, refused)
		}
		if due.Before(next) {
			next = due
		}
	}
	return max(time.Until(next), 0)
}

// check checks one channel, if it may, and returns when it is due again.
func (m *Monitor) check(ctx context.Context, t Target, seen *observation, refused any) time.Time {
	switch {
	case !t.CanAsk:
		return m.record(t, seen, unknown("without a Motion user's password or API key, Perch cannot look"), interval)
	case refused == t.Login:
		return m.record(t, seen, unknown("Motion did not let Perch look at the account"), interval)
	case !m.MayAsk(t.Channel):
		seen.waits++
		return m.record(t, seen, unknown(""), min(firstWait<<min(seen.waits, 10), maxWait))
	}
	seen.waits = 0
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	address, told, err := t.Ask(ctx)
	switch {
	case err != nil:
		return m.failed(t, seen, bridge.KindOf(err))
	case !told:
		return m.record(t, seen, unknown("Motion does not tell it"), interval)
	}
	if wrong := t.judge(ctx, address); wrong != "" {
		return m.record(t, seen, control.Link{State: bridge.LinkDegraded, Detail: wrong + "; " + remedy}, retryInterval)
	}
	return m.record(t, seen, control.Link{State: bridge.LinkOK}, interval)
}

// failed takes in that Motion did not tell. Trouble that passes changes nothing: it shows elsewhere.
func (m *Monitor) failed(t Target, seen *observation, kind bridge.Kind) time.Time {
	switch kind {
	case bridge.Temporary:
		return m.record(t, seen, seen.link, retryInterval)
	case bridge.RateLimited:
		return m.record(t, seen, seen.link, interval)
	default:
		m.mu.Lock()
		seen.refused = t.Login
		m.mu.Unlock()
		return m.record(t, seen, unknown("Motion did not let Perch look at the account"), interval)
	}
}

func unknown(why string) control.Link {
	return control.Link{State: bridge.LinkUnknown, Detail: why}
}

// record takes a result in and returns when the channel is due again.
func (m *Monitor) record(t Target, seen *observation, now control.Link, wait time.Duration) time.Time {
	at := time.Now()
	m.mu.Lock()
	isNew := now.State != seen.link.State || now.Detail != seen.link.Detail
	if isNew {
		now.Since = &at
		seen.link = now
	}
	seen.due = at.Add(wait)
	due := seen.due
	m.mu.Unlock()
	if isNew {
		m.Changed(t.Channel, now)
	}
	return due
}
