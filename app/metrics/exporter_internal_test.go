package metrics

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/cost"
)

// fake is a relay in some state. What fails is named in fails.
type fake struct {
	status  control.Status
	limits  []bridge.Limit
	counts  []bridge.Count
	ignores map[bridge.IgnoredKey]int
	fails   map[string]bool
	waits   bool
}

var errFake = errors.New("the disk hangs")

func (f *fake) err(ctx context.Context, what string) error {
	if f.waits {
		<-ctx.Done()
		return ctx.Err()
	}
	if f.fails[what] {
		return errFake
	}
	return nil
}

func (f *fake) Status(ctx context.Context) (control.Status, error) {
	return f.status, f.err(ctx, readStatus)
}

func (f *fake) Limits(ctx context.Context) ([]bridge.Limit, error) {
	return f.limits, f.err(ctx, readLimits)
}

func (f *fake) Counts(ctx context.Context) ([]bridge.Count, error) {
	return f.counts, f.err(ctx, readCounts)
}

func (f *fake) Ignored(ctx context.Context) (map[bridge.IgnoredKey]int, error) {
	return f.ignores, f.err(ctx, readIgnored)
}

var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

func at(t time.Time) *time.Time { return &t }

// whole is a relay of which there is something to tell of everything.
func whole() *fake {
	return &fake{
		status: control.Status{
			State: control.StateDegraded, Version: "1.2.3", Started: at(noon.Add(-time.Hour)), Journal: control.Link{State: bridge.LinkOK},
			Conditions: []control.Condition{
				{Side: control.SideX, Channel: "support", Level: control.NeedsYou, What: "customers' words\n\"here\""},
				{Side: control.SideLimit, Channel: "support", Level: control.Healing, Queue: "out/dm"},
				{Side: control.SideLimit, Channel: "support", Level: control.Healing, Queue: "out/post"},
			},
			Channels: []control.Channel{{
				Name: "support", Account: "secrethandle", X: control.Link{State: bridge.LinkPaused}, Motion: control.Link{State: bridge.LinkOK}, Reply: control.Link{State: bridge.LinkUnknown},
				Inbound: control.Inbound{OldestWaitingAt: at(noon.Add(-90 * time.Second))}, Outbound: control.Outbound{OldestWaitingAt: at(noon.Add(time.Hour))}, Encrypted: 3,
				Blocked: []control.Blocked{{Queue: "out/dm", Cause: "secret cause"}, {Queue: "out/dm"}},
			}},
			Reach: control.Reach{
				Mode: "webhook", State: "connected", LastProof: at(noon), Tunnel: &control.Tunnel{Kind: "ssh", State: "connected"},
				Gaps: []control.Gap{{Channel: "support", From: noon.Add(-time.Minute), To: noon, Recovered: 4}, {Channel: "support", From: noon, To: noon.Add(-time.Hour), Lost: "secret loss"}},
			},
			Backup: control.Backup{Last: at(noon.Add(-24 * time.Hour)), Error: "secret error"},
			Costs:  &control.Spending{Spent: 12_345_000, Budget: new(cost.Money)},
		},
		limits: []bridge.Limit{{Channel: "support", Endpoint: "dm.send", Waiting: 2, Windows: []bridge.Window{{Name: "15min", Limit: 15, Remaining: -1, Reset: noon}}}},
		counts: []bridge.Count{
			{Channel: "support", Direction: bridge.In, Kind: bridge.KindDM, State: bridge.Queued, N: 2},
			{Channel: "support", Direction: bridge.In, Kind: bridge.KindMention, State: bridge.Queued, N: 3},
			{Channel: "support", Direction: bridge.In, Kind: bridge.KindNote, State: bridge.Delivered, N: 9},
			{Channel: "gone", Direction: bridge.Out, Kind: bridge.KindDM, State: bridge.Dead, N: 1},
		},
		ignores: map[bridge.IgnoredKey]int{
			{Channel: "support", Kind: "echo"}: 5, {Channel: "support", Kind: "odd one"}: 1, {Channel: "support", Kind: strings.Repeat("x", 300) + "\xff"}: 2, {Channel: "bad\xff", Kind: "echo"}: 1,
		},
	}
}

