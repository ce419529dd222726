package e2e

import (
	"os"
	"testing"
	"time"
)

// Figures that others are made of or that are compared with the baseline.
const (
	ingestRatio = "durable ingest / HMAC-only handler, nothing else going on"
	nodeRatio   = "durable ingest / bare Node handler that stores nothing"
	busyRatio   = "durable ingest while deliveries go on / HMAC-only handler alone"
	cpuRatio    = "CPU until 200 / CPU of the HMAC-only handler"
	apartRatio  = "CPU from 200 until taken apart / CPU of the HMAC-only handler"
	drainCPU    = "CPU of a delivery / CPU of the HMAC-only handler"
	drainRatio  = "messages drained / events at the HMAC-only handler"
	syncsIn     = "commits (fsync) for a message in, under load"
	syncsOut    = "commits (fsync) for a reply out, under load"
)

// benchSizes is how long it is measured.
type benchSizes struct {
	rounds  int
	round   time.Duration
	drained int
	isShort bool
}

var (
	wholeBench = benchSizes{rounds: 5, round: 4 * time.Second, drained: 100_000}
	shortBench = benchSizes{rounds: 5, round: 1500 * time.Millisecond, drained: 20_000, isShort: true}
)

// TestBench measures what the relay costs and prints one table: figure, measured, target, verdict. BENCH=check is the
// short run that compares ratios with the baseline, BENCH=baseline the one that writes it anew.
func TestBench(t *testing.T) {
	needBench(t)
	switch os.Getenv("BENCH") {
	case "check":
		checkBench(t)
	case "baseline":
		inMemory(t)
		if r := measure(t, shortBench); !t.Failed() {
			r.saveBaseline(t)
		}
	default:
		measure(t, wholeBench).save(t, os.Getenv("BENCH_OUT"))
	}
}

// checkBench fails for what is worse than the baseline twice: what else a computer does can spoil one run.
func checkBench(t *testing.T) {
	inMemory(t)
	was := readBaseline(t)
	first := measure(t, shortBench).worse(t, was)
	if len(first) == 0 || t.Failed() {
		return
	}
	t.Log("once more, because of what is worse")
	for name, said := range measure(t, shortBench).worse(t, was) {
		if first[name] != "" {
			t.Error(said)
		}
	}
}

// measure makes all figures and prints them.
func measure(t *testing.T, sizes benchSizes) *report {
	t.Helper()
	r := &report{}
	for _, part := range []struct {
		name    string
		isWhole bool
		measure func(*testing.T, *report, benchSizes)
	}{
		{"Ingest", false, benchIngest},
		{"Drain", false, benchDrain},
		{"Syncs", false, benchSyncs},
		{"Latency", true, benchLatency},
		{"Footprint", true, benchFootprint},
	} {
		if part.isWhole && sizes.isShort {
			continue
		}
		t.Run(part.name, func(t *testing.T) { part.measure(t, r, sizes) })
	}
	r.print(t)
	return r
}

// inMemory puts homes where no disk is waited for: its speed changes with what others do to it, and a ratio with it.
func inMemory(t *testing.T) {
	t.Helper()
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err != nil || !info.IsDir() {
		t.Log("no ", memory, " here: the disk's speed is in the ratios")
		return
	}
	t.Setenv("TMPDIR", memory)
}
