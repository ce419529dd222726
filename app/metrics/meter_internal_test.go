package metrics

import (
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"perch/bridge"
	"perch/bridge/sqlite"
)

func message() (*bridge.Delivery, bridge.Attempt) {
	now := time.Now()
	d := &bridge.Delivery{
		Channel: "support", Direction: bridge.In, Kind: bridge.KindDM, State: bridge.Delivered, Lane: bridge.LaneOf("support", bridge.In, bridge.KindDM),
		From: "annlee", Text: "private", XID: "4711", ReceivedAt: now.Add(-300 * time.Millisecond), DeliveredAt: now,
	}
	return d, bridge.Attempt{Number: 1, Outcome: bridge.Delivered, Took: 20 * time.Millisecond}
}

// all does all that is done for one message.
func (m *Meter) all(d *bridge.Delivery, a bridge.Attempt) {
	m.Kept(bridge.SideX, time.Millisecond)
	m.Received(d)
	m.Attempted(d, a)
	m.Wrote(sqlite.WriteCommit, time.Millisecond)
}

// What is done for a message is part of the way that customers wait for.
func TestMeasuringAllocatesNothing(t *testing.T) {
	m := NewMeter([]string{"support"})
	d, a := message()
	if n := testing.AllocsPerRun(1000, func() { m.all(d, a) }); n != 0 {
		t.Errorf("%v allocations for a message", n)
	}
}

// BenchmarkMeter is what measuring costs a message on its whole way.
func BenchmarkMeter(b *testing.B) {
	m := NewMeter([]string{"support"})
	d, a := message()
	b.ReportAllocs()
	for b.Loop() {
		m.all(d, a)
	}
}

func (m *Meter) find(t *testing.T, name string, labels ...string) *dto.Metric {
	t.Helper()
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, one := range f.GetMetric() {
			var values []string
			for _, l := range one.GetLabel() {
				values = append(values, l.GetValue())
			}
			if strings.Join(values, " ") == strings.Join(labels, " ") {
				return one
			}
		}
	}
	t.Fatalf("there is no %s%v", name, labels)
	return nil
}

func TestAttemptsAreCountedByWhatCameOfThem(t *testing.T) {
	t.Parallel()
	m := NewMeter([]string{"support"})
	d, _ := message()
	for _, a := range []bridge.Attempt{
		{Number: 1, Outcome: bridge.Delivered},
		{Number: 2, Outcome: bridge.Queued},
		{Number: 0, Outcome: bridge.Queued},
		{Number: 0, Outcome: bridge.Queued},
		{Number: 3, Outcome: bridge.Dead},
		{Number: 1, Outcome: bridge.Undecided},
		{Number: 0, Outcome: bridge.Discarded},
	} {
		m.Attempted(d, a)
	}
	for outcome, want := range map[string]float64{"delivered": 1, "retry": 1, "deferred": 2, "dead": 1, "undecided": 1, "discarded": 1} {
		if got := m.find(t, "perch_attempts_total", "support", "in", outcome).GetCounter().GetValue(); got != want {
			t.Errorf("%s: %v, want %v", outcome, got, want)
		}
	}
	if h := m.find(t, "perch_delivery_seconds", "support", "in").GetHistogram(); h.GetSampleCount() != 1 || h.GetSampleSum() < .29 || h.GetSampleSum() > .31 {
		t.Errorf("deliveries: %v", h)
	}
	note := *d
	note.Kind = bridge.KindNote
	m.Attempted(&note, bridge.Attempt{Number: 1, Outcome: bridge.Delivered})
	if n := m.find(t, "perch_delivery_seconds", "support", "in").GetHistogram().GetSampleCount(); n != 1 {
		t.Errorf("a line to the agent counts as a customer's message: %d", n)
	}
}

// A clock that was set back makes no negative times, which would spoil the sum for ever.
func TestAClockThatWasSetBackSpoilsNoSum(t *testing.T) {
	t.Parallel()
	m := NewMeter([]string{"support"})
	d, a := message()
	d.ReceivedAt = d.DeliveredAt.Add(time.Hour)
	a.Took = -time.Minute
	m.all(d, a)
	for _, h := range []*dto.Metric{m.find(t, "perch_delivery_seconds", "support", "in"), m.find(t, "perch_attempt_seconds", "support", "in", "motion")} {
		if h.GetHistogram().GetSampleSum() != 0 || h.GetHistogram().GetSampleCount() != 1 {
			t.Errorf("%v", h)
		}
	}
	m.Kept("elsewhere", time.Second) // a side that a later Perch has
	m.Wrote("something", time.Second)
}
