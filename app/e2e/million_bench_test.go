package e2e

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge/sqlite"
)

// TestBenchMillion measures a real relay with the journal of 1,000,000 messages that BenchmarkMillion (bridge/sqlite) has left in
// the file PERCH_MILLION.
func TestBenchMillion(t *testing.T) {
	needBench(t)
	journal := os.Getenv("PERCH_MILLION")
	if journal == "" {
		t.Skip("PERCH_MILLION names no journal: BenchmarkMillion leaves one")
	}
	b := newBox(t).start()
	b.kill(syscallTerm)
	copyJournal(t, journal, filepath.Join(b.home, "perch.db"))
	// The simulators know none of these messages.
	if err := sqlite.Write(t.Context(), filepath.Join(b.home, "perch.db"), map[string]string{"paused": "1"}); err != nil {
		t.Fatal(err)
	}
	for _, signal := range []syscall.Signal{syscallTerm, syscall.SIGKILL, syscallTerm} {
		b.start()
		b.tellMillion("perch status", 20*time.Millisecond, func(c *control.Client) error { _, err := c.Status(t.Context()); return err })
		b.tellMillion("traffic, first page", 50*time.Millisecond, searching(t.Context(), control.Query{}))
		b.tellMillion("traffic, what failed", 50*time.Millisecond, searching(t.Context(), control.Query{State: "dead"}))
		b.tellMillion("traffic --search, nowhere", 200*time.Millisecond, searching(t.Context(), control.Query{Search: "nessunomai"}))
		b.kill(signal)
	}
	log, err := os.ReadFile(filepath.Join(b.home, "perch.log"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(log)) {
		if _, after, ok := strings.Cut(line, "relay started"); ok {
			t.Logf("start to ready, the first without these messages, the last after kill -9: %s", strings.TrimSpace(after))
		}
	}
}

func searching(ctx context.Context, q control.Query) func(c *control.Client) error {
	return func(c *control.Client) error { _, err := c.Messages(ctx, q); return err }
}

func (b *box) tellMillion(what string, target time.Duration, call func(c *control.Client) error) {
	b.t.Helper()
	client := control.NewClient(filepath.Join(b.home, "control.sock"))
	var all []float64
	for range 5 {
		began := time.Now()
		if err := call(client); err != nil {
			b.t.Fatal(what, err)
		}
		all = append(all, float64(time.Since(began).Microseconds())/1000)
	}
	slices.Sort(all)
	b.t.Logf("%s: %.1f ms (target %d)", what, median(all), target.Milliseconds())
}

func copyJournal(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }() // only read
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
