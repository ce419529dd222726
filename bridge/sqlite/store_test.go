package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/bridge"
)

// open opens a journal whose committer runs until the test ends.
func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func journal(t *testing.T) *Store { return open(t, filepath.Join(t.TempDir(), "perch.db")) }

func inbound(person, id string) *bridge.Delivery {
	now := time.Now().Add(-time.Second)
	return &bridge.Delivery{
		Channel: "c", Direction: bridge.In, Kind: bridge.KindDM, State: bridge.Queued, Lane: "c/in",
		Conversation: "c/in/dm/" + person, XID: id, From: person, PeerID: person, Text: "text of " + id,
		Event: &bridge.Event{Kind: bridge.KindDM, XID: id}, ReceivedAt: now, DueAt: now,
	}
}

func outbound(id string) *bridge.Delivery {
	now := time.Now().Add(-time.Second)
	return &bridge.Delivery{
		Channel: "c", Direction: bridge.Out, Kind: bridge.KindDM, State: bridge.Queued, Lane: "c/out/dm",
		Conversation: "c/out/dm/1", MotionID: id, PeerID: "1", Reply: &bridge.Reply{MotionID: id, Body: "hello"}, ReceivedAt: now, DueAt: now,
	}
}

func put(t *testing.T, s *Store, deliveries ...*bridge.Delivery) {
	t.Helper()
	if err := s.Unpack(t.Context(), 0, bridge.Unpacked{Deliveries: deliveries}); err != nil {
		t.Fatal(err)
	}
}

func claim(t *testing.T, s *Store, lane bridge.Lane) []*bridge.Delivery {
	t.Helper()
	claimed, err := s.Claim(t.Context(), []bridge.LaneQuota{{Lane: lane, N: 10}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return claimed
}

func finishAs(t *testing.T, s *Store, d *bridge.Delivery, state bridge.State, due time.Time) {
	t.Helper()
	d.State, d.DueAt = state, due
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Attempt: bridge.Attempt{Number: 1, At: time.Now(), Outcome: state}}); err != nil {
		t.Fatal(err)
	}
}

func TestPostsAreReadOnceInOrderAndSurviveReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	func() {
		s, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		for i := range 5 {
			if err := s.Keep(t.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:c", Body: fmt.Append(nil, i)}); err != nil {
				t.Fatal(err)
			}
		}
		cancel()
		if err := errors.Join(<-done, s.Close()); err != nil {
			t.Fatal(err)
		}
	}()
	s := open(t, path)
	posts, err := s.Unread(t.Context(), 3)
	if err != nil || len(posts) != 3 || string(posts[0].Body) != "0" {
		t.Fatalf("Unread = %v, %v; want the 3 oldest", posts, err)
	}
	if err := s.Unpack(t.Context(), posts[2].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	rest, err := s.Unread(t.Context(), 10)
	if err != nil || len(rest) != 2 || string(rest[0].Body) != "3" {
		t.Fatalf("Unread = %v, %v; want what follows the cursor", rest, err)
	}
}

func TestDuplicatesAreStoredOnce(t *testing.T) {
	s := journal(t)
	put(t, s, inbound("ann", "1"), inbound("ann", "1"))
	put(t, s, inbound("ann", "1"))
	if list, err := s.List(t.Context(), bridge.Filter{}); err != nil || len(list) != 1 {
		t.Fatalf("List = %d messages, %v; want 1", len(list), err)
	}
	first, known, err := s.Add(t.Context(), outbound("m1"), []byte("{}"))
	if err != nil || known {
		t.Fatalf("Add = %v, %v, %v", first, known, err)
	}
	again, known, err := s.Add(t.Context(), outbound("m1"), []byte("{}"))
	if err != nil || !known || again.ID != first.ID {
		t.Fatalf("second Add = %v, %v, %v; want the first one", again, known, err)
	}
}

