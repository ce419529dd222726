package postgres

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
	"perch/bridge/journaltest"
)

func journal(t *testing.T) *Store {
	t.Helper()
	return run(t, openAt(t, place(t)))
}

// A smaller number becomes visible after a greater one was taken apart.
func TestAPostThatIsSeenLateIsNotPassedOver(t *testing.T) {
	s := journal(t)
	slow, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Exec(t.Context(), `INSERT INTO post (received_at, waits, source, body) VALUES (now(), true, 'x:c', 'slow')`); err != nil {
		t.Fatal(err)
	}
	journaltest.Keep(t, s, "quick", time.Now())
	posts := journaltest.Unread(t, s)
	if len(posts) != 1 || string(posts[0].Body) != "quick" {
		t.Fatalf("unread are %v", posts)
	}
	if err := slow.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Unpack(t.Context(), posts[0].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	if late := journaltest.Unread(t, s); len(late) != 1 || string(late[0].Body) != "slow" || late[0].Seq > posts[0].Seq {
		t.Errorf("then unread are %v", late)
	}
}

// A message with a smaller number is stored late, and counted once all the same.
func TestArrivalsWaitForWhatIsBeingStored(t *testing.T) {
	s := journal(t)
	journaltest.Put(t, s, journaltest.Inbound("ann", "1"))
	isIn, goOn := make(chan struct{}), make(chan struct{})
	s.before = func() error { s.before = nil; close(isIn); <-goOn; return nil }
	slow := make(chan error, 1)
	go func() {
		slow <- s.Unpack(t.Context(), 0, bridge.Unpacked{Deliveries: []*bridge.Delivery{journaltest.Inbound("bob", "2")}})
	}()
	<-isIn
	journaltest.Put(t, s, journaltest.Inbound("cat", "3"))
	since := time.Now().Add(-time.Hour)
	total, upTo := 0, int64(0)
	count := func() {
		t.Helper()
		counts, last, err := s.Arrivals(t.Context(), since, upTo)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range counts {
			total += c.N
		}
		upTo = last
	}
	count()
	close(goOn)
	if err := <-slow; err != nil {
		t.Fatal(err)
	}
	count()
	count()
	if total != 3 {
		t.Errorf("%d were counted, want 3", total)
	}
}

// Replies come in while the ones before them are finished: none is left without a place in the schedule, and each conversation goes
// in the order of its numbers.
func TestNoConversationIsForgotten(t *testing.T) {
	s := journal(t)
	const conversations, each = 4, 40
	var adders sync.WaitGroup
	for c := range conversations {
		for range 2 {
			adders.Go(func() {
				for range each {
					d := journaltest.Outbound("")
					d.Conversation = fmt.Sprint("c/out/dm/", c)
					if _, _, err := s.Add(t.Context(), d, []byte("{}")); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	last := map[string]int64{}
	for done, end := 0, time.Now().Add(time.Minute); done < conversations*2*each; {
		for _, d := range journaltest.Claim(t, s, journaltest.Outbound("").Lane) {
			if d.ID <= last[d.Conversation] {
				t.Errorf("%s: message %d goes after %d", d.Conversation, d.ID, last[d.Conversation])
			}
			last[d.Conversation] = d.ID
			journaltest.FinishAs(t, s, d, bridge.Delivered, time.Time{})
			done++
		}
		if time.Now().After(end) {
			t.Fatalf("%d of %d were claimed", done, conversations*2*each)
		}
	}
	adders.Wait()
	counts, err := s.Counts(t.Context())
	if err != nil || len(counts) != 1 || counts[0].State != bridge.Delivered || counts[0].N != conversations*2*each {
		t.Errorf("counted are %v, %v", counts, err)
	}
}

// Whoever changes a message that waits and whoever claims it come one after the other.
func TestAMessageIsNotClaimedWhileItIsDiscarded(t *testing.T) {
	s := journal(t)
	for i := range 30 {
		journaltest.Put(t, s, journaltest.Inbound("ann", fmt.Sprint(i)))
		d, err := s.List(t.Context(), bridge.Filter{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		discarded := make(chan bool, 1)
		go func() {
			isMine := false
			err := s.Update(t.Context(), d[0].ID, func(d *bridge.Delivery) (bridge.Result, error) {
				if isMine = d.State == bridge.Queued; !isMine {
					return bridge.Result{}, context.Canceled
				}
				d.State = bridge.Discarded
				return bridge.Result{Delivery: d}, nil
			})
			discarded <- err == nil && isMine
		}()
		claimed := journaltest.Claim(t, s, journaltest.LaneIn)
		if is := <-discarded; is == (len(claimed) == 1) {
			t.Fatalf("discarded %v, claimed %d", is, len(claimed))
		}
		for _, d := range claimed {
			journaltest.FinishAs(t, s, d, bridge.Delivered, time.Time{})
		}
	}
}

// An attempt is on disk a moment before it is known to have ended: what is changed meanwhile is not the next to go.
func TestAChangeRightAfterAnAttemptIsSeen(t *testing.T) {
	s := journal(t)
	journaltest.Put(t, s, journaltest.Inbound("ann", "1"), journaltest.Inbound("ann", "2"), journaltest.Inbound("ann", "3"))
	first := journaltest.Claim(t, s, journaltest.LaneIn)[0]
	journaltest.FinishAs(t, s, first, bridge.Delivered, time.Time{})
	s.flight.begin(first)
	if err := s.Update(t.Context(), first.ID+1, func(d *bridge.Delivery) (bridge.Result, error) {
		d.State = bridge.Discarded
		return bridge.Result{Delivery: d}, nil
	}); err != nil {
		t.Fatal(err)
	}
	s.flight.end(first.ID)
	if next := journaltest.Claim(t, s, journaltest.LaneIn); len(next) != 1 || next[0].XID != "3" {
		t.Errorf("then comes %v, want the third", next)
	}
}

// PostgreSQL takes no NUL and nothing but UTF-8 in a text: the message comes in all the same, and its event is as it was.
func TestTextsThatPostgreSQLDoesNotTake(t *testing.T) {
	s := journal(t)
	d := journaltest.Inbound("ann\x00", "1\x00")
	d.Text, d.Event.Text = "a\x00b\xffc\x01d", "a\x00b\xffc\x01d"
	d.Progress.Missing, d.Progress.Waits = "\x00", true
	journaltest.Put(t, s, d, d)
	got, err := s.Get(t.Context(), d.ID)
	if err != nil || got.Text != "a\uFFFDb\uFFFDc\x01d" || got.From != "ann\uFFFD" || got.Event == nil || got.Event.Text != "a\x00b\uFFFDc\x01d" || got.Progress.Missing != "\x00" {
		t.Errorf("it came back as %+v with %+v, %v", got, got.Event, err)
	}
	for _, word := range []string{"a\x00b", "\x00", "\xff", "ANN\x00"} {
		if list, err := s.List(t.Context(), bridge.Filter{Search: word}); err != nil || len(list) != 1 {
			t.Errorf("%q finds %v, %v", word, list, err)
		}
	}
	if has, err := s.HasReceived(t.Context(), "c", "1\x00"); err != nil || !has {
		t.Errorf("HasReceived = %v, %v", has, err)
	}
}

func TestTimesThatMakeNoSenseAreKept(t *testing.T) {
	s := journal(t)
	for i, at := range []time.Time{{}, time.Date(-4000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(30000, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(1<<60, 0), time.Unix(-1<<60, 0)} {
		d := journaltest.Inbound("ann", fmt.Sprint(i))
		d.ReceivedAt, d.DueAt, d.Event.CreatedAt = at, at, time.Time{}
		journaltest.Put(t, s, d)
		got, err := s.Get(t.Context(), d.ID)
		if err != nil || got.ReceivedAt.IsZero() != at.IsZero() || (!at.IsZero() && got.ReceivedAt.Before(time.Now()) != at.Before(time.Now())) {
			t.Errorf("%v came back as %+v, %v", at, got, err)
		}
	}
}

// What is asked all the time is found by an index, however many messages there are.
func TestHotQueriesNeverScan(t *testing.T) {
	s := journal(t)
	conn, err := s.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), `SET enable_seqscan = off`); err != nil { // nearly empty tables are quicker to scan
		t.Fatal(err)
	}
	for query, index := range map[string]string{
		strings.NewReplacer("$1", "'c/in'", "$2", "now()", "$3", "ARRAY['x']", "$4", "5").Replace(heads):             "conv_due",
		strings.NewReplacer("$1", "'c'", "$2", "'in'").Replace(oldestWaiting):                                        "message_waiting",
		strings.NewReplacer("$1", "'c'", "$2", "'1'").Replace(citedPost):                                             "echo_pkey",
		`SELECT seq FROM post WHERE waits ORDER BY seq LIMIT 5`:                                                      "post_waits",
		`SELECT id FROM message WHERE conversation = 'x' AND open ORDER BY id LIMIT 1`:                               "message_open",
		`SELECT id FROM message WHERE direction = 'out' AND channel = 'c' AND x_id = '1'`:                            "message_sent",
		`SELECT id FROM message WHERE state = 'sending'`:                                                             "message_sending",
		`SELECT id FROM message WHERE state = 'undecided' AND open AND channel = ANY(ARRAY['c'])`:                    "message_",
		`SELECT id FROM message m WHERE true AND m.state = 'dead' ORDER BY m.id DESC LIMIT 10`:                       "message_dead",
		`SELECT id FROM message m WHERE ` + strings.NewReplacer("$1", "'c'", "$2", "'7'").Replace(ofPerson):          "message_peer",
		`SELECT id FROM message m WHERE ` + strings.NewReplacer("$1", "'c'", "$2", "'ann'").Replace(ofName):          "message_nameless",
		`SELECT person FROM handle WHERE channel = 'c' AND lower(handle COLLATE "C") = lower('Ann' COLLATE "C")`:     "handle_name",
		`SELECT id FROM message m WHERE true AND m.kind = 'encrypted' AND m.state = 'delivered' AND m.waits LIMIT 5`: "message_encrypted",
	} {
		rows, err := conn.Query(t.Context(), `EXPLAIN `+query)
		if err != nil {
			t.Fatal(query, err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if plan := strings.Join(lines, "\n"); err != nil || !strings.Contains(plan, index) || strings.Contains(plan, "Seq Scan") {
			t.Errorf("%s\nis found so (%v):\n%s", query, err, plan)
		}
	}
}
