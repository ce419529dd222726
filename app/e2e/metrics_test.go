package e2e

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

// figures are what Prometheus' own reader makes of what a relay tells.
type figures map[string]*dto.MetricFamily

func readFigures(t *testing.T, text string) figures {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("Prometheus cannot read it: %v\n%s", err, text)
	}
	return families
}

// value is the figure with these values of its labels, in the order of their names; of a histogram how often. -1 for none.
func (f figures) value(name string, labels ...string) float64 {
	for _, one := range f[name].GetMetric() {
		var values []string
		for _, l := range one.GetLabel() {
			values = append(values, l.GetValue())
		}
		if strings.Join(values, " ") != strings.Join(labels, " ") {
			continue
		}
		switch {
		case one.Histogram != nil:
			return float64(one.GetHistogram().GetSampleCount())
		case one.Counter != nil:
			return one.GetCounter().GetValue()
		}
		return one.GetGauge().GetValue()
	}
	return -1
}

func (b *box) figures() figures {
	b.t.Helper()
	return readFigures(b.t, b.must("metrics"))
}

var servedAt = regexp.MustCompile(`figures are served.* listen"?[=:]"?(127\.0\.0\.1:\d+)`)

// figuresAt is where Prometheus finds them.
func (b *box) figuresAt() (at string) {
	b.t.Helper()
	b.until("the figures' port", func() bool {
		found := servedAt.FindAllStringSubmatch(b.log(), -1)
		if len(found) > 0 {
			at = found[len(found)-1][1]
		}
		return at != ""
	})
	return at
}

// fetch asks as Prometheus does.
func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// check is what a monitor sees.
func (b *box) check(args ...string) (line string, code int) {
	b.t.Helper()
	line, stderr, code := b.perch(append([]string{"status", "--check"}, args...)...)
	if strings.Count(line, "\n") != 1 || !strings.HasPrefix(line, "PERCH ") || stderr != "" {
		b.t.Errorf("no single line: %q %q", line, stderr)
	}
	return line, code
}

// What went through is counted on its whole way, and no figure tells who wrote or what.
func TestMetrics_CountWhatHappens(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.extra = "[metrics]\nlisten = \"127.0.0.1:0\"\n" }).start()
	b.x.DM(annID, brandID, sim.Message{Text: "a private parcel"})
	b.x.Post(bobID, sim.Post{Text: "@acme_support a public one"})
	b.awaitMotion(2)
	b.reply(b.motion.Open("annlee", ""), motionsim.Reply{Text: "it left Trieste"})
	b.until("the deliveries", func() bool {
		return b.figures().value("perch_deliveries", "support", "out", "delivered") == 1 && b.figures().value("perch_deliveries", "support", "in", "delivered") == 2
	})
	at := b.figuresAt()
	code, text := fetch(t, "http://"+at+"/metrics")
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, text)
	}
	f := readFigures(t, text)
	for _, tc := range []struct {
		want   float64
		name   string
		labels []string
	}{
		{1, "perch_up", nil},
		{1, "perch_events_received_total", []string{"support", "in", "dm"}},
		{1, "perch_events_received_total", []string{"support", "in", "mention"}},
		{1, "perch_events_received_total", []string{"support", "out", "dm"}},
		{2, "perch_attempts_total", []string{"support", "in", "delivered"}},
		{1, "perch_attempts_total", []string{"support", "out", "delivered"}},
		{0, "perch_attempts_total", []string{"support", "out", "dead"}},
		{2, "perch_delivery_seconds", []string{"support", "in"}},
		{1, "perch_delivery_seconds", []string{"support", "out"}},
		{2, "perch_attempt_seconds", []string{"support", "in", "motion"}},
		{1, "perch_attempt_seconds", []string{"support", "out/dm", "x"}},
		{1, "perch_kept_seconds", []string{"motion"}},
		{0, "perch_oldest_waiting_seconds", []string{"support", "in"}},
		{1, "perch_link_state", []string{"support", "x", "connected"}},
		{1, "perch_journal_ok", nil},
	} {
		if got := f.value(tc.name, tc.labels...); got != tc.want {
			t.Errorf("%s%v is %v, want %v", tc.name, tc.labels, got, tc.want)
		}
	}
	for name, labels := range map[string][]string{
		"perch_kept_seconds": {"x"}, "perch_journal_write_seconds": {"commit"}, "perch_journal_bytes": {"journal"}, "perch_disk_free_bytes": nil, "go_goroutines": nil, "process_open_fds": nil,
		"perch_limit_remaining": {"support", "dm.send", "15min"},
	} {
		if got := f.value(name, labels...); got <= 0 && (name != "process_open_fds" || hasProc()) {
			t.Errorf("%s%v is %v", name, labels, got)
		}
	}
	for _, word := range []string{"annlee", "bob", "acme_support", annID, brandID, "parcel", "Trieste"} {
		if strings.Contains(text, word) {
			t.Errorf("the figures tell %q", word)
		}
	}
	if code, _ := fetch(t, "http://"+b.listen+"/metrics"); code != http.StatusNotFound {
		t.Errorf("the public port has figures: %d", code)
	}
	if code, body := fetch(t, "http://"+b.listen+"/healthz"); code != http.StatusOK || len(strings.TrimSpace(body)) > 2 {
		t.Errorf("/healthz: %d %q", code, body)
	}
}