func TestConversationIsServedInOrderAndBesideOthers(t *testing.T) {
	s := journal(t)
	put(t, s, inbound("ann", "1"), inbound("ann", "2"), inbound("bob", "3"))
	claimed := claim(t, s, "c/in")
	if len(claimed) != 2 || claimed[0].XID != "1" || claimed[1].XID != "3" {
		t.Fatalf("claimed %v; want the heads of both conversations", claimed)
	}
	if more := claim(t, s, "c/in"); len(more) != 0 {
		t.Fatalf("claimed %v while both conversations are busy", more)
	}
	finishAs(t, s, claimed[0], bridge.Queued, time.Now().Add(time.Hour))
	if more := claim(t, s, "c/in"); len(more) != 0 {
		t.Fatalf("claimed %v although the head waits", more)
	}
	finishAs(t, s, claimed[1], bridge.Delivered, time.Time{})
	due, ok, err := s.NextDue(t.Context(), []bridge.Lane{"c/in"})
	if err != nil || !ok || time.Until(due) < 59*time.Minute {
		t.Fatalf("NextDue = %v, %v, %v; want in an hour", due, ok, err)
	}
	if err := s.Update(t.Context(), claimed[0].ID, func(d *bridge.Delivery) (bridge.Result, error) {
		d.State = bridge.Discarded
		return bridge.Result{Delivery: d, Attempt: bridge.Attempt{At: time.Now(), Outcome: d.State}}, nil
	}); err != nil {
		t.Fatal(err)
	}
	if next := claim(t, s, "c/in"); len(next) != 1 || next[0].XID != "2" {
		t.Fatalf("claimed %v; want the next of the conversation", next)
	}
}

