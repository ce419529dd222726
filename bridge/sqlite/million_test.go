package sqlite

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"perch/bridge"
)

const (
	million = 1_000_000
	// millionRounds is of how many rounds the middle one counts.
	millionRounds = 5
	// envMillion names a file that is kept from one measurement to the next.
	envMillion = "PERCH_MILLION"
)

// BenchmarkMillion measures what must not grow with the journal, with 1,000,000 messages in it:
// go test -run '^$' -bench Million ./bridge/sqlite. It takes some minutes and 3 GB of disk.
func BenchmarkMillion(b *testing.B) {
	path := os.Getenv(envMillion)
	if path == "" {
		path = filepath.Join(b.TempDir(), "perch.db")
	}
	if _, err := os.Stat(path); err != nil {
		fillJournal(b, path, million)
	}
	start := middle(b, func() time.Duration {
		began := time.Now()
		s := mustOpen(b, path)
		took := time.Since(began)
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		return took
	})
	tell(b, "start after a clean end", start, time.Second)
	runs(b, path, func(s *Store) {
		_, _ = fmt.Fprintf(os.Stdout, "%-52s %8.0f s\n", "until all is indexed", awaitIndex(b, s).Seconds())
		small := filepath.Join(b.TempDir(), "small.db")
		fillJournal(b, small, 1000)
		runs(b, small, func(few *Store) { tell(b, "claim, with 1,000 messages", claims(b, few), 0) })
		tell(b, "claim", claims(b, s), 0)
		tell(b, "counts of the status", middle(b, func() time.Duration {
			return timed(b, func() error { _, err := s.Counts(b.Context()); return err })
		}), 20*time.Millisecond)
		tell(b, "since when the oldest waits", middle(b, func() time.Duration {
			return timed(b, func() error { _, err := s.OldestWaiting(b.Context(), "c", bridge.In); return err })
		}), 5*time.Millisecond)
		lists(b, s)
	})
	kills(b, path)
}

func tell(b *testing.B, what string, took, target time.Duration) {
	b.Helper()
	line := fmt.Sprintf("%-52s %8.1f ms", what, float64(took.Microseconds())/1000)
	if target > 0 {
		line += fmt.Sprintf("   target %d", target.Milliseconds())
		if took > target {
			line += "   MISSED"
		}
	}
	_, _ = fmt.Fprintln(os.Stdout, line) // a benchmark's own log ends after ten lines
}

