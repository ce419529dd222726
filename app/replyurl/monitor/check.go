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
const remedy = "write it into Motion: in the window by Set up, step Start, or with: perch urls --write"

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
