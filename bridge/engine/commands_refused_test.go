package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
)

// What was refused because of its command, or of where it would go, is not sent by trying it again: a private text would be in
// public, or a command with the customer.
func TestARefusedReplyIsNotSentByTryingItAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t, func(r *rig) { r.agents = bridge.Agents{Hide: true, Thread: true} })
		r.receive(dmBody("5", customerID, "in private"))
		r.until("the direct message", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		private := bridge.Reply{Handle: "annlee", InteractionID: "dm-annlee"}
		elsewhere, withFile := private, publicly("", "/thread x")
		elsewhere.ThreadID, elsewhere.Body = "1990", "your password is 1234"
		withFile.AttachmentID = "77"
		hidden, sideless := private, publicly("", "a text without a post")
		hidden.Body, sideless.ThreadID = "/hide", ""
		replies := []bridge.Reply{
			publicly("", "/hid"), publicly("", "/dm your password is 1234"), publicly("", "/hide what a fool"), publicly("", "/help me"),
			publicly("", "/thread "+strings.Repeat("x", 5000)), withFile, hidden, elsewhere, sideless,
		}
		for i, reply := range replies {
			reply.MotionID = fmt.Sprint("r", i)
			o := r.reply(reply)
			d, _, err := r.Get(t.Context(), o.ID)
			if err != nil || o.Status != bridge.StatusRefused || d.Text != reply.Body {
				t.Fatalf("%.40q: %+v, %v", reply.Body, o, err)
			}
			if err := r.Retry(t.Context(), o.ID); err == nil || !strings.Contains(err.Error(), "where it would go or what it asks for") {
				t.Errorf("%.40q tried again: %v", reply.Body, err)
			}
			if err := r.Edit(t.Context(), o.ID, "another"); err == nil {
				t.Errorf("%.40q got another text", reply.Body)
			}
		}
		if n, err := r.RetryDead(t.Context(), bridge.Filter{}, ""); n != 0 || err != nil {
			t.Errorf("%d were tried again, %v", n, err)
		}
		time.Sleep(time.Hour)
		if len(r.x.sentTexts()) != 0 || len(r.x.hidden) != 0 {
			t.Errorf("sent %.40q, hidden %q", r.x.sentTexts(), r.x.hidden)
		}
		if err := r.Discard(t.Context(), r.message(bridge.Out).ID); err != nil {
			t.Error(err)
		}
	})
}

func TestAShortThreadInPrivateIsRefusedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t)
		r.receive(dmBody("5", customerID, "in private"))
		r.until("the direct message", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		o := r.reply(bridge.Reply{MotionID: "1", Body: "/thread for all to read", Handle: "annlee", InteractionID: "dm-annlee"})
		if o.Status != bridge.StatusRefused || !strings.Contains(o.Message, "is a private one") || len(r.x.sentTexts()) != 0 {
			t.Errorf("%+v, sent %q", o, r.x.sentTexts())
		}
	})
}

// A private answer belongs to the author of the post, whoever the contact is, and what comes of it to the public interaction,
// also where Motion does not name the post.
func TestAPrivateAnswerGoesToTheAuthorOfThePost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t, func(r *rig) {
			r.x.people["other"] = bridge.Person{ID: "77", Handle: "other"}
			r.x.onDM = func(n int, _ string) error {
				if n == 2 {
					time.Sleep(20 * time.Second)
					return rejected("no direct messages")
				}
				return nil
			}
		})
		wrong := publicly("1", "/dm hello")
		wrong.Handle = "other"
		o := r.reply(wrong)
		if len(r.x.dms) != 1 || r.x.dms[0].PeerID != customerID {
			t.Fatalf("%+v", r.x.dms)
		}
		_, history, err := r.Get(t.Context(), o.ID)
		if err != nil || !slices.ContainsFunc(history, func(a bridge.Attempt) bool { return strings.Contains(a.Message, "names @other, but @annlee") }) {
			t.Errorf("%+v, %v", history, err)
		}
		without := publicly("2", "/dm hello")
		without.ThreadID = ""
		r.reply(without)
		r.until("the line", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		if note := r.motion.notified[1]; note.ThreadID != "1990" {
			t.Errorf("%+v", note)
		}
	})
}

func TestAChangedTextIsNoCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t, func(r *rig) {
			r.x.onPost = func(n int, _ string) error {
				if n == 1 {
					return rejected("not this one")
				}
				return nil
			}
		})
		o := r.reply(publicly("1", "hello"))
		for _, text := range []string{"/dm secret", "/hid", "/hide"} {
			if err := r.Edit(t.Context(), o.ID, text); err == nil {
				t.Errorf("it got the text %q", text)
			}
		}
		if err := r.Edit(t.Context(), o.ID, "//dm is a command"); err != nil {
			t.Fatal(err)
		}
		r.until("it is sent", time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Delivered })
		if r.x.posts[0].Text != "/dm is a command" || len(r.x.dms) != 0 {
			t.Errorf("%q, %v", r.x.posts[0].Text, r.x.dms)
		}
	})
}
