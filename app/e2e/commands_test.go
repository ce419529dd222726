package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xstate"
)

// allowCommands writes into perch.toml that agents may use commands.
func (b *box) allowCommands(names ...string) {
	b.t.Helper()
	b.edit("[channel.motion]", "[channel.agents]\n"+strings.Join(names, " = true\n")+" = true\n[channel.motion]")
}

// inPublic has the customer answer a post of the brand's own, and returns the customer's post and Motion's interaction.
func (b *box) inPublic() (post string, interaction int) {
	b.t.Helper()
	n := len(b.inMotion())
	own := b.x.Post(brandID, sim.Post{Text: "We open on Sunday"})
	post = b.x.Post(annID, sim.Post{Text: "@acme_support you never answer!", InReplyTo: own})
	return post, b.awaitMotion(n + 1)[n].Interaction
}

// What agents ask for by commands, in both profiles of the API.
func TestAgentsCommands(t *testing.T) {
	t.Parallel()
	for _, tc := range bothProfiles {
		t.Run(tc.api, func(t *testing.T) {
			t.Parallel()
			b := newBox(t, func(b *box) { b.api, b.family = tc.api, tc.family }).start()
			post, interaction := b.inPublic()
			say := func(text string) motionsim.ReplyResult { return b.reply(interaction, motionsim.Reply{Text: text}) }
			if r := say("/help"); r.Status != http.StatusOK || b.x.SentPosts()[0].Text != "/help" {
				t.Errorf("a command that is off: %+v", r)
			}
			b.allowCommands("dm", "hide", "thread", "link")
			b.must("reload")

			if r := say("/help"); r.Status != http.StatusOK || !strings.Contains(r.Body, `"ignored"`) {
				t.Errorf("help: %+v", r)
			}
			if told := b.awaitMotion(2)[1]; !strings.HasPrefix(told.Body, "AUTO-RESPONSE: ") || !strings.Contains(told.Body, "/thread TEXT") || told.ThreadID != post {
				t.Errorf("help in Motion: %+v", told)
			}
			if r := say("/hello"); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "no command /hello") {
				t.Errorf("an unknown command: %+v", r)
			}
			if r := say("/dm Which order is it?"); r.Status != http.StatusOK {
				t.Errorf("in private: %+v", r)
			}
			if dms := b.x.SentDMs(); len(dms) != 1 || dms[0].To != annID || dms[0].Text != "Which order is it?" {
				t.Errorf("direct messages at X: %+v", dms)
			}
			if r := say("/link Please write to us:"); r.Status != http.StatusOK {
				t.Errorf("link: %+v", r)
			}
			if sent := b.x.SentPosts(); len(sent) != 2 || sent[1].Text != "Please write to us: https://twitter.com/messages/compose?recipient_id="+brandID {
				t.Errorf("posts at X: %+v", sent)
			}
			if r := say("/thread " + strings.Repeat("many words ", 60)); r.Status != http.StatusOK {
				t.Errorf("thread: %+v", r)
			}
			b.checkThread(post, b.x.SentPosts()[2:])
			b.checkHide(tc.api, post, say("/hide"))
		})
	}
}

// checkThread makes sure that posts are the three of a thread below another one.
func (b *box) checkThread(below string, posts []xstate.Sent) {
	b.t.Helper()
	if len(posts) != 3 {
		b.t.Fatalf("%d posts at X: %+v", len(posts), posts)
	}
	for i, p := range posts {
		if p.InReplyTo != below || !strings.HasSuffix(p.Text, fmt.Sprintf(" (%d/3)", i+1)) {
			b.t.Errorf("post %d: %+v", i, p)
		}
		below = p.ID
	}
}

func (b *box) checkHide(api, post string, r motionsim.ReplyResult) {
	b.t.Helper()
	if api == "v1.1" {
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "API v1.1 cannot hide") {
			b.t.Errorf("hide: %+v", r)
		}
		return
	}
	if r.Status != http.StatusOK || !b.x.IsHidden(post) {
		b.t.Errorf("hide: %+v, %v", r, b.x.IsHidden(post))
	}
	mention := b.x.Post(annID, sim.Post{Text: "@acme_support and another thing"})
	var interaction int
	b.until("the mention", func() bool {
		for _, m := range b.inMotion() {
			if m.ThreadID == mention {
				interaction = m.Interaction
				return true
			}
		}
		return false
	})
	if r := b.reply(interaction, motionsim.Reply{Text: "/hide"}); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "conversation that the account itself has begun") {
		b.t.Errorf("hide what is no reply: %+v", r)
	}
	if n := b.countOf("reply_hidden"); n != 1 {
		b.t.Errorf("%d hidden replies are counted, want 1", n)
	}
}

// A relay that is killed in the middle of a thread goes on with it: no post is missing, none is there twice.
func TestAThreadSurvivesKills(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.allowCommands("thread")
	b.start()
	below, interaction := b.inPublic()
	rounds := 6
	if testing.Short() {
		rounds = 3
	}
	for round := range rounds {
		before := len(b.x.SentPosts())
		slow := fault.Slow(250 * time.Millisecond)
		slow.Endpoint, slow.Times = "post.create", 3
		b.x.Fault(slow)
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = b.motion.Reply(context.Background(), interaction, motionsim.Reply{Text: "/thread " + strings.Repeat(fmt.Sprintf("words of %d ", round), 60)})
		}()
		time.Sleep(time.Duration(150+round*130) * time.Millisecond)
		b.kill(syscall.SIGKILL)
		<-done
		b.launch()
		b.connect()
		b.until("the whole thread", func() bool { return len(b.x.SentPosts()) >= before+3 })
		b.until("it is settled", func() bool { return len(b.traffic("--direction", "out", "--state", "delivered")) == round+1 })
		b.checkThread(below, b.x.SentPosts()[before:])
	}
}
