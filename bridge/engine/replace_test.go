package engine_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/schedule"
)

func operator(side bridge.Side) error {
	return &bridge.Error{Kind: bridge.Operator, Side: side, Message: "refused", Remedy: "store others", Code: "401"}
}

// replace gives the channel other clients; nil leaves one as it is.
func (r *rig) replace(x bridge.XClient, motion bridge.MotionClient) {
	ch := bridge.Channel{Name: "support", Wanted: bridge.Wanted{Mentions: true}, X: r.x, Motion: r.motion, Limits: schedule.NewLedger("support", r.journal, nil)}
	if x != nil {
		ch.X = x
	}
	if motion != nil {
		ch.Motion = motion
	}
	r.Accounts().Replace(context.Background(), ch)
}

func TestNewKeysEndAnOutageAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.x.onMe = func() error { return operator(bridge.SideX) }
			r.x.onDM = func(int, string) error { return operator(bridge.SideX) }
		})
		for i := range 5 {
			if o := r.reply(bridge.Reply{MotionID: fmt.Sprint(i), Body: fmt.Sprint("reply ", i), Handle: "annlee"}); o.Status != bridge.StatusQueued {
				t.Fatalf("with wrong keys: %+v", o)
			}
		}
		time.Sleep(time.Hour) // the probes are far apart by now
		next := newFakeX()
		began := time.Now()
		r.replace(next, nil)
		r.until("the queue to drain", time.Minute, func() bool { return len(next.sentTexts()) == 5 })
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v", took)
		}
		if want := []string{"reply 0", "reply 1", "reply 2", "reply 3", "reply 4"}; !slices.Equal(next.sentTexts(), want) {
			t.Errorf("sent %q", next.sentTexts())
		}
		time.Sleep(time.Second)
		if s, err := r.Status(context.Background()); err != nil || s.Channels[0].X.State != bridge.LinkOK || r.Accounts().Account("support").Handle != "acme" {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestAnAttemptKeepsTheClientsThatItBeganWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		next := &fakeMotion{}
		r.motion.onUpload = func() error {
			r.replace(nil, next) // the number of the file means nothing to another server
			return nil
		}
		r.receive(fileBody("1", "a picture"))
		r.until("text and file", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		r.receive(dmBody("2", customerID, "later"))
		r.until("the next message", time.Minute, func() bool { return len(next.bodies()) == 1 })
		if got := append(r.motion.bodies(), next.bodies()...); got[0] != "a picture" || got[2] != "later" {
			t.Errorf("delivered %q", got)
		}
	})
}

func fileBody(id, text string) []byte {
	return fmt.Appendf(nil, `{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":%q,"created_timestamp":"1795000000557",
		"message_create":{"target":{"recipient_id":%q},"sender_id":%q,"message_data":{"text":%q,"entities":{"urls":[]},
		"attachment":{"type":"media","media":{"id_str":"7","type":"photo","media_url_https":"https://ton.twitter.com/7.jpg"}}}}}],
		"users":{%q:{"id":%q,"name":"Ann Lee","screen_name":"annlee"}}}`, brandID, id, brandID, customerID, text, customerID, customerID)
}

// TestALateRefusalSaysNothingOfNewKeys lets the answer to the old keys, a message's and a probe's, come after the new
// ones are there.
func TestALateRefusalSaysNothingOfNewKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		next := newFakeX()
		r := newRig(t, func(r *rig) {
			slow := func() error { time.Sleep(3 * time.Second); return operator(bridge.SideX) }
			r.x.onMe, r.x.onDM = slow, func(int, string) error { return slow() }
		})
		go func() {
			time.Sleep(time.Second)
			r.replace(next, nil)
		}()
		began := time.Now()
		if o := r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"}); o.Status == bridge.StatusRefused {
			t.Errorf("outcome %+v", o)
		}
		r.until("the message", time.Minute, func() bool { return len(next.sentTexts()) == 1 })
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
		r.until("X to be connected", time.Second, func() bool {
			s, err := r.Status(context.Background())
			return err == nil && s.Channels[0].X.State == bridge.LinkOK
		})
		if n := len(r.x.sentTexts()); n != 0 {
			t.Errorf("%d messages went out with the old keys", n)
		}
	})
}

func TestANewAddressOfMotionIsTriedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.motion.onNotify = func(int, bridge.Notification) error { return temporary(bridge.SideMotion) }
		})
		r.receive(dmBody("1", customerID, "first"), dmBody("2", customerID, "second"))
		time.Sleep(2 * time.Hour) // the next attempt would come in hours
		next := &fakeMotion{}
		began := time.Now()
		r.replace(nil, next)
		r.until("both messages", time.Minute, func() bool { return len(next.bodies()) == 2 })
		if took := time.Since(began); took > time.Second || !slices.Equal(next.bodies(), []string{"first", "second"}) {
			t.Errorf("%q after %v", next.bodies(), took)
		}
	})
}

// TestManyAdoptionsDoNotHastenALook holds promise 3: one empty look proves nothing, so the looks stay apart.
func TestManyAdoptionsDoNotHastenALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.x.lose = func(int) bool { return true }
			r.x.hideSent = true
		})
		began := time.Now()
		r.reply(bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"})
		next := newFakeX()
		next.hideSent = true
		for range 200 {
			r.replace(next, &fakeMotion{})
			time.Sleep(100 * time.Millisecond)
		}
		r.until("a person's turn", time.Minute, func() bool {
			d := r.message(bridge.Out)
			return d.State == bridge.Undecided && d.Failure != nil && d.Progress.Looks >= 5
		})
		if took := time.Since(began); took < 30*time.Second {
			t.Errorf("Perch gave up after %v", took)
		}
		if n := len(next.sentTexts()); n != 0 {
			t.Error("a direct message was sent again")
		}
	})
}

func TestMentionsAreSwitched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.Accounts().Replace(context.Background(), bridge.Channel{Name: "support", X: r.x, Motion: r.motion})
		r.Accounts().Replace(context.Background(), bridge.Channel{Name: "unknown", X: r.x, Motion: r.motion})
		r.receive(postBody("1990", customerID, "@acme unheard"), dmBody("2", customerID, "heard"))
		r.until("the direct message", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		time.Sleep(time.Minute)
		r.replace(nil, nil)
		r.receive(postBody("1991", customerID, "@acme heard too"))
		r.until("the post", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
	})
}
