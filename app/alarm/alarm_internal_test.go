package alarm

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/alert"
	"perch/bridge/alert/send"
	"perch/bridge/secret"
)

// bench is an alarm between fakes, in a bubble.
type bench struct {
	mu      sync.Mutex
	alerts  []config.Alert
	status  control.Status
	saved   alert.State
	saveErr error
	sendErr map[string]error
	hangs   map[string]bool
	sent    map[string][]alert.Notice
	beats   int
	dead    error
}

func (b *bench) SaveAlerts(_ context.Context, s alert.State) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.saveErr == nil {
		b.saved = s
	}
	return b.saveErr
}

func (b *bench) LoadAlerts(context.Context) (alert.State, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.saved, nil
}

func (b *bench) Send(ctx context.Context, t send.Target, n alert.Notice) (string, error) {
	b.mu.Lock()
	hangs, err := b.hangs[t.Name], b.sendErr[t.Name]
	b.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return "", ctx.Err()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.sent[t.Name] = append(b.sent[t.Name], n)
	}
	return "", err
}

func (b *bench) Beat(context.Context, send.Target) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beats++
	return nil
}

func (b *bench) of(name string) []alert.Notice {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sent[name]
}

func (b *bench) change(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

func newBench(names ...string) *bench {
	b := &bench{sendErr: map[string]error{}, hangs: map[string]bool{}, sent: map[string][]alert.Notice{}}
	for _, name := range names {
		b.alerts = append(b.alerts, config.DefaultAlert(name))
	}
	b.status = control.Status{State: control.StateRunning, Channels: []control.Channel{{
		Name: "support", X: control.Link{State: bridge.LinkOK}, Motion: control.Link{State: bridge.LinkOK}, Reply: control.Link{State: bridge.LinkOK},
	}}}
	return b
}

// run runs an alarm until the returned function is called.
func (b *bench) run(t *testing.T) (*Alarm, func()) {
	a := New(Config{
		Setup: func() ([]config.Alert, map[secret.Key]string) { b.mu.Lock(); defer b.mu.Unlock(); return b.alerts, nil },
		Status: func(context.Context) (control.Status, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.status.Judged(time.Now()), nil
		},
		Messages: func(context.Context, string, string) []string { return []string{"Message 1 from @ann: secret words"} },
		Alive:    func(context.Context) error { b.mu.Lock(); defer b.mu.Unlock(); return b.dead },
		Store:    b, Sender: b, Host: "h", Log: slog.New(slog.DiscardHandler),
	})
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	return a, func() {
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func (b *bench) kill(n int) {
	b.change(func() {
		b.status.Channels = []control.Channel{b.status.Channels[0]}
		b.status.Channels[0].Outbound.Dead = n
	})
}

func TestAlarm_OneThatHangsHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench("ops", "slow")
		b.hangs["slow"] = true
		_, stop := b.run(t)
		defer stop()
		b.kill(1)
		time.Sleep(20 * time.Second)
		if got := b.of("ops"); len(got) != 1 || got[0].Items[0].Key != "dead/support" || got[0].Items[0].Messages != nil {
			t.Errorf("%+v", got)
		}
	})
}

func TestAlarm_CustomersWordsOnlyWhereTheyAreWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench("ops", "full")
		b.alerts[1].IncludeText = true
		_, stop := b.run(t)
		defer stop()
		b.kill(1)
		time.Sleep(40 * time.Second)
		if ops, full := b.of("ops"), b.of("full"); len(ops) != 1 || ops[0].Items[0].Messages != nil || len(full) != 1 || len(full[0].Items[0].Messages) != 1 {
			t.Errorf("%+v\n%+v", ops, full)
		}
	})
}

// What cannot be sent is tried again, told by the others, and arrives once.
func TestAlarm_TriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench("ops", "mail")
		b.sendErr["ops"] = &bridge.Error{Kind: bridge.Operator, Message: "its address does not exist (any more)", Remedy: "make a new one"}
		a, stop := b.run(t)
		defer stop()
		b.kill(1)
		time.Sleep(2 * time.Minute)
		state := a.State()
		if state[0].State != control.AlertFailing || state[0].Failure == nil || state[0].Waiting != 1 || state[1].State != control.AlertWorks {
			t.Fatalf("%+v", state)
		}
		b.change(func() { b.status.Alerts = state })
		time.Sleep(time.Minute)
		if got := b.of("mail"); len(got) != 2 || got[1].Items[0].Key != "alert//ops" {
			t.Errorf("%+v", got)
		}
		b.change(func() { delete(b.sendErr, "ops") })
		a.Poke()
		time.Sleep(10 * time.Second)
		if got := b.of("ops"); len(got) != 1 || a.State()[0].State != control.AlertWorks {
			t.Errorf("%+v", got)
		}
	})
}

