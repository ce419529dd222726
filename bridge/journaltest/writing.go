package journaltest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"perch/bridge"
)

var ofWriting = []guarantee{
	{"that fails takes nobody along", failedWriteTakesNobodyAlong},
	{"of a claim that fails holds nothing", failedClaimHoldsNothing},
	{"that failed can be done again", failedUnpackCanBeDoneAgain},
	{"after the end is refused", writingAfterTheEndIsRefused},
}

func failedWriteTakesNobodyAlong(t *testing.T, place Place) {
	s := breakable(t, place)
	var mu sync.Mutex
	failing := 0
	s.Break(func() error {
		mu.Lock()
		defer mu.Unlock()
		if failing++; failing%3 == 0 {
			return errFull
		}
		return nil
	})
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
	stored := map[any]bool{}
	for _, p := range posts {
		stored[string(p.Body)] = true
	}
	kept.Range(func(body, _ any) bool {
		if !stored[body] {
			t.Errorf("%s was acknowledged but is not stored", body)
		}
		return true
	})
	refused.Range(func(body, err any) bool {
		if stored[body] {
			t.Errorf("%s was refused but is stored", body)
		}
		if e := bridge.AsError(err.(error)); e.Kind != bridge.Temporary || e.Side != bridge.SidePerch {
			t.Errorf("refused with %v; want a temporary error of Perch", err)
		}
		return true
	})
}

// A claim whose commit fails has claimed nothing, and an attempt that could not be finished is still under way.
func failedClaimHoldsNothing(t *testing.T, place Place) {
	s := breakable(t, place)
	Put(t, s, Inbound("ann", "1"))
	s.Break(isFull)
	if got, err := s.Claim(t.Context(), []bridge.LaneQuota{{Lane: LaneIn, N: 10}}, time.Now()); err == nil {
		t.Fatalf("claimed %v from a journal that cannot be written", got)
	}
	s.Break(nil)
	whatIs(t, s, bridge.Queued)
	d := Claim(t, s, LaneIn)
	if len(d) != 1 {
		t.Fatalf("claimed %v", d)
	}
	s.Break(isFull)
	d[0].State = bridge.Delivered
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d[0]}); err == nil {
		t.Fatal("finished in a journal that cannot be written")
	}
	s.Break(nil)
	whatIs(t, s, bridge.Sending)
	FinishAs(t, s, d[0], bridge.Delivered, time.Time{})
	whatIs(t, s, bridge.Delivered)
}

// A write that is tried again, because it or another in its transaction failed, is the same write: nothing of it is left, in
// the journal or in what the caller handed over.
func failedUnpackCanBeDoneAgain(t *testing.T, place Place) {
	s := breakable(t, place)
	Put(t, s, Sealed("mal", "m"))
	Keep(t, s, "1", time.Now())
	posts := Unread(t, s)
	d := Sealed("ann", "m")
	d.Billed = bridge.BilledChat
	out := bridge.Unpacked{Deliveries: []*bridge.Delivery{d}, Ignored: map[bridge.IgnoredKey]int{{Channel: "c", Kind: "follow"}: 2}}
	s.Break(isFull)
	for range 2 {
		if err := s.Unpack(t.Context(), posts[0].Seq, out); !errors.Is(err, errFull) {
			t.Fatalf("Unpack = %v", err)
		}
	}
	s.Break(nil)
	if again := Unread(t, s); len(again) != 1 {
		t.Fatalf("unread are %v after a failure", again)
	}
	if err := s.Unpack(t.Context(), posts[0].Seq, out); err != nil {
		t.Fatal(err)
	}
	Put(t, s, Sealed("ann", "m"))
	if got := Stored(t, s); len(got) != 2 || got[0] != "mal" || got[1] != "ann" {
		t.Errorf("stored are messages of %v", got)
	}
	ignored, err := s.Ignored(t.Context())
	if n := ignored[bridge.IgnoredKey{Channel: "c", Kind: "follow"}]; n != 2 || err != nil || len(Unread(t, s)) != 0 {
		t.Errorf("%d were ignored, %v", n, err)
	}
	if n := countOf(t, s, bridge.KindEncrypted, bridge.Queued); n != 2 || len(billsOf(t, s)) != 1 {
		t.Errorf("%d are counted, billed are %v", n, billsOf(t, s))
	}
}

func writingAfterTheEndIsRefused(t *testing.T, place Place) {
	open := place(t)
	s := start(t, open)
	s.end(t)
	if err := s.Keep(t.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:c", Body: []byte("late")}); err == nil {
		t.Error("a post was acknowledged after the end")
	}
	if err := s.SetSetting(t.Context(), "late", "1"); err == nil {
		t.Error("a setting was acknowledged after the end")
	}
	if posts := Unread(t, start(t, open)); len(posts) != 0 {
		t.Errorf("what was refused is there: %v", posts)
	}
}
