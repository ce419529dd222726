package update

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// looker counts the looks of a Watch, which runs until the test ends.
type looker struct {
	*Watch
	mu   sync.Mutex
	from Source
	isOn bool
	err  error
	at   []time.Duration
}

func newLooker(t *testing.T) *looker {
	l := &looker{from: Source{Feed: "https://perch.example/a", Key: "k"}, isOn: true}
	began := time.Now()
	l.Watch = NewWatch(Config{Current: "0.1.0", Log: slog.New(slog.DiscardHandler), Source: func() (Source, bool) {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.from, l.isOn
	}})
	l.check = func(_ context.Context, from Source, current string, now func() time.Time) (Result, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.at = append(l.at, now().Sub(began))
		return Result{Current: current, IsNewer: true, Latest: Release{Version: "0.2.0", Page: from.Feed}, CheckedAt: now()}, l.err
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l
}

func (l *looker) change(f func()) {
	l.mu.Lock()
	f()
	l.mu.Unlock()
	l.Poke()
	synctest.Wait()
}

func (l *looker) looks() int {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.at)
}

func TestWatchLooksOnceADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLooker(t)
		time.Sleep(firstLook - time.Second)
		if l.looks() != 0 {
			t.Error("it looks while the relay starts")
		}
		time.Sleep(2 * time.Second)
		if found, err := l.Last(); l.looks() != 1 || err != nil || found.Latest.Version != "0.2.0" {
			t.Errorf("after a minute: %d looks, %+v, %v", l.looks(), found, err)
		}
		time.Sleep(10 * 24 * time.Hour)
		if l.looks() != 11 {
			t.Errorf("%d looks in ten days", l.looks())
		}
		l.change(func() {}) // a person asks the relay to try again; that is no reason
		if l.looks() != 11 {
			t.Error("it looks at every poke")
		}
	})
}

func TestWatchTriesAgainWithoutHaste(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLooker(t)
		l.change(func() { l.err = errors.New("no network") })
		time.Sleep(5*time.Hour + 2*time.Minute)
		if _, err := l.Last(); err == nil || l.looks() < 5 || l.looks() > 7 {
			t.Errorf("%d looks, %v", l.looks(), err)
		}
		l.change(func() { l.err = nil })
		time.Sleep(time.Hour)
		if found, err := l.Last(); err != nil || !found.IsNewer {
			t.Errorf("%+v, %v", found, err)
		}
		l.change(func() { l.err = errors.New("no network") })
		time.Sleep(25 * time.Hour)
		if found, err := l.Last(); err == nil || !found.IsNewer {
			t.Errorf("what was found is forgotten: %+v, %v", found, err)
		}
	})
}

func TestWatchTakesOverWhatIsSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLooker(t)
		l.change(func() { l.isOn = false })
		time.Sleep(100 * time.Hour)
		if found, err := l.Last(); l.looks() != 0 || err != nil || found.IsNewer {
			t.Errorf("while it is off: %d looks, %+v, %v", l.looks(), found, err)
		}
		before := l.looks()
		l.change(func() { l.isOn = true })
		if l.looks() != before+1 {
			t.Error("it does not look when it is switched on")
		}
		l.change(func() { l.from.Feed = "https://perch.example/b" })
		if found, _ := l.Last(); l.looks() != before+2 || found.Latest.Page != "https://perch.example/b" {
			t.Errorf("another feed: %d looks, %+v", l.looks(), found)
		}
	})
}
