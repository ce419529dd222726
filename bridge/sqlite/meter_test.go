package sqlite

import (
	"sync"
	"testing"
	"time"

	"perch/bridge"
)

type writes struct {
	mu   sync.Mutex
	took map[Writing][]time.Duration
}

func (w *writes) Wrote(what Writing, took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.took[what] = append(w.took[what], took)
}

func (w *writes) of(what Writing) []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.took[what]
}

// Each write is told of once, with the time that the disk took; what only reads is none.
func TestEachWriteIsMeasured(t *testing.T) {
	s, w := journal(t), &writes{took: map[Writing][]time.Duration{}}
	s.SetMeter(w) // nothing was handed over yet
	s.during = func() { time.Sleep(3 * time.Millisecond) }
	if err := s.Keep(t.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:c", Body: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	if got := w.of(WriteInlet); len(got) != 1 || got[0] < 3*time.Millisecond {
		t.Errorf("inlet: %v", got)
	}
	put(t, s, inbound("ann", "1"))
	before := len(w.of(WriteCommit))
	if before != 1 {
		t.Errorf("commits: %d", before)
	}
	if len(claim(t, s, "c/in")) != 1 || len(w.of(WriteCommit)) != before || len(w.of(writeNothing)) != 0 {
		t.Errorf("a claim writes nothing, but %v", w.took)
	}
}
