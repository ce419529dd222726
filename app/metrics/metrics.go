// Package metrics measures a relay for Prometheus: what comes in, what goes out and how long each hop takes as it happens, and
// all else when somebody looks.
//
// It guarantees that no label holds a handle, an id or a text, but names of channels and fixed words, so that the series stay
// few whatever customers write; that being told of something costs less than a microsecond and allocates nothing; that a part
// which cannot be read leaves out its own figures alone and is named in perch_read_failed; and that nothing changes by being
// looked at. Names and their meaning stay as docs/monitoring.md has them.
package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"perch/bridge"
	"perch/bridge/engine"
	"perch/bridge/sqlite"
)

// The upper bounds of the histograms, in seconds. What waits for a disk is told in fractions of a millisecond; a delivery may
// take days.
var (
	diskBuckets     = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30}
	attemptBuckets  = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 600}
	deliveryBuckets = []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 43200, 86400}
)

// The words of the label "outcome" that are no states.
const (
	outcomeRetry    = "retry"    // it failed, and is tried again later
	outcomeDeferred = "deferred" // it has to wait for a limit or for the admin, which counts as no attempt
)

var (
	_ engine.Meter = (*Meter)(nil)
	_ sqlite.Meter = (*Meter)(nil)
)

// Meter is told of what happens and keeps count of it. Make it with NewMeter; it is safe for concurrent use.
type Meter struct {
	registry *prometheus.Registry
	received *prometheus.CounterVec
	attempts *prometheus.CounterVec
	attempt  *prometheus.HistogramVec
	delivery *prometheus.HistogramVec
	kept     map[bridge.Side]prometheus.Observer
	writes   map[sqlite.Writing]prometheus.Observer
}

// NewMeter returns a Meter for a relay with these channels. What has not happened yet counts 0, so that the first time shows.
func NewMeter(channels []string) *Meter {
	m := &Meter{
		registry: prometheus.NewRegistry(), kept: map[bridge.Side]prometheus.Observer{}, writes: map[sqlite.Writing]prometheus.Observer{},
		received: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "perch_events_received_total", Help: "Messages that came in and are kept, by kind; direction in is from X, out from Motion.",
		}, []string{labelChannel, labelDirection, labelKind}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "perch_attempts_total", Help: "Attempts to deliver a message that have ended, by what came of them.",
		}, []string{labelChannel, labelDirection, labelOutcome}),
		attempt: histogram("perch_attempt_seconds", "Time that one attempt took, files and look-ups included.", attemptBuckets, labelChannel, labelSide, labelQueue),
		delivery: histogram("perch_delivery_seconds", "Time from when a message came in until the other side had it, waits included.",
			deliveryBuckets, labelChannel, labelDirection),
	}
	kept := histogram("perch_kept_seconds", "Time from when X or Motion called until what it brought was on disk.", diskBuckets, labelSide)
	writes := histogram("perch_journal_write_seconds", "Time that a write of the journal took until it was on disk.", diskBuckets, labelWrite)
	m.registry.MustRegister(
		m.received, m.attempts, m.attempt, m.delivery, kept, writes,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	for _, side := range []bridge.Side{bridge.SideX, bridge.SideMotion} {
		m.kept[side] = kept.WithLabelValues(string(side))
	}
	for _, what := range []sqlite.Writing{sqlite.WriteInlet, sqlite.WriteCommit, sqlite.WriteCheckpoint} {
		m.writes[what] = writes.WithLabelValues(string(what))
	}
	for _, name := range channels {
		m.begin(name)
	}
	return m
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// begin makes the series of a channel, at 0.
func (m *Meter) begin(channel string) {
	kinds := map[bridge.Direction][]bridge.MessageKind{
		bridge.In:  {bridge.KindDM, bridge.KindMention, bridge.KindReply, bridge.KindEncrypted, bridge.KindUnreadable},
		bridge.Out: {bridge.KindDM, bridge.KindReply, bridge.KindChat},
	}
	for _, way := range directions {
		for _, kind := range kinds[way] {
			m.received.WithLabelValues(channel, string(way), string(kind))
		}
		for _, outcome := range []string{string(bridge.Delivered), outcomeRetry, outcomeDeferred, string(bridge.Undecided), string(bridge.Dead)} {
			m.attempts.WithLabelValues(channel, string(way), outcome)
		}
		m.delivery.WithLabelValues(channel, string(way))
	}
	for _, lane := range bridge.LanesOf(channel) {
		m.attempt.WithLabelValues(channel, string(lane.Side()), queueOf(channel, lane))
	}
}

// Kept implements intake.Meter.
func (m *Meter) Kept(from bridge.Side, took time.Duration) { observe(m.kept[from], took) }

// Received implements intake.Meter.
func (m *Meter) Received(d *bridge.Delivery) {
	m.received.WithLabelValues(d.Channel, string(d.Direction), string(d.Kind)).Inc()
}

// Attempted implements delivery.Meter. The lines that Perch writes to agents are attempts, and no customers' messages.
func (m *Meter) Attempted(d *bridge.Delivery, a bridge.Attempt) {
	m.attempts.WithLabelValues(d.Channel, string(d.Direction), outcomeOf(a)).Inc()
	observe(m.attempt.WithLabelValues(d.Channel, string(d.Lane.Side()), queueOf(d.Channel, d.Lane)), a.Took)
	if a.Outcome == bridge.Delivered && d.Kind != bridge.KindNote {
		observe(m.delivery.WithLabelValues(d.Channel, string(d.Direction)), d.DeliveredAt.Sub(d.ReceivedAt))
	}
}

// Wrote implements sqlite.Meter.
func (m *Meter) Wrote(what sqlite.Writing, took time.Duration) { observe(m.writes[what], took) }

// observe counts a time. One that a clock set back has made negative counts as none.
func observe(o prometheus.Observer, took time.Duration) {
	if o != nil {
		o.Observe(max(took, 0).Seconds())
	}
}

func outcomeOf(a bridge.Attempt) string {
	switch {
	case a.Outcome != bridge.Queued:
		return string(a.Outcome)
	case a.Number == 0:
		return outcomeDeferred
	}
	return outcomeRetry
}

// queueOf is what the command line calls a lane: "in", "in/files", "out/dm", "out/chat" or "out/post".
func queueOf(channel string, lane bridge.Lane) string {
	if len(lane) <= len(channel) {
		return ""
	}
	return string(lane[len(channel)+1:])
}
