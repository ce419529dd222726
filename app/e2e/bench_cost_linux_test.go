package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// usage is what a process has used since its start.
type usage struct {
	cpu time.Duration
	// chars is what it gave to write calls of any kind, written what of it went to the disk, in bytes.
	chars, written float64
}

func (u usage) since(before usage) usage {
	return usage{u.cpu - before.cpu, u.chars - before.chars, u.written - before.written}
}

// usageOf reads the counters of a process. The processor's are its clock's, in nanoseconds and with threads that have
// ended; those of /proc count in steps of 10 ms.
func usageOf(t *testing.T, pid int) usage {
	t.Helper()
	counters, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		t.Fatal(err)
	}
	u := usage{cpu: cpuTime(t, pid)}
	for line := range strings.Lines(string(counters)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		n, _ := strconv.ParseFloat(value, 64)
		switch name {
		case "wchar":
			u.chars = n
		case "write_bytes":
			u.written = n
		}
	}
	return u
}

// cpuTime is how long a process has computed, in user and kernel mode (clock_getcpuclockid(3)).
func cpuTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	const precise = 2 // CPUCLOCK_SCHED of the kernel's posix-timers.h
	var now unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|precise), &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}

// micros is a share of a time for each of n, in microseconds.
func micros(d time.Duration, n int64) float64 {
	return float64(d.Nanoseconds()) / 1000 / float64(max(n, 1))
}