func TestRecoverTellsSafeFromUnknown(t *testing.T) {
	s := journal(t)
	for _, id := range []string{"a", "b"} {
		d := outbound(id)
		d.Conversation += id
		if _, _, err := s.Add(t.Context(), d, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	claimed := claim(t, s, "c/out/dm")
	if len(claimed) != 2 {
		t.Fatalf("claimed %d, want 2", len(claimed))
	}
	if err := s.Mark(t.Context(), claimed[1].ID, bridge.Progress{CallingSince: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := s.Recover(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bridge.State{bridge.Queued, bridge.Undecided} {
		if d, err := s.Get(t.Context(), claimed[i].ID); err != nil || d.State != want {
			t.Errorf("message %d is %v, %v; want %s", i, d, err, want)
		}
	}
	if again := claim(t, s, "c/out/dm"); len(again) != 2 {
		t.Errorf("claimed %d after Recover, want both", len(again))
	}
}

func TestFailedWriteTakesNobodyAlong(t *testing.T) {
	s := journal(t)
	var mu sync.Mutex
	failing := 0
	s.before = func() error {
		mu.Lock()
		defer mu.Unlock()
		if failing++; failing%3 == 0 {
			return errors.New("disk full")
		}
		return nil
	}
	var kept, refused sync.Map
	var writers sync.WaitGroup
	for i := range 64 {
		writers.Go(func() {
			body := fmt.Sprint("post ", i)
			if err := s.Keep(t.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:c", Body: []byte(body)}); err != nil {
				refused.Store(body, err)
				return
			}
			kept.Store(body, true)
		})
	}
	writers.Wait()
	posts, err := s.Unread(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	stored := map[string]bool{}
	for _, p := range posts {
		stored[string(p.Body)] = true
	}
	kept.Range(func(body, _ any) bool {
		if !stored[body.(string)] {
			t.Errorf("%s was acknowledged but is not stored", body)
		}
		return true
	})
	refused.Range(func(body, err any) bool {
		if stored[body.(string)] {
			t.Errorf("%s was refused but is stored", body)
		}
		if bridge.KindOf(err.(error)) != bridge.Temporary {
			t.Errorf("refused with %v; want a temporary error", err)
		}
		return true
	})
}

func TestHotQueriesNeverScan(t *testing.T) {
	s := journal(t)
	queries := []string{
		`UPDATE conv SET busy = 1 WHERE key IN (SELECT key FROM conv WHERE lane = 'c/in' AND busy = 0 AND due <= 1 ORDER BY due LIMIT 5)`,
		`SELECT min(due) FROM conv WHERE lane = 'c/in' AND busy = 0`,
		`SELECT id, due_at FROM message WHERE conversation = 'x' AND open = 1 ORDER BY id LIMIT 1`,
		`SELECT count(*) FROM message WHERE direction = 'out' AND channel = 'c' AND x_id = '1'`,
		`SELECT id FROM message WHERE state = 'sending'`,
		`SELECT id FROM message WHERE state = 'undecided' AND open = 1 AND channel = 'c'`,
		`SELECT id FROM message m WHERE m.state = 'dead' ORDER BY m.id DESC LIMIT 10`,
	}
	for _, q := range queries {
		rows, err := s.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			if (strings.HasPrefix(detail, "SCAN") && !strings.Contains(detail, "INDEX message_")) || strings.Contains(detail, "TEMP B-TREE") {
				t.Errorf("%s: %s", q, detail)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPruneRemovesOnlyWhatIsSettled(t *testing.T) {
	s := journal(t)
	for i := range 3 {
		if err := s.Keep(t.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:c", Body: fmt.Append(nil, i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Unpack(t.Context(), 2, bridge.Unpacked{Deliveries: []*bridge.Delivery{inbound("ann", "1"), inbound("bob", "2")}}); err != nil {
		t.Fatal(err)
	}
	finishAs(t, s, claim(t, s, "c/in")[0], bridge.Delivered, time.Time{})
	if err := s.Prune(t.Context(), time.Now().Add(400*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	list, err := s.List(t.Context(), bridge.Filter{})
	if err != nil || len(list) != 1 || list[0].State == bridge.Delivered {
		t.Errorf("left %v, %v; want what is not settled", list, err)
	}
	if posts, err := s.Unread(t.Context(), 10); err != nil || len(posts) != 1 {
		t.Errorf("left %d posts, %v; want the one that was not taken apart", len(posts), err)
	}
	counts, err := s.Counts(t.Context())
	if err != nil || len(counts) != 2 {
		t.Errorf("counts %v, %v; want both messages still counted", counts, err)
	}
}

func TestMessagesAreNumberedOnWhenAllOldOnesArePruned(t *testing.T) {
	s := journal(t)
	add := func(xID string) int64 {
		if err := s.Unpack(t.Context(), 0, bridge.Unpacked{Deliveries: []*bridge.Delivery{inbound("ann", xID)}}); err != nil {
			t.Fatal(err)
		}
		d := claim(t, s, "c/in")[0]
		finishAs(t, s, d, bridge.Delivered, time.Time{})
		return d.ID
	}
	add("1")
	last := add("2")
	if err := s.Prune(t.Context(), time.Now().Add(2*keepMessages)); err != nil {
		t.Fatal(err)
	}
	if list, err := s.List(t.Context(), bridge.Filter{}); err != nil || len(list) != 1 {
		t.Fatalf("left %v, %v", list, err)
	}
	if next := add("3"); next <= last {
		t.Errorf("message %d comes after message %d", next, last)
	}
}

func TestOpenRefusesWhatItCannotTrust(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if e := bridge.AsError(err); e == nil || e.Remedy == "" {
		t.Fatalf("Open = %v; want an error with a remedy", err)
	}
}

func TestQuotaAndSettingsAreKept(t *testing.T) {
	s := journal(t)
	reset := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	if err := s.SaveQuota(t.Context(), "c", "dm.send", []bridge.Window{{Name: "15min", Limit: 15, Remaining: 0, Reset: reset}}); err != nil {
		t.Fatal(err)
	}
	quota, err := s.LoadQuota(t.Context(), "c")
	if err != nil || len(quota["dm.send"]) != 1 || !quota["dm.send"][0].Reset.Equal(reset) {
		t.Fatalf("LoadQuota = %v, %v", quota, err)
	}
	if err := s.SetSetting(t.Context(), "k", "v"); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Setting(t.Context(), "k"); v != "v" || err != nil {
		t.Fatalf("Setting = %q, %v", v, err)
	}
}