func TestAlarm_GivesUpAfterADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench("ops")
		b.sendErr["ops"] = errors.New("no")
		a, stop := b.run(t)
		defer stop()
		b.kill(1)
		time.Sleep(25 * time.Hour)
		if got := a.State()[0]; got.Waiting != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// A journal that cannot be written keeps no alert from going out, and after a restart nothing is told again that was kept.
func TestAlarm_WithoutAJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench("ops")
		b.saveErr = errors.New("disk full")
		b.status.Journal = control.Link{State: bridge.LinkDegraded, Failure: &control.Failure{Message: "the disk is full", Remedy: "make room"}}
		_, stop := b.run(t)
		time.Sleep(20 * time.Second)
		if got := b.of("ops"); len(got) != 1 || !got[0].IsUrgent() {
			t.Errorf("%+v", got)
		}
		b.change(func() { b.saveErr = nil })
		time.Sleep(10 * time.Second)
		stop()
		_, stop = b.run(t)
		time.Sleep(10 * time.Minute)
		if got := b.of("ops"); len(got) != 1 {
			t.Errorf("after a restart: %+v", got)
		}
		b.change(func() { b.status.Journal = control.Link{State: bridge.LinkOK} })
		time.Sleep(5 * time.Minute)
		stop()
		if got := b.of("ops"); len(got) != 2 || got[1].Items[0].State != alert.Solved {
			t.Errorf("at the end: %+v", got)
		}
	})
}

func TestAlarm_HeartbeatStopsWithTheRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench("beat")
		b.alerts[0].Kind = config.AlertHeartbeat
		_, stop := b.run(t)
		defer stop()
		time.Sleep(11 * time.Minute)
		b.change(func() {
			if b.beats != 3 {
				t.Errorf("%d calls in 11 minutes", b.beats)
			}
			b.dead, b.beats = errors.New("no round"), 0
		})
		time.Sleep(time.Hour)
		b.change(func() {
			if b.beats > 0 {
				t.Errorf("%d calls of a relay that does not work", b.beats)
			}
		})
	})
}

// Settings count at once: an alert that is taken out is told nothing any more, and one that is new is.
func TestAlarm_Reload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		a, stop := b.run(t)
		defer stop()
		b.kill(1)
		time.Sleep(time.Hour)
		b.change(func() { b.alerts = []config.Alert{config.DefaultAlert("new")} })
		a.Poke()
		time.Sleep(20 * time.Second)
		if got := b.of("new"); len(got) != 1 {
			t.Fatalf("%+v", got)
		}
		b.change(func() { b.alerts = nil })
		a.Poke()
		b.kill(7)
		time.Sleep(2 * time.Hour)
		if got := b.of("new"); len(got) != 1 || len(a.State()) != 0 || len(b.saved.Cases) != 0 {
			t.Errorf("%+v, %+v", got, b.saved)
		}
	})
}

func TestSeen_WhatIsToldOfAStatus(t *testing.T) {
	now := time.Now()
	old := now.Add(-time.Hour)
	s := newBench().status
	s.Channels[0].Outbound.Undecided, s.Channels[0].Inbound.OldestWaitingAt = 2, &old
	s.Channels[0].X = control.Link{State: bridge.LinkUnknown}
	s.Conditions = []control.Condition{
		{Side: control.SideX, Channel: "support", Level: control.NeedsYou},
		{Side: control.SideMotion, Channel: "support", Level: control.Healing, Since: &old},
		{Side: control.SideUpdate, Level: control.Note},
		{Side: control.SideLimit, Level: control.Healing},
		{Side: control.SideGap, Level: control.Note, Until: &old},
		{Side: control.SideReach, Level: control.Note},
		{Side: control.SideCertificate, Queue: "web.cert_file", Level: control.NeedsYou},
		{Side: control.SideCosts, Level: control.Note},
		{Side: control.SideCosts, Level: control.Healing},
	}
	got := map[string]alert.Cause{}
	for _, c := range Seen(s).Causes {
		got[c.Key] = c
	}
	for key, pace := range map[string]alert.Pace{
		"x/support": alert.AtOnce, "motion/support": alert.Patient, "undecided/support": alert.AtOnce, "waiting/support/in": alert.Aging, "certificate//web.cert_file": alert.AtOnce,
		"costs/note": alert.AtOnce, "costs/healing": alert.AtOnce,
	} {
		if c, ok := got[key]; !ok || c.Pace != pace {
			t.Errorf("%s: %+v", key, c)
		}
	}
	if len(got) != 8 {
		t.Errorf("%d causes: %+v", len(got), got)
	}
	if unsure := Seen(s).IsUnsure; !unsure("x/support") || unsure("motion/support") {
		t.Error("what was not asked is not known")
	}
}
