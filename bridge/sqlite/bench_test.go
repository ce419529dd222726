package sqlite

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"perch/bridge"
)

// BenchmarkKeep is the durable half of taking an event in: 64 at a time, 2 KB each.
func BenchmarkKeep(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "perch.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	defer func() { cancel(); <-done; _ = s.Close() }()
	body := bytes.Repeat([]byte("x"), 2048)
	b.SetParallelism(32)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if err := s.Keep(b.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:support", Body: body}); err != nil {
				b.Error(err)
			}
		}
	})
}
