package alarm

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/alert"
	"perch/bridge/secret"
)

var _ control.Alerts = (*Alarm)(nil)

// State is how each alert stands, in the order of perch.toml.
func (a *Alarm) State() []control.Alert {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := []control.Alert{}
	for _, c := range a.alerts {
		if w := a.workers[c.Name]; w != nil {
			list = append(list, w.state(c, a.book.Waiting(c.Name)))
		}
	}
	return list
}

// Alerts implements control.Alerts.
func (a *Alarm) Alerts(context.Context) (control.AlertList, error) {
	a.mu.Lock()
	state := a.book.State()
	a.mu.Unlock()
	return control.AlertList{Alerts: a.State(), Causes: Causes(state)}, nil
}

// Causes are those that are open, by key, with who was told of each.
func Causes(s alert.State) []control.AlertCause {
	list := []control.AlertCause{}
	for _, c := range s.Cases {
		if !c.Gone.IsZero() {
			continue
		}
		at := slices.IndexFunc(list, func(l control.AlertCause) bool { return l.Key == c.Key })
		if at < 0 {
			at = len(list)
			list = append(list, control.AlertCause{
				Key: c.Key, Side: c.Side, Channel: c.Channel, Level: string(c.Level), Title: c.Title, What: c.What, Remedy: c.Remedy,
				Since: c.Began(), Told: []control.AlertTold{},
			})
		}
		switch {
		case c.Told.IsZero():
		case s.IsSending(c.Place, c.Key):
			list[at].Sending = append(list[at].Sending, c.Place)
		default:
			list[at].Told = append(list[at].Told, control.AlertTold{Alert: c.Place, At: c.Told})
		}
	}
	slices.SortFunc(list, func(a, b control.AlertCause) int { return strings.Compare(a.Key, b.Key) })
	return list
}

// TestAlerts implements control.Alerts. One that arrives counts as sent, and what waits for it is tried again.
func (a *Alarm) TestAlerts(ctx context.Context, name string) ([]control.AlertTest, error) {
	alerts, values := a.Setup()
	tests, err := Try(ctx, a.Sender, alerts, values, a.Host, name)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range tests {
		if w := a.workers[t.Name]; w != nil && t.OK {
			w.sent(time.Now(), "")
			a.book.Hasten(time.Now())
			w.wake.Send()
		}
	}
	return tests, err
}

// Try sends a test by the alert with the name, by all for "". Each has its own time.
func Try(ctx context.Context, s Sender, alerts []config.Alert, values map[secret.Key]string, host, name string) ([]control.AlertTest, error) {
	if name != "" {
		all := alerts
		alerts = slices.DeleteFunc(slices.Clone(alerts), func(c config.Alert) bool { return c.Name != name })
		if len(alerts) == 0 {
			return nil, unknownError(all, name)
		}
	}
	tests := make([]control.AlertTest, len(alerts))
	var running sync.WaitGroup
	for i, c := range alerts {
		running.Go(func() { tests[i] = try(ctx, s, c, values, host) })
	}
	running.Wait()
	return tests, nil
}

func try(ctx context.Context, s Sender, c config.Alert, values map[secret.Key]string, host string) control.AlertTest {
	t := control.AlertTest{Name: c.Name, Kind: c.Kind}
	target := targetOf(c, values, host)
	var warning string
	var err error
	if c.Kind == config.AlertHeartbeat {
		err = s.Beat(ctx, target)
	} else {
		warning, err = s.Send(ctx, target, alert.TestNotice(c.Name, time.Now()))
	}
	switch e := bridge.AsError(err); {
	case e != nil:
		t.Message, t.Remedy = e.Message, e.Remedy
	case warning != "":
		t.OK, t.Message, t.Remedy = true, "it was taken, but "+warning, "correct to in perch.toml"
	case c.Kind == config.AlertHeartbeat:
		t.OK, t.Message = true, "the call was answered"
	case c.Kind == config.AlertEmail:
		t.OK, t.Message = true, "the mail server has taken it; look into the inbox of "+strings.Join(c.To, ", ")
	default:
		t.OK, t.Message = true, "it was taken; look whether it is there"
	}
	return t
}

func unknownError(alerts []config.Alert, name string) error {
	e := &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "test alerts", Message: fmt.Sprintf("there is no alert %q in perch.toml", name),
		Remedy: "write an [[alert]] with that name, then: perch reload",
	}
	if len(alerts) > 0 {
		names := make([]string, 0, len(alerts))
		for _, c := range alerts {
			names = append(names, c.Name)
		}
		e.Remedy = "name one of perch.toml: " + strings.Join(names, ", ")
	}
	return e
}
