package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/sqlite"
)

const strangerID = "777"

// leave writes a journal as a relay leaves it that spoke for the brand with the keys "old": replies of that many
// customers wait.
func leave(t *testing.T, path string, replies int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s, err := sqlite.Open(ctx, path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	err = s.SetSetting(ctx, "account/support", fmt.Sprintf(`{"id":%q,"handle":"acme","CanDM":true,"CanWrite":true,"keys":"old"}`, brandID))
	for i := range replies {
		d := &bridge.Delivery{
			Channel: "support", Direction: bridge.Out, Kind: bridge.KindDM, State: bridge.Queued, Lane: "support/out/dm",
			Conversation: fmt.Sprint("support/out/dm/", i), MotionID: fmt.Sprint("left", i), PeerID: customerID, Text: fmt.Sprint("left ", i),
			Reply: &bridge.Reply{Body: fmt.Sprint("left ", i)}, ReceivedAt: time.Now(), DueAt: time.Now(),
		}
		_, _, addErr := s.Add(ctx, d, []byte("{}"))
		err = errors.Join(err, addErr)
	}
	cancel()
	if err := errors.Join(err, <-done, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// restart runs a bridge with these keys on the journal of leave.
func restart(t *testing.T, keys string, replies int, change ...func(*rig)) *rig {
	t.Helper()
	path := filepath.Join(t.TempDir(), "perch.db")
	leave(t, path, replies)
	r := &rig{t: t, x: newFakeX(), motion: &fakeMotion{}, keys: keys}
	for _, c := range change {
		c(r)
	}
	r.start(path)
	return r
}

func strange(r *rig) { r.x.id = strangerID }

func (r *rig) channelStatus() bridge.ChannelStatus {
	r.t.Helper()
	s, err := r.Status(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	return s.Channels[0]
}

func (r *rig) mustSendNothing() {
	r.t.Helper()
	time.Sleep(time.Hour)
	if sent := r.x.sentTexts(); len(sent) > 0 || r.x.called("look") > 0 {
		r.t.Fatalf("sent %q", sent)
	}
}

func TestRepliesNeverGoOutFromAnotherAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := restart(t, "new", 2, strange)
		r.mustSendNothing()
		if o := r.reply(bridge.Reply{MotionID: "3", Body: "one more", Handle: "annlee"}); o.Status != bridge.StatusQueued {
			t.Errorf("outcome %+v", o)
		}
		_ = r.Resume(context.Background())
		r.mustSendNothing()
		c := r.channelStatus()
		if c.X.State != bridge.LinkPaused || len(c.Blocked) != 0 || c.Account.Handle != "acme" || r.Accounts().IsConfirmed("support") {
			t.Errorf("%+v", c)
		}
		for _, part := range []string{"@other", "@acme", "3 replies wait", "perch discard ID", "perch resume"} {
			if !strings.Contains(c.X.Detail, part) {
				t.Errorf("%q is not in %q", part, c.X.Detail)
			}
		}
		if d := r.message(bridge.Out); d.Failure == nil || !strings.Contains(d.Failure.Message, "@other") {
			t.Errorf("the message does not say why it waits: %+v", d.Failure)
		}
		if n := r.x.called("me"); n > 3 {
			t.Errorf("X was asked %d times", n)
		}
	})
}

func TestAnotherAccountIsTakenWhenNothingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := restart(t, "new", 0, strange)
		r.until("the other account", time.Second, func() bool {
			return r.Accounts().Account("support").ID == strangerID && r.Accounts().IsConfirmed("support")
		})
		r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"})
		r.until("the reply", time.Second, func() bool { return len(r.x.sentTexts()) == 1 })
	})
}