func hasProc() bool {
	_, err := os.Stat("/proc/self/fd")
	return err == nil
}

// The port comes, moves and goes by perch reload; one that others reach is refused in words, and nothing changes.
func TestMetrics_PortFollowsReload(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.extra = "[metrics]\nlisten = \"\"\n" }).start()
	if strings.Contains(b.log(), "figures are served") {
		t.Error("a port is open that nobody asked for")
	}
	b.edit(`listen = ""`, `listen = "127.0.0.1:0"`)
	if taken := b.reload(); taken.Restart || strings.Join(taken.Applied, " ") != "metrics.listen" {
		t.Errorf("%+v", taken)
	}
	at := b.figuresAt()
	if code, _ := fetch(t, "http://"+at+"/metrics"); code != http.StatusOK || !strings.Contains(b.must("status"), "For Prometheus: http://"+at+"/metrics\n") {
		t.Errorf("after the reload: %d", code)
	}
	b.edit("[metrics]\nlisten = \"127.0.0.1:0\"", "[metrics]\nlisten = \"0.0.0.0:3005\"")
	_, stderr, code := b.perch("reload")
	if code != 1 || !strings.Contains(stderr, "which other computers reach, and the figures have no password") || !strings.Contains(stderr, "127.0.0.1:3005") {
		t.Errorf("an open port: %d %s", code, stderr)
	}
	if code, _ := fetch(t, "http://"+at+"/metrics"); code != http.StatusOK {
		t.Errorf("after the refusal: %d", code)
	}
	b.edit(`listen = "0.0.0.0:3005"`, `listen = ""`)
	b.reload()
	b.until("the port to close", func() bool { code, _ := fetch(t, "http://"+at+"/metrics"); return code == 0 })
	if b.figures().value("perch_up") != 1 {
		t.Error("perch metrics needs the port")
	}
	b.sameRelay()
}

// A monitor is told by one line and the exit code: well, late, not running, and well again.
func TestCheck_TellsAMonitor(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	b.awaitMotion(1)
	b.until("all to be well", func() bool { _, code := b.check(); return code == 0 })
	if line, _ := b.check(); !strings.HasPrefix(line, "PERCH OK - running; 0 waiting, 0 undecided, 0 failed | oldest=0s;300;1800;0 ") {
		t.Error(line)
	}
	b.must("pause")
	began := time.Now()
	b.x.DM(annID, brandID, sim.Message{Text: "is anybody there?"})
	b.until("a message that waits", func() bool { return b.status().Channels[0].Inbound.OldestWaitingAt != nil })
	if got := *b.status().Channels[0].Inbound.OldestWaitingAt; got.Sub(began).Abs() > patience {
		t.Errorf("it came at %v and waits since %v", began, got)
	}
	if line, code := b.check(); code != 0 || !strings.Contains(line, "Deliveries are paused") || !strings.Contains(line, "1 waiting") {
		t.Errorf("%d %s", code, line)
	}
	b.until("the first limit", func() bool { _, code := b.check("--warning", "1s", "--critical", "1h"); return code == 1 })
	if line, code := b.check("--warning", "1s", "--critical", "1s"); code != 2 || !strings.HasPrefix(line, "PERCH CRITICAL - a message of support to Motion has waited for ") {
		t.Errorf("%d %s", code, line)
	}
	if wait := b.figures().value("perch_oldest_waiting_seconds", "support", "in"); wait < 1 {
		t.Errorf("it waits for %v s", wait)
	}
	b.kill(os.Interrupt)
	if line, code := b.check(); code != 2 || !strings.HasPrefix(line, "PERCH CRITICAL - the relay is not running: start it with perch start; 1 waiting") || !strings.Contains(line, "waiting_in=1;") {
		t.Errorf("stopped: %d %s", code, line)
	}
	text, stderr, code := b.perch("metrics")
	if f := readFigures(t, text); code != 3 || f.value("perch_up") != 0 || len(f) != 1 || !strings.Contains(stderr, "perch start") {
		t.Errorf("stopped: %d %s %s", code, text, stderr)
	}
	b.start()
	b.must("resume")
	b.until("all to be well again", func() bool { _, code := b.check(); return code == 0 })
	if b.status().Channels[0].Inbound.OldestWaitingAt != nil {
		t.Error("something still waits")
	}
}