func middle(b *testing.B, measure func() time.Duration) time.Duration {
	b.Helper()
	var all []time.Duration
	for range millionRounds {
		all = append(all, measure())
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func timed(b *testing.B, do func() error) time.Duration {
	b.Helper()
	began := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

func mustOpen(b *testing.B, path string) *Store {
	b.Helper()
	s, err := Open(b.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// runs lets work use a journal whose committer runs.
func runs(b *testing.B, path string, work func(s *Store)) {
	b.Helper()
	s := mustOpen(b, path)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	}()
	work(s)
}

// claims is how long it takes to claim one message.
func claims(b *testing.B, s *Store) time.Duration {
	b.Helper()
	n := time.Now().UnixNano()
	return middle(b, func() time.Duration {
		n++
		d := inbound(fmt.Sprint("claimed", n), fmt.Sprint(n))
		if err := s.Unpack(b.Context(), million, bridge.Unpacked{Deliveries: []*bridge.Delivery{d}}); err != nil {
			b.Fatal(err)
		}
		var claimed []*bridge.Delivery
		took := timed(b, func() (err error) {
			claimed, err = s.Claim(b.Context(), []bridge.LaneQuota{{Lane: "c/in", N: 16}}, time.Now())
			return err
		})
		if len(claimed) != 1 {
			b.Fatal("claimed ", len(claimed))
		}
		claimed[0].State = bridge.Delivered
		if err := s.Finish(b.Context(), bridge.Result{Delivery: claimed[0]}); err != nil {
			b.Fatal(err)
		}
		return took
	})
}

// stories measures what was said with one customer: a usual one, and one of 50,000 messages.
func stories(b *testing.B, s *Store) {
	b.Helper()
	day := time.Now().Add(-200 * 24 * time.Hour)
	for _, one := range []struct {
		what string
		f    bridge.StoryFilter
	}{
		{"story of a customer, by the id", bridge.StoryFilter{Who: "4321"}},
		{"story of one of 50,000 messages", bridge.StoryFilter{Who: fmt.Sprint(fillTalker)}},
		{"a page from the middle of it", bridge.StoryFilter{Who: fmt.Sprint(fillTalker), Before: million / 2}},
		{"the oldest of it", bridge.StoryFilter{Who: fmt.Sprint(fillTalker), Before: 2000}},
		{"a day of it", bridge.StoryFilter{Who: fmt.Sprint(fillTalker), Since: day, Until: day.Add(24 * time.Hour)}},
		{"a thousand of it", bridge.StoryFilter{Who: fmt.Sprint(fillTalker), Limit: 1000}},
		{"story of nobody", bridge.StoryFilter{Who: "nobodyatall"}},
		{"story of a part of many names", bridge.StoryFilter{Who: "@message"}},
	} {
		var n int
		took := middle(b, func() time.Duration {
			return timed(b, func() error {
				stories, err := s.Story(b.Context(), one.f)
				n = 0
				for _, story := range stories {
					n += len(story.Deliveries)
				}
				return err
			})
		})
		tell(b, fmt.Sprintf("%s (%d)", one.what, n), took, 200*time.Millisecond)
	}
	var handle string
	if err := s.reader.QueryRowContext(b.Context(), `SELECT handle FROM person LIMIT 1 OFFSET 1000`).Scan(&handle); err != nil {
		b.Fatal(err)
	}
	tell(b, "story of a customer, by the handle", middle(b, func() time.Duration {
		return timed(b, func() error { _, err := s.Story(b.Context(), bridge.StoryFilter{Who: "@" + handle}); return err })
	}), 200*time.Millisecond)
}

// lists measures what people look at.
func lists(b *testing.B, s *Store) {
	b.Helper()
	one := func(what string, f bridge.Filter, target time.Duration) {
		var n int
		took := middle(b, func() time.Duration {
			return timed(b, func() error {
				list, err := s.List(b.Context(), f)
				n = len(list)
				return err
			})
		})
		tell(b, fmt.Sprintf("%s (%d)", what, n), took, target)
	}
	const page, search = 50 * time.Millisecond, 200 * time.Millisecond
	one("first page", bridge.Filter{}, page)
	one("a page from the middle", bridge.Filter{Before: million / 2}, page)
	for _, state := range bridge.States() {
		one("state "+string(state), bridge.Filter{State: state}, page)
	}
	for _, kind := range []bridge.MessageKind{bridge.KindDM, bridge.KindMention, bridge.KindEncrypted, "post", "none"} {
		one("kind "+string(kind), bridge.Filter{Kind: kind}, page)
	}
	for _, channel := range []string{"support", "sales", "c", "none"} {
		one("channel "+channel, bridge.Filter{Channel: channel}, page)
	}
	one("direction in", bridge.Filter{Direction: bridge.In}, page)
	one("direction out", bridge.Filter{Direction: bridge.Out}, page)
	one("all four", bridge.Filter{State: bridge.Dead, Kind: bridge.KindMention, Channel: "sales", Direction: bridge.Out}, page)
	for _, word := range []string{
		"message", "zirkonschleifer", "Bestellnummer 77000", "nessunomai", "qqqxyz", "the relation", "ing the thing", "che non sia mai stato trovato",
		"注文した", "届き", "注", "ok", "e", "zq", "%", "@brand", "1790000000123456000", "m77", "👍🏽",
	} {
		one("search "+word, bridge.Filter{Search: word}, search)
	}
	day := time.Now().Add(-200 * 24 * time.Hour)
	one("a day", bridge.Filter{Since: day, Until: day.Add(24 * time.Hour)}, page)
	one("all before a time", bridge.Filter{Until: day}, page)
	one("what failed in a month", bridge.Filter{State: bridge.Dead, Since: day, Until: day.Add(30 * 24 * time.Hour)}, page)
	one("search nessunomai in a month", bridge.Filter{Search: "nessunomai", Since: day, Until: day.Add(30 * 24 * time.Hour)}, search)
	one("search message before a time", bridge.Filter{Search: "message", Until: day}, search)
	one("search @brand", bridge.Filter{Search: "@brand"}, search)
	stories(b, s)
	one("search nessunomai in what failed", bridge.Filter{Search: "nessunomai", State: bridge.Dead}, search)
	one("search message in kind post", bridge.Filter{Search: "message", Kind: "post"}, search)
	one("search zirkonschleifer to X", bridge.Filter{Search: "zirkonschleifer", Direction: bridge.Out}, search)
	one("search e in what was discarded", bridge.Filter{Search: "e", State: bridge.Discarded}, search)
	one("search nessunomai in what waits", bridge.Filter{Search: "nessunomai", State: bridge.Queued}, search)
}
