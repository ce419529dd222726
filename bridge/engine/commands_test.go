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

var allCommands = bridge.Agents{DM: true, Hide: true, Thread: true, Link: true}

// withPost is a rig whose customer has written the public post 1990.
func withPost(t *testing.T, change ...func(*rig)) *rig {
	t.Helper()
	r := newRig(t, append([]func(*rig){func(r *rig) { r.agents, r.costs = allCommands, fakeCosts{} }}, change...)...)
	r.receive(postBody("1990", customerID, "@acme help"))
	r.until("the post", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
	return r
}

func publicly(id, text string) bridge.Reply {
	return bridge.Reply{MotionID: id, Body: text, Handle: "annlee", InteractionID: "post-1990", ThreadID: "1990"}
}

func TestAPublicPostIsAnsweredInPrivate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t)
		if o := r.reply(publicly("1", "/dm Your order number, please?")); o.Status != bridge.StatusSent {
			t.Fatalf("%+v", o)
		}
		if len(r.x.posts) != 0 || len(r.x.dms) != 1 || r.x.dms[0].Text != "Your order number, please?" || r.x.dms[0].PeerID != customerID {
			t.Errorf("posts %v, direct messages %v", r.x.posts, r.x.dms)
		}
		d := r.message(bridge.Out)
		if d.Kind != bridge.KindDM || d.ThreadID != "" || d.To != "annlee" {
			t.Errorf("%+v", d)
		}
		// The interaction stays a public one.
		if o := r.reply(bridge.Reply{MotionID: "2", Body: "without a thread", Handle: "annlee", InteractionID: "post-1990"}); o.Status != bridge.StatusRefused {
			t.Errorf("%+v", o)
		}
	})
}

// What X says later of a private answer is told where the agent wrote.
func TestARefusedPrivateAnswerIsToldInThePublicInteraction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t, func(r *rig) {
			r.x.onDM = func(int, string) error { time.Sleep(20 * time.Second); return rejected("no direct messages") }
		})
		if o := r.reply(publicly("1", "/dm hello")); o.Status != bridge.StatusQueued {
			t.Fatalf("%+v", o)
		}
		r.until("the line", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		note := r.motion.notified[1]
		if note.ThreadID != "1990" || note.From != "annlee" || !strings.Contains(note.Body, "no direct messages") {
			t.Errorf("%+v", note)
		}
	})
}

func TestACustomersReplyIsHidden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		r := withPost(t, func(r *rig) {
			r.x.onHide = func(int) error {
				if tries++; tries < 3 {
					return temporary(bridge.SideX)
				}
				return nil
			}
		})
		if o := r.reply(publicly("1", "/hide")); o.Status != bridge.StatusQueued {
			t.Fatalf("%+v", o)
		}
		r.until("it is hidden", 5*time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Delivered })
		if !slices.Equal(r.x.hidden, []string{"1990"}) || len(r.x.sentTexts()) != 0 || r.billed()[bridge.BilledHide] != 1 {
			t.Errorf("hidden %v, sent %v, billed %v", r.x.hidden, r.x.sentTexts(), r.billed())
		}
		if err := r.Edit(t.Context(), r.message(bridge.Out).ID, "another text"); err == nil {
			t.Error("it got another text")
		}
	})
}

func TestAThreadIsSentAsOneMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t)
		words := strings.Repeat("many words ", 60)
		if o := r.reply(publicly("1", "/thread "+words)); o.Status != bridge.StatusSent || o.XID != r.x.posts[0].XID {
			t.Fatalf("%+v", o)
		}
		before := "1990"
		for i, p := range r.x.posts {
			if p.ThreadID != before || !strings.HasSuffix(p.Text, fmt.Sprintf("(%d/%d)", i+1, len(r.x.posts))) {
				t.Errorf("%+v", p)
			}
			before = p.XID
		}
		if len(r.x.posts) != 3 || r.billed()[bridge.BilledReply] != 3 {
			t.Errorf("%d posts, billed %v", len(r.x.posts), r.billed())
		}
		if o := r.reply(publicly("2", "/thread short enough for one")); o.Status != bridge.StatusSent || r.x.posts[3].Text != "short enough for one" {
			t.Errorf("%+v, %+v", o, r.x.posts[3])
		}
		if o := r.reply(publicly("1", "/thread "+words)); o.Status != bridge.StatusSent || len(r.x.posts) != 4 {
			t.Errorf("the same once more: %+v, %d posts", o, len(r.x.posts))
		}
	})
}

// A thread that is interrupted goes on where it was: by a lost answer, an outage, a refusal or the end of Perch.
func TestAThreadGoesOnWhereItWas(t *testing.T) {
	words := "/thread " + strings.Repeat("many words ", 60)
	for name, change := range map[string]func(*rig){
		"every answer lost": func(r *rig) { r.x.lose = func(n int) bool { return n <= 3 } },
		"an outage": func(r *rig) {
			r.x.onPost = func(n int, _ string) error {
				if n == 2 {
					return temporary(bridge.SideX)
				}
				return nil
			}
		},
		"limits": func(r *rig) {
			r.x.onPost = func(n int, _ string) error {
				if n == 3 {
					return &bridge.Error{Kind: bridge.RateLimited, Side: bridge.SideX, Message: "limit", Endpoint: bridge.EndpointPost, RetryAt: time.Now().Add(time.Minute)}
				}
				return nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := withPost(t, change)
				r.reply(publicly("1", words))
				r.until("the thread", 10*time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Delivered })
				if len(r.x.posts) != 3 || r.x.posts[2].ThreadID != r.x.posts[1].XID || r.x.posts[1].ThreadID != r.x.posts[0].XID {
					t.Errorf("%+v", r.x.posts)
				}
			})
		})
	}
}

