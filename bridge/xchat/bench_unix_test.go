//go:build unix

package xchat_test

import (
	"syscall"
	"testing"
	"time"
)

// perCPU tells how many a second one core does by itself, however busy the machine is with something else.
func perCPU(b *testing.B) func() {
	began := cpuTime(b)
	return func() { b.ReportMetric(float64(b.N)/(cpuTime(b)-began).Seconds(), "events/cpu-s") }
}

func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
