package watch

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"perch/app/control"
	"perch/ui/snapshot"
	"perch/ui/uitest"
)

// screen is Fyne's thread in a test: it runs what is posted when it is let.
type screen struct {
	mu     sync.Mutex
	posts  []func()
	most   int
	latest snapshot.Data
	drawn  int
}

func (s *screen) post(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts = append(s.posts, f)
	s.most = max(s.most, len(s.posts))
}

func (s *screen) render(d snapshot.Data) { s.latest = d; s.drawn++ }

func (s *screen) run() {
	s.mu.Lock()
	posts := s.posts
	s.posts = nil
	s.mu.Unlock()
	for _, f := range posts {
		f()
	}
}

func watched(relay Relay) (*Watcher, *screen) {
	s := &screen{}
	w := New(Options{Relay: relay, Desktop: &uitest.Desktop{}, Now: time.Now, Render: s.render, Post: s.post})
	w.ShowTraffic(true)
	return w, s
}

func TestWatcherShowsWhatTheRelayDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := uitest.New(time.Now)
		relay.SetStopped(true)
		w, s := watched(relay)
		w.Start()
		defer w.Stop()
		step := func(d time.Duration) {
			for range d / (50 * time.Millisecond) {
				time.Sleep(50 * time.Millisecond)
				synctest.Wait()
				s.run()
			}
		}
		step(time.Second)
		if s.latest.Running || !s.latest.Asked {
			t.Fatalf("a stopped relay: %+v", s.latest.Status)
		}
		relay.SetStopped(false)
		step(2500 * time.Millisecond)
		step(time.Second)
		history := len(s.latest.View.Rows)
		if !s.latest.Running || history == 0 || !s.latest.View.Complete || len(s.latest.Limits) == 0 || len(s.latest.URLs) != 1 || len(s.latest.Attention) != 3 {
			t.Fatalf("%d rows, %d limits, %d need attention", history, len(s.latest.Limits), len(s.latest.Attention))
		}
		relay.Put(uitest.Random(1_000_001, time.Now()))
		step(300 * time.Millisecond)
		if len(s.latest.View.Rows) != history+1 {
			t.Errorf("%d rows, want %d", len(s.latest.View.Rows), history+1)
		}
		w.Search(snapshot.Filter{State: "dead"})
		step(300 * time.Millisecond)
		if len(s.latest.View.Rows) != 2 {
			t.Errorf("%d dead ones", len(s.latest.View.Rows))
		}
		dead := *s.latest.View.Rows[0]
		dead.State = "queued"
		relay.Put(dead)
		step(300 * time.Millisecond)
		if len(s.latest.View.Rows) != 1 {
			t.Errorf("%d dead ones after one was put back", len(s.latest.View.Rows))
		}
	})
}

// TestTheJournalStandsInForARelayThatStops: what is on screen goes on being there, with its last states, and more can be had.
func TestTheJournalStandsInForARelayThatStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := uitest.New(time.Now)
		for i := range int64(2 * PageSize) {
			relay.Put(uitest.Random(1_000_000+i, time.Now().Add(-2*time.Hour)))
		}
		w, s := watched(relay)
		w.Start()
		defer w.Stop()
		step := func(d time.Duration) {
			for range d / (50 * time.Millisecond) {
				time.Sleep(50 * time.Millisecond)
				synctest.Wait()
				s.run()
			}
		}
		step(3 * time.Second)
		rows := len(s.latest.View.Rows)
		if !s.latest.Running || s.latest.Kept || rows == 0 || s.latest.View.Complete {
			t.Fatalf("a relay that runs: %d rows", rows)
		}
		w.Freeze(s.latest.View.Rows[10].ID)
		step(300 * time.Millisecond)
		place := s.latest.View.Rows[0].ID
		last := uitest.Random(2_000_000, time.Now()) // which the feed did not bring
		relay.SetKept(true)
		relay.Put(last)
		step(2 * time.Second)
		if s.latest.Running || !s.latest.Kept || len(s.latest.Attention) != 3 || s.latest.View.Rows[0].ID != place || s.latest.View.New == 0 {
			t.Fatalf("a relay that has stopped: %+v, %d rows from %d", s.latest.Status.State, len(s.latest.View.Rows), s.latest.View.Rows[0].ID)
		}
		w.Older()
		step(time.Second)
		if now := len(s.latest.View.Rows); now <= rows {
			t.Errorf("%d rows after older ones were asked for, %d before", now, rows)
		}
		w.Search(snapshot.Filter{State: "dead"})
		step(time.Second)
		if len(s.latest.View.Rows) != 2 {
			t.Errorf("%d dead ones in the journal", len(s.latest.View.Rows))
		}
		relay.SetKept(false)
		step(2500 * time.Millisecond)
		if !s.latest.Running || s.latest.Kept || len(s.latest.View.Rows) != 2 {
			t.Errorf("after the start: running %v, %d rows", s.latest.Running, len(s.latest.View.Rows))
		}
	})
}

// TestWatcherNeverFloods holds the rule that keeps the window alive: one snapshot at a time, whatever the traffic.
func TestWatcherNeverFloods(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := uitest.New(time.Now)
		w, s := watched(relay)
		w.Start()
		defer w.Stop()
		id := int64(1_000_000)
		burst := func(rounds int, drain bool) {
			for range rounds {
				for range 100 {
					id++
					relay.Put(uitest.Random(id, time.Now()))
				}
				time.Sleep(100 * time.Millisecond)
				synctest.Wait()
				if drain {
					s.run()
				}
			}
		}
		burst(30, false) // Fyne's thread is busy for 3 s
		if s.most != 1 {
			t.Errorf("%d snapshots waited at once", s.most)
		}
		s.run()
		s.drawn = 0
		burst(100, true)
		if s.drawn > 15 {
			t.Errorf("drawn %d times in 10 s", s.drawn)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		s.run()
		if got := s.latest.View.Rows[0].ID; got != id {
			t.Errorf("the newest is %d, want %d", got, id)
		}
		in, out := 0, 0
		for i := range 60 {
			in += s.latest.Minutes.In[i]
			out += s.latest.Minutes.Out[i]
		}
		if in+out < 13_000 {
			t.Errorf("%d messages in the chart", in+out)
		}
	})
}

func TestActionsEndBeforeTheWindowDoes(t *testing.T) {
	relay := uitest.New(time.Now)
	w, s := watched(relay)
	done := false
	w.Do(relay.Pause, func(err error) { done = err == nil })
	w.Stop()
	s.run()
	if status, _ := relay.Status(t.Context()); status.State != control.StatePaused {
		t.Error("the action was dropped")
	}
	_ = done // whether its outcome is still shown depends on who was first
}
