package notify

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

// fake is a relay that can hang, and what was told of it.
type fake struct {
	hangs atomic.Bool
	mu    sync.Mutex
	told  []string
}

func (f *fake) Alive(ctx context.Context) error {
	if f.hangs.Load() {
		<-ctx.Done()
		return errors.New("hangs")
	}
	return nil
}

func (*fake) Words(context.Context) string { return "Running:\n1 waiting" }

func (f *fake) manager(every time.Duration) *Manager {
	return &Manager{log: slog.New(slog.DiscardHandler), every: every, send: func(state string) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.told = append(f.told, state)
	}}
}

// count returns how often something was told since the last count.
func (f *fake) count(what string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.told {
		n += strings.Count(t, what)
	}
	f.told = nil
	return n
}

func TestARelayThatHangsMissesTheWatchdog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := &fake{}
		f.hangs.Store(true)
		var worker sync.WaitGroup
		worker.Go(func() { f.manager(10*time.Second).Run(ctx, f) })
		time.Sleep(time.Minute)
		if n := f.count("READY=1"); n != 0 {
			t.Error("ready before it is alive")
		}
		f.hangs.Store(false)
		time.Sleep(15 * time.Second)
		if n := f.count("READY=1"); n != 1 {
			t.Errorf("ready %d times", n)
		}
		time.Sleep(time.Minute)
		if n := f.count("WATCHDOG=1\nSTATUS=Running: 1 waiting"); n != 6 {
			t.Errorf("fed %d times in a minute, want 6", n)
		}
		f.hangs.Store(true)
		time.Sleep(10 * time.Second) // a round may be under way
		f.count("")
		time.Sleep(time.Minute)
		if n := f.count("WATCHDOG=1"); n != 0 {
			t.Errorf("a relay that hangs was fed %d times", n)
		}
		cancel()
		worker.Wait()
		if n := f.count("STOPPING=1"); n != 1 {
			t.Errorf("stopping was told %d times", n)
		}
	})
}

func TestARelayThatNobodyWatchesWatchesItself(t *testing.T) {
	for name, hang := range map[string]func(context.Context){
		"a question that ends": func(ctx context.Context) { <-ctx.Done() },
		"one that never ends":  nil,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				released, ended := make(chan struct{}), make(chan time.Time, 1)
				if hang == nil {
					hang = func(context.Context) { <-released }
				}
				r := &hanging{hang: hang}
				m := r.manager(ownLimit / feeds)
				m.abort = func() { ended <- time.Now() }
				var worker sync.WaitGroup
				worker.Go(func() { m.Run(ctx, r) })
				time.Sleep(time.Hour)
				if len(ended) != 0 {
					t.Fatal("a relay that is well was ended")
				}
				r.hangs.Store(true)
				began := time.Now()
				time.Sleep(2 * ownLimit)
				select {
				case at := <-ended:
					if took := at.Sub(began); took < ownLimit-ownLimit/feeds || took > ownLimit+ownLimit/feeds {
						t.Errorf("ended after %s", took)
					}
				default:
					t.Error("a relay that hangs goes on")
				}
				close(released)
				cancel()
				worker.Wait()
			})
		})
	}
}

func TestARelayThatIsToldToEndIsNotEndedByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := &fake{}
		f.hangs.Store(true) // it never becomes ready, and is stopped before that is too long
		m := f.manager(ownLimit / feeds)
		m.abort = func() { t.Error("ended") }
		var worker sync.WaitGroup
		worker.Go(func() { m.Run(ctx, f) })
		time.Sleep(ownLimit / 2)
		cancel()
		worker.Wait()
		time.Sleep(2 * ownLimit)
	})
}

// hanging is a relay that hangs in a way of its own.
type hanging struct {
	fake
	hang func(context.Context)
}

func (h *hanging) Alive(ctx context.Context) error {
	if h.hangs.Load() {
		h.hang(ctx)
		return errors.New("hangs")
	}
	return nil
}

func TestWhoWatchesFollowsFromTheEnvironment(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	if m := New(slog.New(slog.DiscardHandler), true); m.abort == nil || m.every != ownLimit/feeds {
		t.Error("a service without a watchdog does not watch itself")
	}
	if m := New(slog.New(slog.DiscardHandler), false); m.abort != nil || m.every != 0 {
		t.Error("a relay that nobody would start anew watches itself")
	}
}

// wordless is a relay that is alive and finds no words, as with a disk that stands still.
type wordless struct{ fake }

func (*wordless) Words(ctx context.Context) string {
	<-ctx.Done()
	return "Running"
}

func TestWordsHoldUpNoFeeding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := &wordless{}
		var worker sync.WaitGroup
		worker.Go(func() { f.manager(20*time.Second).Run(ctx, f) })
		time.Sleep(3*time.Minute + wordsTime)
		if n := f.count("WATCHDOG=1\nSTATUS=Running"); n < 9 {
			t.Errorf("fed %d times in three minutes", n)
		}
		cancel()
		worker.Wait()
	})
}

func TestNothingIsToldWhereNobodyAsks(t *testing.T) {
	f := &fake{}
	m := f.manager(0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m.Run(ctx, f)
	m.Failed("why")
	m.Reloading()()
	(*Manager)(nil).Reloading()()
	if len(f.told) != 0 {
		t.Errorf("told %q", f.told)
	}
}

func TestAReloadAndAFailureAreTold(t *testing.T) {
	f := &fake{}
	m := f.manager(time.Second)
	m.Reloading()()
	m.Failed("one\ntwo " + strings.Repeat("è", maxWords))
	if f.told[0] != "RELOADING=1" || f.told[1] != "READY=1" {
		t.Errorf("a reload: %q", f.told)
	}
	if s := f.told[2]; !strings.HasPrefix(s, "STATUS=one two è") || strings.Contains(s, "\n") || !utf8.ValidString(s) {
		t.Errorf("a failure: %q", s)
	}
}
