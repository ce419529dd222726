package engine_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
)

var threeLong = "/thread " + strings.Repeat("many words ", 60)

// doubtful is a rig whose second post of a thread is undecided: X has it, but neither answers nor shows it.
func doubtful(t *testing.T) (*rig, int64) {
	t.Helper()
	r := withPost(t, func(r *rig) {
		r.x.lose = func(n int) bool {
			r.x.hideSent = n > 1
			return n > 1
		}
		r.x.onPost = func(n int, _ string) error {
			if n == 3 {
				return &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideX, Message: "the same text", Code: bridge.CodeDuplicate}
			}
			return nil
		}
	})
	o := r.reply(publicly("1", threeLong))
	r.until("it is for a person", 10*time.Minute, func() bool {
		d := r.message(bridge.Out)
		return d.State == bridge.Undecided && d.Failure != nil && strings.Contains(d.Failure.Remedy, "perch sent")
	})
	return r, o.ID
}

// A post that a person has found on X is one of the thread; those behind it are sent, below the last that is known.
func TestAThreadGoesOnWhenAPersonHasFoundAPost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, id := doubtful(t)
		if d := r.message(bridge.Out); !strings.Contains(d.Failure.Message, "of the 3 posts of the thread 1 are on X") {
			t.Errorf("%+v", d.Failure)
		}
		if told := r.motion.bodies(); len(told) != 2 || !strings.Contains(told[1], "how much of your thread") {
			t.Errorf("%q", told)
		}
		r.x.lose, r.x.onPost = nil, nil
		if err := r.MarkSent(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		r.until("the rest", time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Delivered })
		if n := len(r.x.posts); n != 3 || !strings.HasSuffix(r.x.posts[2].Text, "(3/3)") || r.x.posts[2].ThreadID != r.x.posts[0].XID {
			t.Errorf("%+v", r.x.posts)
		}
		if n := r.billed()[bridge.BilledReply]; n != 3 {
			t.Errorf("%d are billed", n)
		}
	})
}

// However a later Perch parts a text, what is left of a thread is what was left of it.
func TestAThreadIsPartedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, id := doubtful(t)
		shorter := func(d *bridge.Delivery) (bridge.Result, error) {
			d.Text = "another text"
			return bridge.Result{Delivery: d, Opened: true, Attempt: bridge.Attempt{At: time.Now(), Outcome: d.State}}, nil
		}
		if err := r.journal.Update(t.Context(), id, shorter); err != nil {
			t.Fatal(err)
		}
		r.x.lose, r.x.onPost = nil, nil
		if err := r.MarkSent(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		r.until("the rest", time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Delivered })
		if last := r.x.posts[len(r.x.posts)-1].Text; !strings.HasSuffix(last, "(3/3)") {
			t.Errorf("%q", last)
		}
	})
}

// The rest of a thread is not sent by another account than the one that has begun it.
func TestAnotherAccountDoesNotGoOnWithAThread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := withPost(t, func(r *rig) {
			r.x.onPost = func(n int, _ string) error {
				if n > 1 {
					return rejected("the author restricted replies")
				}
				return nil
			}
		})
		o := r.reply(publicly("1", threeLong))
		begunByAnother := func(d *bridge.Delivery) (bridge.Result, error) {
			thread := *d.Progress.Thread
			thread.AccountID = "99"
			d.Progress.Thread = &thread
			return bridge.Result{Delivery: d, Attempt: bridge.Attempt{At: time.Now(), Outcome: d.State}}, nil
		}
		if err := r.journal.Update(t.Context(), o.ID, begunByAnother); err != nil {
			t.Fatal(err)
		}
		r.x.onPost = nil
		if err := r.Retry(t.Context(), o.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		d := r.message(bridge.Out)
		if d.State != bridge.Dead || !strings.Contains(d.Failure.Message, "another X account has begun this thread") || len(r.x.posts) != 1 {
			t.Errorf("%s, %+v, %d posts", d.State, d.Failure, len(r.x.posts))
		}
	})
}
