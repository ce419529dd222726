package webhook

import (
	"log/slog"
	"sync/atomic"
	"time"
)

// logEvery spaces the log lines about what strangers do, so that they cannot fill the log.
const logEvery = 10 * time.Second

// spaced is a log line that is written at most once in logEvery. It tells how often it was not.
type spaced struct {
	log     *slog.Logger
	last    atomic.Int64 // Unix ns
	skipped atomic.Int64
}

func (s *spaced) warn(message string, args ...any) {
	now := time.Now().UnixNano()
	last := s.last.Load()
	if now-last < int64(logEvery) || !s.last.CompareAndSwap(last, now) {
		s.skipped.Add(1)
		return
	}
	s.log.Warn(message, append(args, "skipped", s.skipped.Swap(0))...) //nolint:sloglint // every caller's message is a constant
}
