package postgres

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/journaltest"
	"perch/bridge/sqlite"
)

// beside measures the store and the one in SQLite, on the same disk. The server of these tests waits for the disk (fsync).
func beside(b *testing.B, measure func(b *testing.B, s journaltest.Journal)) {
	b.Run("postgres", func(b *testing.B) {
		s := openAt(b, database(b))
		defer func() { _ = s.Close() }()
		measured(b, s, measure)
	})
	b.Run("sqlite", func(b *testing.B) {
		s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "perch.db"), slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		measured(b, s, measure)
	})
}

func measured(b *testing.B, s journaltest.Journal, measure func(b *testing.B, s journaltest.Journal)) {
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	b.ReportAllocs()
	b.ResetTimer()
	measure(b, s)
	b.StopTimer()
	cancel()
	if err := <-done; err != nil {
		b.Error(err)
	}
}

var body = bytes.Repeat([]byte("x"), 2048)

// BenchmarkKeep is the durable half of taking an event in: 64 at a time, 2 KB each.
func BenchmarkKeep(b *testing.B) {
	beside(b, func(b *testing.B, s journaltest.Journal) {
		b.SetParallelism(32)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if err := s.Keep(b.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:support", Body: body}); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

var numbered atomic.Int64

// some are messages of as many customers, of which each has written before.
func some(n int) (list []*bridge.Delivery) {
	for i := range n {
		d := journaltest.Inbound(fmt.Sprint("person", i), fmt.Sprint(numbered.Add(1)))
		d.Text = "where is my parcel? it was to be here on Tuesday, and nobody has told me anything since. thanks"
		list = append(list, d)
	}
	return list
}

// BenchmarkUnpack takes 256 posts apart, a message each.
func BenchmarkUnpack(b *testing.B) {
	beside(b, func(b *testing.B, s journaltest.Journal) {
		for b.Loop() {
			b.StopTimer()
			for range 256 {
				if err := s.Keep(b.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:support", Body: body}); err != nil {
					b.Fatal(err)
				}
			}
			b.StartTimer()
			posts, err := s.Unread(b.Context(), 256)
			if err == nil {
				err = s.Unpack(b.Context(), posts[len(posts)-1].Seq, bridge.Unpacked{Deliveries: some(len(posts))})
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDeliver claims 1,000 conversations and finishes them, 64 at a time.
func BenchmarkDeliver(b *testing.B) {
	beside(b, func(b *testing.B, s journaltest.Journal) {
		for b.Loop() {
			b.StopTimer()
			if err := s.Unpack(b.Context(), 0, bridge.Unpacked{Deliveries: some(1000)}); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			for left := 1000; left > 0; {
				claimed, err := s.Claim(b.Context(), []bridge.LaneQuota{{Lane: journaltest.LaneIn, N: 64}}, time.Now())
				if err != nil {
					b.Fatal(err)
				}
				left -= len(claimed)
				done := make(chan error, len(claimed))
				for _, d := range claimed {
					go func() { done <- finishDelivered(b.Context(), s, d) }()
				}
				for range claimed {
					if err := <-done; err != nil {
						b.Fatal(err)
					}
				}
			}
		}
	})
}

func finishDelivered(ctx context.Context, s journaltest.Journal, d *bridge.Delivery) error {
	d.State, d.DeliveredAt = bridge.Delivered, time.Now()
	return s.Finish(ctx, bridge.Result{
		Delivery: d, Attempt: bridge.Attempt{Number: 1, At: time.Now(), Took: time.Millisecond, Outcome: bridge.Delivered},
		Learned: bridge.Learned{Person: bridge.Person{ID: d.PeerID, Handle: d.From, Name: "Somebody"}, InteractionID: "i" + d.PeerID, Direct: true},
	})
}
