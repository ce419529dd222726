package alarm

import (
	"context"
	"slices"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/version"
	"perch/bridge"
	"perch/bridge/alert"
	"perch/bridge/alert/send"
	"perch/bridge/logkey"
	"perch/bridge/schedule"
	"perch/bridge/secret"
	"perch/bridge/wait"
)

const (
	// idle is how long a worker rests at most: quiet hours end by the clock on the wall.
	idle = 30 * time.Second
	// beatRetry is when a heartbeat that failed is made again, unless its own time comes first.
	beatRetry = 15 * time.Second
	// aliveTime bounds the question whether the relay works.
	aliveTime = 30 * time.Second
)

// worker sends what one alert has to tell. Its fields below are guarded by the alarm's mutex.
type worker struct {
	alarm *Alarm
	name  string
	wake  wait.Signal
	end   context.CancelFunc

	lastSent     time.Time
	nextBeat     time.Time
	failure      *bridge.Error
	warning      string
	failingSince time.Time
	retryAt      time.Time
}

// run sends until ctx ends.
func (w *worker) run(ctx context.Context) {
	for ctx.Err() == nil {
		rest := w.step(ctx)
		if !wait.PauseOr(ctx, min(max(rest, 0), idle), w.wake) {
			return
		}
	}
}

// settings are those of the alert as they are now; false when it is none any more.
func (w *worker) settings() (c config.Alert, t send.Target, ok bool) {
	a := w.alarm
	a.mu.Lock()
	defer a.mu.Unlock()
	at := slices.IndexFunc(a.alerts, func(c config.Alert) bool { return c.Name == w.name })
	if at < 0 {
		return c, t, false
	}
	return a.alerts[at], targetOf(a.alerts[at], a.values, a.Host), true
}

// step sends one notice, or makes one call of a heartbeat, if that is due. It returns how long there is nothing to do.
func (w *worker) step(ctx context.Context) time.Duration {
	c, target, ok := w.settings()
	if !ok {
		return idle
	}
	if c.Kind == config.AlertHeartbeat {
		return w.beat(ctx, c, target)
	}
	now := time.Now()
	a := w.alarm
	a.mu.Lock()
	n, due, found := a.book.Next(now, placeOf(c))
	a.mu.Unlock()
	switch {
	case !found:
		return idle
	case now.Sub(n.Made) > alert.Useful:
		a.Log.Warn("alert given up: it could not be sent for a day", "alert", w.name, "about", n.Items[0].Key, "tries", n.Tries, "problem", n.Problem)
		w.settle(n, nil, "", false)
		return 0
	case due.After(now):
		return due.Sub(now)
	}
	warning, err := a.Sender.Send(ctx, target, n)
	if ctx.Err() != nil {
		return 0
	}
	w.settle(n, err, warning, true)
	return 0
}

// settle notes what came of a notice.
func (w *worker) settle(n alert.Notice, err error, warning string, isTried bool) {
	a := w.alarm
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.dirty.Send()
	now := time.Now()
	if err == nil {
		a.book.Sent(n.ID)
		if isTried {
			w.sent(now, warning)
			a.Log.Info("alert sent", "alert", w.name, "about", n.Items[0].Key, "tries", n.Tries+1)
		}
		return
	}
	e := bridge.AsError(err)
	again, ok := schedule.RetryPolicy{}.Next(now, n.Made, n.Tries+1, e.RetryAt)
	if end := n.Made.Add(alert.Useful + time.Second); !ok || again.After(end) {
		again = end
	}
	a.book.Failed(n.ID, again, e.Message)
	w.failed(now, e, again)
}

// sent and failed note how the last call went. The caller holds the mutex.
func (w *worker) sent(now time.Time, warning string) {
	if warning != "" && warning != w.warning {
		w.alarm.Log.Warn("alert arrives at some addresses only", "alert", w.name, "problem", warning)
	}
	w.lastSent, w.failure, w.failingSince, w.retryAt, w.warning = now, nil, time.Time{}, time.Time{}, warning
}

func (w *worker) failed(now time.Time, e *bridge.Error, again time.Time) {
	if w.failure == nil || w.failure.Message != e.Message {
		w.alarm.Log.Warn("alert not sent", "alert", w.name, logkey.Error, e, "remedy", e.Remedy, "again", again.Format(time.RFC3339))
	}
	if w.failure == nil {
		w.failingSince = now
	}
	w.failure, w.retryAt = e, again
}

// beat makes a call of a heartbeat if it is due, as long as the relay works.
func (w *worker) beat(ctx context.Context, c config.Alert, target send.Target) time.Duration {
	a := w.alarm
	now := time.Now()
	a.mu.Lock()
	due := w.nextBeat
	if limit := now.Add(c.EveryTime()); due.After(limit) { // it was set for longer, or the clock was set back
		due = limit
	}
	a.mu.Unlock()
	if due.After(now) {
		return due.Sub(now)
	}
	asked, cancel := context.WithTimeout(ctx, aliveTime)
	defer cancel()
	if err := a.Alive(asked); err != nil {
		if ctx.Err() == nil {
			a.Log.Warn("no heartbeat: the relay does not work", "alert", w.name, logkey.Error, err)
		}
		return beatRetry
	}
	err := a.Sender.Beat(ctx, target)
	if ctx.Err() != nil {
		return 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now = time.Now()
	w.nextBeat = now.Add(c.EveryTime())
	if err == nil {
		w.sent(now, "")
		return c.EveryTime()
	}
	w.nextBeat = now.Add(min(c.EveryTime(), beatRetry))
	w.failed(now, bridge.AsError(err), w.nextBeat)
	return w.nextBeat.Sub(now)
}

// targetOf is where an alert goes. An address among the secrets wins.
func targetOf(c config.Alert, values map[secret.Key]string, host string) send.Target {
	of := func(part string) string { return values[secret.Key{Name: "alert." + c.Name + "." + part}] }
	t := send.Target{
		Name: c.Name, Kind: c.Kind, URL: c.URL, Key: of("key"), Server: c.Server, IsTLS: c.TLS == config.AlertTLS, User: c.User, Password: of("password"),
		From: c.From, To: c.To, Host: host, Version: version.Number,
	}
	if url := of("url"); url != "" {
		t.URL = url
	}
	return t
}

// state is how the alert stands. The caller holds the mutex.
func (w *worker) state(c config.Alert, waiting int) control.Alert {
	out := control.Alert{Name: c.Name, Kind: c.Kind, State: control.AlertReady, Waiting: waiting, Detail: w.warning, LastSent: orNil(w.lastSent)}
	switch {
	case w.failure != nil:
		why := bridge.FailureOf(w.failure)
		out.State, out.Detail, out.FailingSince, out.RetryAt = control.AlertFailing, why.Sentence(), orNil(w.failingSince), orNil(w.retryAt)
		out.Failure = &control.Failure{Kind: string(why.Kind), Message: why.Message, Remedy: why.Remedy}
	case !w.lastSent.IsZero():
		out.State = control.AlertWorks
	}
	return out
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
