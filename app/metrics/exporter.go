package metrics

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
)

// lookTimeout bounds one look: Prometheus asks again after 15 s to a minute, and gives up after 10 s where nobody says otherwise.
const lookTimeout = 9 * time.Second

// ExporterConfig is what an Exporter is made of. Every field is needed but Now.
type ExporterConfig struct {
	Meter   *Meter
	Console Console
	Store   Store
	// Journal is the path of the journal.
	Journal string
	Log     *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Exporter answers with all figures in the text format of Prometheus (version 0.0.4). It is safe for concurrent use; one looks
// after the other.
type Exporter struct {
	meter   *Meter
	console Console
	store   Store
	journal string
	log     *slog.Logger
	now     func() time.Time
	mu      sync.Mutex // one look at a time: many at once would cost the relay what they are to watch over
}

// NewExporter returns an Exporter.
func NewExporter(c ExporterConfig) *Exporter {
	e := &Exporter{meter: c.Meter, console: c.Console, store: c.Store, journal: c.Journal, log: c.Log, now: c.Now}
	if e.now == nil {
		e.now = time.Now
	}
	return e
}

// ServeHTTP implements http.Handler.
func (e *Exporter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), lookTimeout)
	defer cancel()
	var text bytes.Buffer
	format := expfmt.NewFormat(expfmt.TypeTextPlain)
	if err := e.write(ctx, &text, format); err != nil {
		e.log.Warn("figures are told in part", "error", err)
	}
	w.Header().Set("Content-Type", string(format))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(text.Len()))
	_, _ = w.Write(text.Bytes()) // who has gone away gets no answer
}

// write tells all figures that can be told; the error is about the others.
func (e *Exporter) write(ctx context.Context, to *bytes.Buffer, format expfmt.Format) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	moment := prometheus.NewRegistry()
	if err := moment.Register(e.take(ctx)); err != nil {
		return err
	}
	families, err := prometheus.Gatherers{e.meter.registry, moment}.Gather()
	encoder := expfmt.NewEncoder(to, format)
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return err
		}
	}
	return err
}
