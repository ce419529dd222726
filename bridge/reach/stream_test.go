package reach_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/reach"
	"perch/bridge/xapi"
	"perch/bridge/xchat/wire"
)

func TestStreamCutHundredTimesDeliversOnce(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		var want []string
		var repairs []time.Duration
		cuts := map[int]bool{}
		for len(cuts) < 100 {
			cuts[rand.IntN(10000)] = true
		}
		for i := range 10000 {
			want = append(want, r.send(false))
			if cuts[i] {
				opened := r.open()
				r.cut()
				began := time.Now()
				for r.open() == opened { // customers go on writing meanwhile
					time.Sleep(100 * time.Millisecond)
					if rand.IntN(3) == 0 {
						want = append(want, r.send(false))
					}
				}
				repairs = append(repairs, time.Since(began))
			}
			time.Sleep(time.Duration(rand.IntN(1000)) * time.Millisecond)
		}
		time.Sleep(3 * time.Minute)
		r.mustHave(want)
		slices.Sort(repairs)
		t.Logf("%d events, %d cuts: repaired in p50 %v, p95 %v, at most %v; %d repeats were removed", len(want), len(repairs),
			repairs[50], repairs[95], repairs[99], r.journal.repeated)
		if repairs[95] > 5*time.Second {
			t.Error("repairs take too long")
		}
		r.until(reach.Connected, time.Minute)
	})
}

func (r *rig) open() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.opened
}

func (r *rig) count(call string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[call]
}

func TestStreamDayAway(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.send(false) // older than Perch: not its business
		time.Sleep(time.Hour)
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		first := r.send(false)
		time.Sleep(3 * time.Minute)
		r.stop()
		var dms, mentions []string
		for range 250 {
			time.Sleep(24 * time.Hour / 250)
			dms = append(dms, r.send(false))
			mentions = append(mentions, r.send(true))
		}
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		live := r.send(false)
		time.Sleep(time.Minute)
		want := slices.Concat([]string{first}, dms, mentions, []string{live})
		r.mustHave(want)
		gaps := r.way.State().Gaps
		if len(gaps) != 1 || gaps[0].Recovered != 500 || gaps[0].To.Sub(gaps[0].From) < 24*time.Hour || !strings.Contains(gaps[0].Lost, "encrypted") {
			t.Errorf("gaps: %+v", gaps)
		}
	})
}

func TestStreamHourDownNeverHot(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		time.Sleep(time.Minute)
		r.with(func() { r.down = errDown })
		r.cut()
		took := r.until(reach.Degraded, 90*time.Second)
		if detail := r.way.State().Detail; !strings.Contains(detail, "X cannot be reached") {
			t.Errorf("detail: %q", detail)
		}
		var want []string
		before := r.count("stream") + r.count("list") + r.count("subscriptions")
		for range 60 {
			time.Sleep(time.Minute)
			want = append(want, r.send(false))
		}
		if calls := r.count("stream") + r.count("list") + r.count("subscriptions") - before; calls > 200 {
			t.Errorf("%d calls in an hour", calls)
		}
		r.with(func() { r.down = nil })
		back := r.until(reach.Connected, 10*time.Minute)
		time.Sleep(2 * time.Minute)
		r.mustHave(want)
		gaps := r.way.State().Gaps
		if len(gaps) != 1 || gaps[0].Recovered != 60 {
			t.Errorf("gaps: %+v", gaps)
		}
		t.Logf("degraded after %v, back after %v", took, back)
	})
}

func TestStreamSubscriptionDropped(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		var want []string
		var longest time.Duration
		for range 100 {
			time.Sleep(time.Duration(rand.IntN(300)) * time.Second)
			r.with(func() { r.subs = nil })
			want = append(want, r.send(rand.IntN(2) == 0))
			began := time.Now()
			for len(r.subscribed()) < 7 {
				time.Sleep(time.Second)
			}
			longest = max(longest, time.Since(began))
		}
		time.Sleep(3 * time.Minute)
		got := r.journal.ids()
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%d messages came, want %d", len(got), len(want))
		}
		if longest > 2*time.Minute || !strings.Contains(r.log.String(), "subscription repaired") {
			t.Errorf("repaired after %v", longest)
		}
		t.Logf("100 times repaired, at most after %v", longest)
	})
}

