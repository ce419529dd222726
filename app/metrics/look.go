package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"perch/app/control"
	"perch/bridge"
)

// Console is how the relay is.
type Console interface {
	Status(ctx context.Context) (control.Status, error)
	Limits(ctx context.Context) ([]bridge.Limit, error)
}

// Store is what the journal counts.
type Store interface {
	Counts(ctx context.Context) ([]bridge.Count, error)
	Ignored(ctx context.Context) (map[bridge.IgnoredKey]int, error)
}

// look is what somebody finds who looks now. It is a prometheus.Collector of its own, so that one look is of one moment.
type look struct {
	now     time.Time
	metrics []prometheus.Metric
	failed  map[string]bool // by what could not be read
}

// Describe implements prometheus.Collector: what is there varies.
func (*look) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (l *look) Collect(to chan<- prometheus.Metric) {
	for _, m := range l.metrics {
		to <- m
	}
}

// What may fail on its own.
const (
	readStatus  = "status"
	readCounts  = "deliveries"
	readIgnored = "ignored"
	readLimits  = "limits"
	readDisk    = "disk"
)

// take looks at everything. What cannot be read is left out.
func (e *Exporter) take(ctx context.Context) *look {
	l := &look{now: e.now(), failed: map[string]bool{}}
	l.add(up, 1)
	status, err := e.console.Status(ctx)
	if l.note(readStatus, err) {
		l.relay(status)
		l.channels(status)
		l.reach(status.Reach)
		l.backup(status.Backup)
		l.costs(status.Costs)
	}
	counts, err := e.store.Counts(ctx)
	if l.note(readCounts, err) {
		l.deliveries(counts, status.Channels)
	}
	ignored, err := e.store.Ignored(ctx)
	if l.note(readIgnored, err) {
		l.ignored(ignored)
	}
	limits, err := e.console.Limits(ctx)
	if l.note(readLimits, err) {
		l.limits(limits)
	}
	l.note(readDisk, l.disk(e.journal))
	for what, isFailed := range l.failed {
		l.add(readFailed, flag(isFailed), what)
	}
	return l
}

// note takes in whether a part could be read, and reports it.
func (l *look) note(what string, err error) bool {
	l.failed[what] = err != nil
	return err == nil
}

// add adds a figure. One whose label cannot be told, because the journal is damaged, is left out.
func (l *look) add(of figure, value float64, labels ...string) {
	if one, err := prometheus.NewConstMetric(of.desc, of.kind, value, labels...); err == nil {
		l.metrics = append(l.metrics, one)
	}
}

// at adds a time; none is left out.
func (l *look) at(of figure, at *time.Time, labels ...string) {
	if at != nil && !at.IsZero() {
		l.add(of, float64(at.UnixMilli())/1000, labels...)
	}
}

func flag(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
