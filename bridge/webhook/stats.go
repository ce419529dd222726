package webhook

import (
	"sync/atomic"
	"time"
)

// stats counts what came in.
type stats struct {
	crc, events           atomic.Int64 // Unix ms of the last good one
	badCRC, badSignatures atomic.Int64
}

// Stats says what has come in since the start.
type Stats struct {
	// LastCRC and LastEvent are zero when none came.
	LastCRC, LastEvent    time.Time
	BadCRC, BadSignatures int64
}

func (s *stats) snapshot() Stats {
	return Stats{
		LastCRC: fromMilli(s.crc.Load()), LastEvent: fromMilli(s.events.Load()),
		BadCRC: s.badCRC.Load(), BadSignatures: s.badSignatures.Load(),
	}
}

func fromMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