func TestWhatWaitsIsGivenUpForAnotherAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := restart(t, "new", 2, strange)
		r.receive(dmTo(strangerID, "1", "to the other one"), dmBody("2", customerID, "to the brand"))
		r.mustSendNothing()
		if got := r.motion.bodies(); !slices.Equal(got, []string{"to the brand"}) {
			t.Errorf("delivered %q", got)
		}
		for id := range int64(2) {
			if err := r.Discard(context.Background(), id+1); err != nil {
				t.Fatal(err)
			}
		}
		r.mustSendNothing()
		if c := r.channelStatus(); !strings.Contains(c.X.Detail, "no reply waits any more") {
			t.Errorf("%+v", c.X)
		}
		_ = r.Resume(context.Background())
		r.until("the other account", time.Second, func() bool { return r.Accounts().Account("support").ID == strangerID })
		r.until("its message", time.Second, func() bool { return slices.Contains(r.motion.bodies(), "to the other one") })
		r.reply(bridge.Reply{MotionID: "9", Body: "hello", Handle: "annlee"})
		r.until("a reply", time.Second, func() bool { return slices.Equal(r.x.sentTexts(), []string{"hello"}) })
		if c := r.channelStatus(); c.X.State != bridge.LinkOK || c.X.Detail != "" {
			t.Errorf("%+v", c.X)
		}
	})
}

func TestKeysOfTheAccountComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := restart(t, "new", 2, strange)
		r.receive(dmTo(strangerID, "1", "to the other one"), fileBody("2", "a picture"))
		r.mustSendNothing()
		if n := r.x.called("fetch"); n > 0 {
			t.Error("a file was asked for with another account's keys")
		}
		next := newFakeX()
		r.Accounts().Replace(context.Background(), bridge.Channel{Name: "support", Wanted: bridge.Wanted{Mentions: true}, X: next, Motion: r.motion, Keys: "newer"})
		r.until("the replies", time.Second, func() bool { return len(next.sentTexts()) == 2 })
		r.until("the file", time.Second, func() bool { return next.called("fetch") == 1 && len(r.motion.bodies()) == 2 })
		held := find(r, "to the other one")
		if held.State != bridge.Dead || held.Failure == nil || slices.Contains(r.motion.bodies(), held.Text) {
			t.Errorf("the other account's message: %+v", held)
		}
		if err := r.Retry(context.Background(), held.ID); err != nil {
			t.Fatal(err)
		}
		r.until("it after all", time.Second, func() bool { return slices.Contains(r.motion.bodies(), held.Text) })
	})
}

func TestNothingIsSentBeforeXHasToldWhoseTheKeysAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var isUp atomic.Bool
		r := restart(t, "new", 2, func(r *rig) {
			r.x.onMe = func() error {
				if isUp.Load() {
					return nil
				}
				return temporary(bridge.SideX)
			}
		})
		r.receive(dmTo(strangerID, "1", "to the other one"))
		r.mustSendNothing()
		if c := r.channelStatus(); c.X.State != bridge.LinkDegraded || !strings.Contains(c.X.Detail, "out of order") {
			t.Errorf("%+v", c.X)
		}
		time.Sleep(time.Second) // an attempt at the full hour has ended
		if d := find(r, "to the other one"); d.State != bridge.Queued {
			t.Errorf("%+v", d)
		}
		isUp.Store(true)
		_ = r.Resume(context.Background())
		r.until("the replies", time.Second, func() bool { return len(r.x.sentTexts()) == 2 })
	})
}

// Keys with which the account was confirmed need no answer of X at the start.
func TestTheSameKeysSendWithoutAQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := restart(t, "old", 2, func(r *rig) { r.x.onMe = func() error { return temporary(bridge.SideX) } })
		r.until("the replies", time.Second, func() bool { return len(r.x.sentTexts()) == 2 })
	})
}

