// Package alarm watches a relay and sends alerts: by package alert it decides what is told, by package send it tells.
//
// It guarantees that what needs a person at once is on its way within a quarter of a minute; that no message is held up by an alert,
// and no alert by another one whose address hangs; that what was told, and what is still to be sent, survives a restart; that
// alerts go out also while the journal cannot be written, then perhaps once more after a restart; and that no customer's
// words are in them unless include_text is on. What cannot be sent is tried like a message, for a day.
package alarm

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge/alert"
	"perch/bridge/alert/send"
	"perch/bridge/logkey"
	"perch/bridge/secret"
	"perch/bridge/wait"
)

const (
	// every is the time between two looks at the relay.
	every = 5 * time.Second
	// lookTime bounds one look.
	lookTime = 4 * time.Second
	// settles is how long after a start it is not known yet what is mended: sides have to be asked first.
	settles = 2 * time.Minute
)

// Sender sends. send.Sender is one.
type Sender interface {
	Send(ctx context.Context, t send.Target, n alert.Notice) (warning string, err error)
	Beat(ctx context.Context, t send.Target) error
}

// Store keeps how alerts stand.
type Store interface {
	SaveAlerts(ctx context.Context, s alert.State) error
	LoadAlerts(ctx context.Context) (alert.State, error)
}

// Config is what an Alarm is made of. Every field is needed.
type Config struct {
	// Setup is what perch.toml and the secrets say now.
	Setup  func() ([]config.Alert, map[secret.Key]string)
	Status func(ctx context.Context) (control.Status, error)
	// Messages are who wrote and what: the latest messages of a channel in a state.
	Messages func(ctx context.Context, channel, state string) []string
	// Alive returns nil while the relay works; a heartbeat stops while it does not.
	Alive  func(ctx context.Context) error
	Store  Store
	Sender Sender
	// Host is this computer's name.
	Host string
	Log  *slog.Logger
}

// Alarm watches and sends. Make it with New; it is safe for concurrent use.
type Alarm struct {
	Config
	started time.Time
	poked   wait.Signal // settings have changed
	dirty   wait.Signal // there is something to keep

	mu      sync.Mutex
	book    *alert.Book
	workers map[string]*worker
	// settings are those that the workers go by.
	alerts []config.Alert
	values map[secret.Key]string
}

// New returns an Alarm that does nothing until Run.
func New(c Config) *Alarm {
	return &Alarm{
		Config: c, started: time.Now(), poked: wait.NewSignal(), dirty: wait.NewSignal(), book: alert.NewBook(alert.State{}), workers: map[string]*worker{},
	}
}

// Poke makes changed settings count at once, and tries again what could not be sent.
func (a *Alarm) Poke() { a.poked.Send() }

// Run watches and sends until ctx ends; it returns nil.
func (a *Alarm) Run(ctx context.Context) error {
	if state, err := a.Store.LoadAlerts(ctx); err == nil {
		a.mu.Lock()
		a.book = alert.NewBook(state)
		a.mu.Unlock()
	} else if ctx.Err() == nil {
		a.Log.Warn("what alerts have told cannot be read, and may be told again", logkey.Error, err)
	}
	var all sync.WaitGroup
	all.Go(func() { a.keep(ctx) })
	a.configure(ctx, &all)
	for a.rest(ctx) {
		if a.configure(ctx, &all) {
			a.round(ctx)
		}
	}
	all.Wait()
	return nil
}

// rest waits until the next look; without alerts, until there are some.
func (a *Alarm) rest(ctx context.Context) bool {
	a.mu.Lock()
	isIdle := len(a.alerts) == 0
	a.mu.Unlock()
	if !isIdle {
		timer := time.NewTimer(every)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-a.poked:
			a.hasten()
		case <-ctx.Done():
		}
		return ctx.Err() == nil
	}
	select {
	case <-a.poked:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// hasten makes what could not be sent be tried at once.
func (a *Alarm) hasten() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.book.Hasten(time.Now())
	for _, w := range a.workers {
		w.wake.Send()
	}
}

// configure takes over the settings of now, and starts and ends workers by them. It reports whether there are alerts.
func (a *Alarm) configure(ctx context.Context, all *sync.WaitGroup) bool {
	alerts, values := a.Setup()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.alerts, a.values = alerts, values
	for name, w := range a.workers {
		if !slices.ContainsFunc(alerts, func(c config.Alert) bool { return c.Name == name }) {
			w.end()
			delete(a.workers, name)
		}
	}
	for _, c := range alerts {
		if a.workers[c.Name] == nil {
			own, end := context.WithCancel(ctx)
			w := &worker{alarm: a, name: c.Name, wake: wait.NewSignal(), end: end}
			a.workers[c.Name] = w
			all.Go(func() { defer end(); w.run(own) })
		}
	}
	if len(alerts) == 0 {
		if _, changed := a.book.Round(time.Now(), alert.Seen{}, nil); changed {
			a.dirty.Send()
		}
	}
	return len(alerts) > 0
}

// round looks at the relay once.
func (a *Alarm) round(ctx context.Context) {
	look, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	status, err := a.Status(look)
	if err != nil {
		return
	}
	now := time.Now()
	seen := Seen(status)
	if now.Sub(a.started) < settles {
		seen.IsUnsure = func(string) bool { return true }
	}
	a.mu.Lock()
	made, changed := a.book.Round(now, seen, placesOf(a.alerts))
	isTold := map[string]bool{}
	for _, c := range a.alerts {
		isTold[c.Name] = c.IncludeText
	}
	a.mu.Unlock()
	for _, n := range made {
		if isTold[n.Place] {
			a.enrich(look, n)
		}
	}
	if !changed {
		return
	}
	a.dirty.Send()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, n := range made {
		a.Log.Info("alert made", "alert", n.Place, "about", n.Items[0].Key, "causes", len(n.Items))
		if w := a.workers[n.Place]; w != nil {
			w.wake.Send()
		}
	}
}

// enrich adds who wrote and what.
func (a *Alarm) enrich(ctx context.Context, n alert.Notice) {
	texts := map[string][]string{}
	for _, i := range n.Items {
		if state := stateOf(i.Key); state != "" && i.State != alert.Solved {
			texts[i.Key] = a.Messages(ctx, i.Channel, state)
		}
	}
	if len(texts) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.book.Enrich(n.ID, func(i alert.Item) []string { return texts[i.Key] })
}

// placesOf are the places that are told.
func placesOf(alerts []config.Alert) []alert.Place {
	var places []alert.Place
	for _, c := range alerts {
		if c.Kind != config.AlertHeartbeat {
			places = append(places, placeOf(c))
		}
	}
	return places
}

func placeOf(c config.Alert) alert.Place {
	p := alert.Place{Name: c.Name, After: c.AfterTime(), Waiting: c.WaitingTime(), Except: keyOf(control.SideAlert, "", c.Name)}
	if from, to, isSet := c.QuietTime(); isSet {
		p.Quiet = alert.Quiet{From: from, To: to}
	}
	return p
}