func (r *rig) subscribed() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var kinds []string
	for _, s := range r.subs {
		kinds = append(kinds, s.EventType)
	}
	return kinds
}

func TestStreamSubscribesToWhatIsWanted(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.refuse["oauth.revoke"] = refusal(bridge.Rejected, "400")
		r.config.Members[0].Mentions = false
		r.config.Members[0].Encrypted = false
		r.subs = append(r.subs, r.sub("chat.received"), r.sub("like.create"))
		r.subs[1].ID, r.subs[1].Tag = "2", "somebody else's"
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		if got := r.subscribed(); !slices.Equal(got, []string{"like.create", "dm.received", "dm.sent"}) {
			t.Errorf("subscribed to %v", got)
		}
		time.Sleep(10 * time.Minute)
		if n := r.count("subscribe"); n != 3 {
			t.Errorf("asked %d times; a refusal that can be done without is not to be repeated at once", n)
		}
	})
}

// What opens encrypted messages makes more of X's events useful, none of them is needed, and a refusal is asked again later.
func TestStreamSubscribesToChat(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.refuse["chat.conversation_join"] = refusal(bridge.Rejected, "400")
		r.refuse["chat.received"] = refusal(bridge.Operator, bridge.CodeLogin+"403")
		r.config.Members[0].Mentions, r.config.Members[0].Chat = false, true
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		want := []string{"dm.received", "dm.sent", "chat.sent", "oauth.revoke"}
		if got := r.subscribed(); !slices.Equal(got, want) {
			t.Errorf("subscribed to %v", got)
		}
		r.with(func() { clear(r.refuse) })
		time.Sleep(30 * time.Minute)
		if got := r.subscribed(); !slices.Equal(got, want) {
			t.Errorf("asked again at once: %v", got)
		}
		time.Sleep(40 * time.Minute)
		if got := r.subscribed(); !slices.Equal(got, append(want, "chat.received", "chat.conversation_join")) {
			t.Errorf("after an hour: %v", got)
		}
		if needed := reach.Needed(r.config.Members[0].Wanted); !slices.Equal(needed, []string{"dm.received"}) {
			t.Errorf("needed: %v", needed)
		}
	})
}

func TestStreamWithoutPermission(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.refuse["dm.received"] = &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Message: "the X app lacks the permission", Remedy: "set it", Code: "403/93"}
		r.start(reach.NewStream(r.config))
		r.until(reach.Degraded, 90*time.Second)
		s := r.way.State()
		if s.Detail != "subscription at X (support): the X app lacks the permission" || s.Remedy != "set it" {
			t.Errorf("%+v", s)
		}
		r.with(func() { clear(r.refuse) })
		r.until(reach.Connected, 2*time.Minute)
	})
}

func TestStreamDiskFull(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		r.setBroken(&bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Message: "the disk is full"})
		want := []string{r.send(false), r.send(false)}
		r.until(reach.Degraded, 5*time.Second)
		if detail := r.way.State().Detail; !strings.HasPrefix(detail, "journal: the disk is full") {
			t.Errorf("detail: %q", detail)
		}
		time.Sleep(30 * time.Minute)
		r.setBroken(nil)
		r.until(reach.Connected, 3*time.Minute) // however long it has lasted
		r.mustHave(want)
	})
}

func (r *rig) setBroken(err error) {
	r.journal.mu.Lock()
	defer r.journal.mu.Unlock()
	r.journal.broken = err
}

func (r *rig) sub(kind string) (s subscription) {
	return subscription{ID: "1", EventType: kind, UserID: brandID, Tag: "perch-" + kind}
}

func TestStreamJournalDiesQuietly(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		r.setBroken(errDown)
		r.until(reach.Degraded, 90*time.Second)
	})
}

func TestStreamRefusesBackfill(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.with(func() { r.noBackfill = true })
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		r.cut()
		want := []string{r.send(false)}
		time.Sleep(3 * time.Minute)
		r.mustHave(want)
	})
}