func TestAnUndecidedReplyIsNotLookedForAtAnotherAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "perch.db")
		leave(t, path, 0)
		r := &rig{t: t, x: newFakeX(), motion: &fakeMotion{}, keys: "new"}
		r.x.id = strangerID
		d := &bridge.Delivery{
			Channel: "support", Direction: bridge.Out, Kind: bridge.KindReply, State: bridge.Queued, Lane: "support/out/post", Conversation: "c",
			MotionID: "1", ThreadID: "1990", Text: "sent?", Reply: &bridge.Reply{Body: "sent?"}, ReceivedAt: time.Now(), DueAt: time.Now(),
		}
		r.seed(path, d, bridge.Progress{CallingSince: time.Now()})
		r.start(path)
		r.mustSendNothing()
		if d := r.message(bridge.Out); d.State != bridge.Undecided || d.Progress.Looks != 0 {
			t.Errorf("%+v", d)
		}
	})
}

// TestKeysOfAnotherChannel stores one channel's keys with another one: each customer's message still comes where it
// belongs.
func TestKeysOfAnotherChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := restart(t, "new", 1, strange, func(r *rig) {
			r.second = newFakeX()
			r.second.id = strangerID
		})
		r.until("both accounts", time.Second, func() bool {
			return r.channelStatus().X.State == bridge.LinkPaused && r.Accounts().Account("sales").ID == strangerID
		})
		for _, body := range [][]byte{dmBody("1", customerID, "to the brand"), dmTo(strangerID, "2", "to the other one")} {
			if err := r.AcceptX(context.Background(), []string{"support", "sales"}, body); err != nil {
				t.Fatal(err)
			}
		}
		r.mustSendNothing()
		for text, channel := range map[string]string{"to the brand": "support", "to the other one": "sales"} {
			if d := find(r, text); d.Channel != channel || d.State != bridge.Delivered {
				t.Errorf("%q: %+v", text, d)
			}
		}
	})
}

// TestReplacedKeysAreHeldToo holds what may go out where keys change while the relay runs.
func TestReplacedKeysAreHeldToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := restart(t, "old", 0)
		r.until("the account", time.Second, func() bool { return r.channelStatus().X.State == bridge.LinkOK })
		_ = r.Pause(context.Background(), time.Time{})
		r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"})
		next := newFakeX()
		next.id = strangerID
		r.Accounts().Replace(context.Background(), bridge.Channel{Name: "support", Wanted: bridge.Wanted{Mentions: true}, X: next, Motion: r.motion, Keys: "new"})
		_ = r.Resume(context.Background())
		r.mustSendNothing()
		if len(next.sentTexts()) > 0 {
			t.Error("it went out from the other account")
		}
		r.Accounts().Replace(context.Background(), bridge.Channel{Name: "support", Wanted: bridge.Wanted{Mentions: true}, X: r.x, Motion: r.motion, Keys: "old"})
		r.until("the reply", time.Second, func() bool { return len(r.x.sentTexts()) == 1 })
	})
}

func dmTo(user, id, text string) []byte {
	return []byte(strings.ReplaceAll(string(dmBody(id, "5551", text)), brandID, user))
}

func find(r *rig, text string) *bridge.Delivery {
	r.t.Helper()
	list, err := r.List(context.Background(), bridge.Filter{Search: text})
	if err != nil || len(list) != 1 {
		r.t.Fatalf("List(%q) = %v, %v", text, list, err)
	}
	return list[0]
}

// seed writes a journal as a relay leaves it that dies while it attempts d.
func (r *rig) seed(path string, d *bridge.Delivery, progress bridge.Progress) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s, err := sqlite.Open(ctx, path, slog.New(slog.DiscardHandler))
	if err != nil {
		r.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stored, _, err := s.Add(ctx, d, []byte("{}"))
	if err == nil {
		_, err = s.Claim(ctx, []bridge.LaneQuota{{Lane: d.Lane, N: 1}}, time.Now().Add(time.Second))
	}
	if err == nil {
		err = s.Mark(ctx, stored.ID, progress)
	}
	cancel()
	if err := errors.Join(err, <-done, s.Close()); err != nil {
		r.t.Fatal(err)
	}
}
