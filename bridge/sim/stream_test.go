package sim_test

import (
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
)

func TestStream_TellsEventsAndFillsGaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	w.subscribeTo("dm.received", "")
	lines := w.listen(t, "")
	a := w.DM(w.customer.ID, w.brand.ID, sim.Message{Text: "a"})
	if line, _ := next(t, lines); !strings.Contains(line, a) {
		t.Errorf("live: %s", line)
	}
	w.CutStreams()
	if line, open := next(t, lines); open {
		t.Errorf("after the cut: %s", line)
	}
	b := w.DM(w.customer.ID, w.brand.ID, sim.Message{Text: "b"})
	lines = w.listen(t, "?backfill_minutes=2")
	for _, id := range []string{a, b} {
		if line, _ := next(t, lines); !strings.Contains(line, id) {
			t.Errorf("backfill: %s", line)
		}
	}
	w.listen(t, "")
	if line, _ := next(t, w.listen(t, "")); !strings.Contains(line, "maximum allowed connection limit") {
		t.Errorf("third stream: %s", line)
	}
	if w.Streams() != 2 {
		t.Errorf("%d streams", w.Streams())
	}
	w.clean(t)
}

func TestStream_KeepsAlive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{KeepAlive: time.Millisecond})
	if line, open := next(t, w.listen(t, "")); line != "" || !open {
		t.Errorf("keep-alive: %q", line)
	}
}
