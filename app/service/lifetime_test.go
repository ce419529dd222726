package service

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"perch/app/notify"
)

// fakeRelay is a relay that may hang, and what the service manager hears of it.
type fakeRelay struct {
	hangs atomic.Bool
	// begin and end are how long it takes for that; fails is what it ends with.
	begin, end time.Duration
	fails      error
	said       string
	saidAt     time.Time
	phases     []phase
	stop       chan struct{}
}

func (f *fakeRelay) Alive(ctx context.Context) error {
	if f.hangs.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

func (*fakeRelay) Words(context.Context) string { return "Running: 0 waiting" }

func (f *fakeRelay) live(t *testing.T) error {
	t.Helper()
	f.stop = make(chan struct{})
	l := &lifetime{
		log: slog.New(slog.DiscardHandler), stop: f.stop, say: func(why string) { f.said, f.saidAt = why, time.Now() },
		report: func(p phase) {
			if len(f.phases) == 0 || f.phases[len(f.phases)-1] != p {
				f.phases = append(f.phases, p)
			}
		},
	}
	guard := time.AfterFunc(3*time.Hour, func() { panic("this life does not end") })
	defer guard.Stop()
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	defer func() { // a process would end here; a test waits
		cancel()
		<-over
	}()
	return l.run(ctx, func(ctx context.Context, m *notify.Manager) error {
		defer close(over)
		time.Sleep(f.begin)
		if f.fails != nil {
			m.Failed(f.fails.Error())
			return f.fails
		}
		m.Run(ctx, f)
		time.Sleep(f.end)
		return nil
	})
}

func wantPhases(t *testing.T, f *fakeRelay, want ...phase) {
	t.Helper()
	if len(f.phases) != len(want) {
		t.Fatalf("phases %v, want %v", f.phases, want)
	}
	for i := range want {
		if f.phases[i] != want[i] {
			t.Errorf("phases %v, want %v", f.phases, want)
		}
	}
}

func TestARelayThatIsStoppedEndsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRelay{begin: 10 * time.Second, end: 20 * time.Second, said: "from before"}
		time.AfterFunc(time.Hour, func() { close(f.stop) })
		if err := f.live(t); err != nil || f.said != "" {
			t.Errorf("%v, said %q", err, f.said)
		}
		wantPhases(t, f, phaseStarting, phaseRunning, phaseStopping)
	})
}

func TestARelayThatHangsIsEnded(t *testing.T) {
	for name, c := range map[string]struct {
		relay  *fakeRelay
		after  time.Duration // until it hangs
		says   string
		within time.Duration
	}{
		"begins too slowly": {&fakeRelay{begin: 2 * time.Hour}, 2 * time.Hour, "did not begin in time", readyLimit + 2*time.Second},
		"never alive":       {&fakeRelay{}, 0, "did not begin in time", readyLimit + 2*time.Second},
		"makes no rounds":   {&fakeRelay{}, 10 * time.Minute, "made no round any more", 10*time.Minute + watchdog + 2*time.Second},
		"ends too slowly":   {&fakeRelay{end: time.Hour}, time.Hour, "did not end in time", time.Minute + stopLimit + 2*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := c.relay
				f.hangs.Store(c.after == 0)
				hang := time.AfterFunc(c.after, func() { f.hangs.Store(true) })
				defer hang.Stop()
				if f.end > 0 {
					time.AfterFunc(time.Minute, func() { close(f.stop) })
				}
				began := time.Now()
				err := f.live(t)
				if took := f.saidAt.Sub(began); err == nil || !strings.Contains(f.said, c.says) || took > c.within {
					t.Errorf("%v after %v, said %q", err, took, f.said)
				}
			})
		})
	}
}

func TestARelayThatHesitatesGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRelay{}
		time.AfterFunc(time.Minute, func() { f.hangs.Store(true) })
		time.AfterFunc(time.Minute+watchdog/2, func() { f.hangs.Store(false) })
		time.AfterFunc(time.Hour, func() { close(f.stop) })
		if err := f.live(t); err != nil {
			t.Error(err)
		}
	})
}

func TestWhyARelayEndsIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRelay{begin: time.Second, fails: errors.New("the folder is full; make room")}
		if err := f.live(t); !errors.Is(err, f.fails) || f.said != "the folder is full; make room" {
			t.Errorf("%v, said %q", err, f.said)
		}
		wantPhases(t, f, phaseStarting)
	})
}