// X tells of nothing before there is a subscription, and Perch's first look at its lists was before that.
func TestWhatCameBeforeTheFirstSubscriptionIsFetched(t *testing.T) {
	for name, source := range map[string]func(r *rig) reach.Source{
		"stream":  func(r *rig) reach.Source { return reach.NewStream(r.config) },
		"webhook": func(r *rig) reach.Source { return r.webhook() },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(r *rig) {
				var looks atomic.Int64
				r.config.Missed = func(string) { looks.Add(1) }
				r.with(func() { r.refuse["dm.received"] = errDown })
				r.start(source(r))
				time.Sleep(2 * time.Minute)
				before, want := looks.Load(), []string{r.send(false)}
				r.with(func() { delete(r.refuse, "dm.received") })
				time.Sleep(4 * time.Minute)
				r.mustHave(want)
				if looks.Load() == before {
					t.Error("nobody has looked for encrypted messages")
				}
				if gaps := r.way.State().Gaps; len(gaps) > 1 {
					t.Errorf("gaps: %+v", gaps)
				}
			})
		})
	}
}

func TestPassWaitsForXsLimit(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		r.stop()
		var want []string
		for range 300 {
			want = append(want, r.send(false))
		}
		time.Sleep(10 * time.Minute)
		r.with(func() { r.limited = time.Now().Add(15 * time.Minute) })
		r.start(reach.NewStream(r.config))
		r.until(reach.Degraded, 2*time.Minute)
		if detail := r.way.State().Detail; !strings.HasPrefix(detail, "catching up (support)") {
			t.Errorf("detail: %q", detail)
		}
		before := r.count("list")
		time.Sleep(17 * time.Minute)
		r.until(reach.Connected, time.Minute)
		r.mustHave(want)
		if n := r.count("list") - before; n > 10 {
			t.Errorf("%d calls while X had refused", n)
		}
	})
}

func TestUnnoticedLossIsFound(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		subs := r.subscribed()
		r.with(func() { r.hidden = true })
		lost := r.send(false)
		r.with(func() { r.hidden = false })
		time.Sleep(31 * time.Minute)
		r.mustHave([]string{lost})
		if gaps := r.way.State().Gaps; len(gaps) != 1 || gaps[0].Recovered != 1 {
			t.Errorf("gaps %+v, subscriptions %v", gaps, subs)
		}
	})
}

func TestStateUnknownBeforeRun(t *testing.T) {
	r := newRig(t)
	if s := reach.NewStream(r.config).State(); s.State != reach.Unknown || s.Mode != reach.ModeStream {
		t.Errorf("%+v", s)
	}
}

// The id of an encrypted message is chosen by its sender; the journal tells senders apart (sqlite, ownID).
func TestTheSameIDOfTwoSendersIsTwoMessages(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.config.Members[0].Encrypted, r.config.Members[0].Chat = true, true
		var kept atomic.Int64
		r.config.Inbox = acceptor(func([]byte) { kept.Add(1) })
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		for _, sender := range []string{"501", "502"} {
			e := wire.Event{SequenceID: "2080400999000000" + sender, MessageID: "9c0e5d0e-3a43-4c7b-8a53-1f0f6d0b7a11", SenderID: sender, ConversationID: sender + ":" + brandID}
			body := fmt.Appendf(nil, `{"data":{"event_type":"chat.received","filter":{"user_id":%q},"payload":{"id":"x","sender_id":%q,"encoded_event":%q}}}`,
				brandID, sender, base64.StdEncoding.EncodeToString(e.Encode([]byte{12, 0, 1, 0, 0})))
			r.with(func() { r.deliver("chat.received", xapi.Missed{ID: sender, CreatedAt: time.Now(), Body: body}) })
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		if n := kept.Load(); n != 2 {
			t.Errorf("%d of 2 were kept", n)
		}
	})
}

type acceptor func(body []byte)

func (a acceptor) AcceptX(_ context.Context, _ []string, body []byte) error {
	a(body)
	return nil
}

// With keys of encrypted chat, X's refusal to tell of its messages is shown to somebody.
func TestARefusedSubscriptionOfChatIsShown(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.config.Members[0].Chat = true
		r.refuse["chat.received"] = refusal(bridge.Operator, "login/403")
		r.start(reach.NewStream(r.config))
		r.until(reach.Connected, time.Minute)
		time.Sleep(24 * time.Hour)
		if s := r.way.State(); s.State == reach.Connected && s.Detail == "" {
			t.Errorf("%+v", s)
		}
	})
}
