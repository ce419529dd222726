package xevents_test

import (
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/simtest"
)

func TestStream_TellsEventsAndFillsGaps(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	w.SubscribeTo("dm.received", "")
	lines := w.Listen(t, "")
	a := w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "a"})
	if line, _ := simtest.Next(t, lines); !strings.Contains(line, a) {
		t.Errorf("live: %s", line)
	}
	w.CutStreams()
	if line, open := simtest.Next(t, lines); open {
		t.Errorf("after the cut: %s", line)
	}
	b := w.DM(w.Customer.ID, w.Brand.ID, sim.Message{Text: "b"})
	lines = w.Listen(t, "?backfill_minutes=2")
	for _, id := range []string{a, b} {
		if line, _ := simtest.Next(t, lines); !strings.Contains(line, id) {
			t.Errorf("backfill: %s", line)
		}
	}
	w.Listen(t, "")
	if line, _ := simtest.Next(t, w.Listen(t, "")); !strings.Contains(line, "maximum allowed connection limit") {
		t.Errorf("third stream: %s", line)
	}
	if w.Streams() != 2 {
		t.Errorf("%d streams", w.Streams())
	}
	w.Clean(t)
}

func TestStream_KeepsAlive(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{KeepAlive: time.Millisecond})
	if line, open := simtest.Next(t, w.Listen(t, "")); line != "" || !open {
		t.Errorf("keep-alive: %q", line)
	}
}
