package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"perch/bridge/sim"
)

const (
	// idleAfter is when a relay that got something has settled, idleFor how long it is watched then.
	idleAfter = 12 * time.Second
	idleFor   = 20 * time.Second
)

var startedLog = regexp.MustCompile(`relay started.*took_ms=(\d+)`)

// benchFootprint measures what the relay needs while nothing happens, and how long it takes to start.
func benchFootprint(t *testing.T, r *report, _ benchSizes) {
	b := newBox(t)
	for range 5 {
		b.start()
		b.kill(syscallTerm)
	}
	b.start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	b.awaitMotion(1)
	time.Sleep(idleAfter)
	pid := b.relay.Process.Pid
	r.add(
		figure{Name: "idle: memory", Value: residentMB(t, pid), Unit: "MB", Target: 30},
		figure{Name: "idle: processor", Value: idleShare(t, pid), Unit: "%", Target: 0.1},
		figure{Name: "start until ready", Value: b.startTook(), Unit: "ms", Target: 300},
		figure{Name: "the program perch", Value: releaseMB(t), Unit: "MB", Target: 30},
	)
}

// idleShare watches for idleFor how much of a core a process needs, in %.
func idleShare(t *testing.T, pid int) float64 {
	t.Helper()
	before := cpuTime(t, pid)
	time.Sleep(idleFor)
	return 100 * (cpuTime(t, pid) - before).Seconds() / idleFor.Seconds()
}

// startTook reads from the log how long a start took, the middle one of all, in ms.
func (b *box) startTook() float64 {
	b.t.Helper()
	log, err := os.ReadFile(filepath.Join(b.home, "perch.log"))
	if err != nil {
		b.t.Fatal(err)
	}
	var all []float64
	for _, m := range startedLog.FindAllSubmatch(log, -1) {
		ms, _ := strconv.ParseFloat(string(m[1]), 64)
		all = append(all, ms)
	}
	return middle(all)
}

// releaseMB builds the program as it is released and returns its size.
func releaseMB(t *testing.T) float64 {
	t.Helper()
	release := filepath.Join(t.TempDir(), "perch")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", release, "perch/app/perch")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	info, err := os.Stat(release)
	if err != nil {
		t.Fatal(err)
	}
	return float64(info.Size()) / (1 << 20)
}