func TestARefusedRestOfAThreadIsToldAndCanBeTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		isRefusing := true
		r := withPost(t, func(r *rig) {
			r.x.onPost = func(n int, _ string) error {
				if n > 1 && isRefusing {
					return rejected("the author restricted replies")
				}
				return nil
			}
		})
		o := r.reply(publicly("1", "/thread "+strings.Repeat("many words ", 60)))
		if o.Status != bridge.StatusRefused || !strings.Contains(o.Message, "1 of the 3 posts") || !strings.Contains(o.Message, "restricted") {
			t.Fatalf("%+v", o)
		}
		d := r.message(bridge.Out)
		if err := r.Edit(t.Context(), d.ID, "another"); err == nil {
			t.Error("a thread got another text")
		}
		isRefusing = false
		if err := r.Retry(t.Context(), d.ID); err != nil {
			t.Fatal(err)
		}
		r.until("the rest", time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Delivered })
		if len(r.x.posts) != 3 {
			t.Errorf("%+v", r.x.posts)
		}
	})
}

func TestTheLinkToAPrivateMessageIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t)
		if o := r.reply(publicly("1", "/link Please write to us:")); o.Status != bridge.StatusSent {
			t.Fatalf("%+v", o)
		}
		if want := "Please write to us: https://twitter.com/messages/compose?recipient_id=" + brandID; r.x.posts[0].Text != want {
			t.Errorf("%q", r.x.posts[0].Text)
		}
	})
}

func TestHelpIsToldToTheAgentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t)
		for range 2 {
			if o := r.reply(publicly("1", "/help")); o.Status != bridge.StatusIgnored {
				t.Fatalf("%+v", o)
			}
		}
		time.Sleep(time.Minute)
		if len(r.motion.notified) != 2 || len(r.x.sentTexts()) != 0 {
			t.Fatalf("%v, sent %v", r.motion.bodies(), r.x.sentTexts())
		}
		note := r.motion.notified[1]
		if note.ThreadID != "1990" || note.From != "annlee" || !strings.HasPrefix(note.Body, "AUTO-RESPONSE: ") || !strings.Contains(note.Body, "/thread") {
			t.Errorf("%+v", note)
		}
	})
}

func TestACommandThatCannotBeObeyedIsRefusedInWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t)
		r.receive(dmBody("5", customerID, "in private"))
		r.until("the direct message", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		privately := func(id, text string) bridge.Reply {
			return bridge.Reply{MotionID: id, Body: text, Handle: "annlee", InteractionID: "dm-annlee"}
		}
		withFile := publicly("f", "/thread x")
		withFile.AttachmentID = "77"
		for i, tc := range []struct {
			reply bridge.Reply
			says  string
		}{
			{publicly("", "/dm"), "no text behind /dm"},
			{publicly("", "/hide it"), "/hide sends nothing"},
			{publicly("", "/thread"), "no text behind /thread"},
			{withFile, "text only"},
			{publicly("", "/thread "+strings.Repeat("x", 5000)), "10 posts"},
			{publicly("", "/hid"), "no command /hid"},
			{privately("", "/dm hello"), "conversation is a private one"},
			{privately("", "/hide"), "conversation is a private one"},
			{privately("", "/link hello"), "conversation is a private one"},
			{privately("", "/thread hello "+strings.Repeat("words ", 100)), "conversation is a private one"},
			{privately("", "/nonsense"), "no command /nonsense"},
		} {
			tc.reply.MotionID = fmt.Sprint("r", i)
			o := r.reply(tc.reply)
			if o.Status != bridge.StatusRefused || !strings.Contains(o.Message, tc.says) {
				t.Errorf("%q: %+v", tc.reply.Body, o)
			}
			if again := r.reply(tc.reply); again != o {
				t.Errorf("%q once more: %+v", tc.reply.Body, again)
			}
		}
		if o := r.reply(privately("s", "//etc/hosts")); o.Status != bridge.StatusSent {
			t.Errorf("%+v", o)
		}
		if got := r.x.sentTexts(); !slices.Equal(got, []string{"/etc/hosts"}) || len(r.x.hidden) != 0 {
			t.Errorf("sent %q, hidden %v", got, r.x.hidden)
		}
	})
}

func TestWithoutCommandsASlashIsAText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t, func(r *rig) { r.agents = bridge.Agents{} })
		for i, text := range []string{"/help", "/dm hello", "//x", "/hide"} {
			if o := r.reply(publicly(fmt.Sprint(i), text)); o.Status != bridge.StatusSent || r.x.posts[i].Text != text {
				t.Errorf("%q: %+v, %+v", text, o, r.x.posts)
			}
		}
	})
}