// mustExporter exports a fake, with a journal on disk.
func mustExporter(t *testing.T, f *fake) *Exporter {
	t.Helper()
	path := filepath.Join(t.TempDir(), "perch.db")
	for name, size := range map[string]int{"": 1000, "-wal": 200, "-posts-1": 30, "-posts-2": 4} {
		if err := os.WriteFile(path+name, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return NewExporter(ExporterConfig{
		Meter: NewMeter([]string{"support"}), Console: f, Store: f, Journal: path, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon },
	})
}

// ask returns what an exporter tells, as Prometheus' own reader takes it.
func ask(t *testing.T, e http.Handler) (text string, families map[string]*dto.MetricFamily) {
	t.Helper()
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, Path, nil))
	text = w.Body.String()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil || w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Fatalf("%d %s, %v:\n%s", w.Code, w.Header(), err, text)
	}
	return text, families
}

func TestEverythingIsTold(t *testing.T) {
	t.Parallel()
	text, _ := ask(t, mustExporter(t, whole()))
	for _, line := range []string{
		`perch_up 1`, `perch_build_info{version="1.2.3"} 1`, `perch_state{state="degraded"} 1`, `perch_state{state="running"} 0`, `perch_journal_ok 1`,
		`perch_conditions{level="needs_you"} 1`, `perch_conditions{level="healing"} 2`, `perch_conditions{level="note"} 0`,
		`perch_condition{channel="support",level="healing",side="limit"} 2`, `perch_link_state{channel="support",side="x",state="paused"} 1`,
		`perch_link_state{channel="support",side="reply",state="unknown"} 1`, `perch_oldest_waiting_seconds{channel="support",direction="in"} 90`,
		`perch_oldest_waiting_seconds{channel="support",direction="out"} 0`, `perch_encrypted_unread{channel="support"} 3`, `perch_queue_blocked{channel="support",queue="out/dm"} 1`,
		`perch_deliveries{channel="support",direction="in",state="queued"} 5`, `perch_deliveries{channel="support",direction="in",state="delivered"} 0`,
		`perch_deliveries{channel="gone",direction="out",state="dead"} 1`, `perch_events_ignored_total{channel="support",kind="echo"} 5`,
		`perch_events_ignored_total{channel="support",kind="other"} 3`, `perch_reach_connected{mode="webhook"} 1`, `perch_tunnel_connected{kind="ssh"} 1`,
		`perch_gaps{channel="support"} 2`, `perch_gaps_lost{channel="support"} 1`, `perch_gap_seconds{channel="support"} 60`, `perch_gap_recovered{channel="support"} 4`,
		`perch_limit_remaining{channel="support",endpoint="dm.send",window="15min"} 0`, `perch_limit_max{channel="support",endpoint="dm.send",window="15min"} 15`,
		`perch_limit_waiting{channel="support",endpoint="dm.send"} 2`, `perch_journal_bytes{file="journal"} 1000`, `perch_journal_bytes{file="wal"} 200`,
		`perch_journal_bytes{file="inlet"} 34`, `perch_backup_failed 1`, `perch_cost_month_dollars 12.345`, `perch_cost_budget_dollars 0`, `perch_read_failed{what="status"} 0`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("%s is not told", line)
		}
	}
	for _, word := range []string{"secret", "words", "odd one", "xxx"} {
		if strings.Contains(text, word) {
			t.Errorf("%q is told", word)
		}
	}
}

// A part that cannot be read leaves out itself alone.
func TestAPartThatFailsIsNamed(t *testing.T) {
	t.Parallel()
	for what, gone := range map[string]string{
		readStatus: "perch_link_state", readCounts: "perch_deliveries", readIgnored: "perch_events_ignored_total", readLimits: "perch_limit_max", readDisk: "perch_disk_free_bytes",
	} {
		f := whole()
		f.fails = map[string]bool{what: true}
		e := mustExporter(t, f)
		if what == readDisk {
			e.journal = filepath.Join(e.journal, "nowhere", "perch.db")
		}
		text, families := ask(t, e)
		if families[gone] != nil || !strings.Contains(text, `perch_read_failed{what="`+what+`"} 1`) || strings.Count(text, "perch_read_failed{what=") != 5 || strings.Count(text, "} 1\n") == 0 {
			t.Errorf("%s fails, and %v is told", what, families[gone])
		}
		if n := strings.Count(text, `"} 1`+"\n"); families["perch_up"] == nil || families["perch_journal_write_seconds"] == nil || n == 0 {
			t.Errorf("%s fails, and the rest is not told", what)
		}
	}
}

// Who gives up, and a relay that hangs, get what is known without asking it.
func TestARelayThatHangsIsToldOf(t *testing.T) {
	t.Parallel()
	f := whole()
	f.waits = true
	e := mustExporter(t, f)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, Path, nil))
	if text := w.Body.String(); !strings.Contains(text, `perch_read_failed{what="status"} 1`) || !strings.Contains(text, "perch_kept_seconds_count") {
		t.Errorf("%d %s", w.Code, text)
	}
}
