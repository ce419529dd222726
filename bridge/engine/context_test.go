package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
)

func (m *fakeMotion) notes() []bridge.Notification {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]bridge.Notification(nil), m.notified...)
}

// knownDM is a direct message whose payload tells of the writer.
func knownDM(id, from, handle string) []byte {
	return fmt.Appendf(nil, `{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":%q,"message_create":{"target":{"recipient_id":%q},
		"sender_id":%q,"message_data":{"text":"hello"}}}],"users":{%q:{"id":%q,"name":"Ann","screen_name":%q,"verified":true,"verified_type":"business",
		"followers_count":1234567,"description":"shoes\nand \u202e more"}}}`, brandID, id, brandID, from, from, from, handle)
}

const annWrites = `Verified on X (business) · 1,234,567 followers · "shoes and <U+202E> more"`

func TestOnlyTheFirstNotificationOfSomebodyNewTellsWhoWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) { r.agents = bridge.Agents{WhoWrites: true} })
		r.receive(knownDM("1", customerID, "annlee"))
		r.until("the first", time.Minute, func() bool { return len(r.motion.notes()) == 1 })
		time.Sleep(time.Second)
		r.receive(knownDM("2", customerID, "annlee"), postBody("1990", customerID, "@acme help"), postBody("1991", "77", "@acme I am new"))
		r.until("all", time.Minute, func() bool { return len(r.motion.notes()) == 4 })
		for _, n := range r.motion.notes() {
			want := bridge.Notification{}
			switch {
			case n.ThreadID == "1991":
				want.URL = "https://x.com/annlee" // the payload tells no more
			case n == r.motion.notes()[0]:
				want.Description, want.URL = annWrites, "https://x.com/annlee"
			}
			if n.Description != want.Description || n.URL != want.URL {
				t.Errorf("%q tells %q, %q", n.Body, n.Description, n.URL)
			}
		}
		trace, err := r.Trace(t.Context(), r.message(bridge.In))
		if err != nil || len(trace.Calls) != 1 || !strings.Contains(string(trace.Calls[0].Body), "1,234,567 followers") {
			t.Errorf("%+v, %v", trace.Calls, err)
		}
	})
}

func TestNobodyIsToldOfWithoutTheWish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.receive(knownDM("1", customerID, "annlee"), answerBody("5", "9"))
		r.until("both", time.Minute, func() bool { return len(r.motion.notes()) == 2 })
		for _, n := range r.motion.notes() {
			if n.Description+n.URL != "" || strings.Contains(n.Body, "[answers") {
				t.Errorf("%+v", n)
			}
		}
		if p := r.message(bridge.In).Event.Profile; p != (bridge.Profile{}) || r.x.called("cited") != 0 {
			t.Errorf("kept %+v, %d look-ups", p, r.x.called("cited"))
		}
	})
}

// A Motion that is out of order gets it with the repeat; one that fails over it gets the message without.
func TestWhoWritesIsRepeatedButNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.agents = bridge.Agents{WhoWrites: true}
			r.motion.onNotify = func(n int, note bridge.Notification) error {
				if n == 1 || (note.From == "bob" && note.URL != "") {
					return temporary(bridge.SideMotion)
				}
				return nil
			}
		})
		r.receive(knownDM("1", customerID, "annlee"))
		r.until("the first", time.Hour, func() bool { return len(r.motion.notes()) == 1 })
		r.receive(knownDM("2", "77", "bob"))
		r.until("the second", time.Hour, func() bool { return len(r.motion.notes()) == 2 })
		if notes := r.motion.notes(); notes[0].Description != annWrites || notes[1].URL != "" {
			t.Errorf("%+v", notes)
		}
	})
}

// answerBody is a post that answers another one, which the payload does not hold.
func answerBody(id, to string) []byte {
	return fmt.Appendf(nil, `{"data":{"event_type":"post.reply.create","filter":{"user_id":%q},"payload":{"id":%q,"text":"@acme why?","author_id":%q,
		"in_reply_to_tweet_id":%q,"referenced_tweets":[{"type":"replied_to","id":%q}]},"includes":{"users":[{"id":%q,"username":"annlee"}]}}}`,
		brandID, id, customerID, to, to, customerID)
}

// quoteBody is a post of v1.1 that quotes another one, which the payload holds.
func quoteBody(id, of, text string) []byte {
	return fmt.Appendf(nil, `{"for_user_id":%q,"tweet_create_events":[{"id_str":%q,"text":"look @acme","user":{"id_str":%q,"screen_name":"annlee"},
		"quoted_status_id_str":%q,"quoted_status":{"id_str":%q,"text":%q,"user":{"id_str":"8","screen_name":"bob"}}}]}`, brandID, id, customerID, of, of, text)
}

func citing(r *rig) { r.agents = bridge.Agents{AnsweredPost: true} }

// await returns the n-th text in Motion.
func (r *rig) await(n int) string {
	r.t.Helper()
	r.until(fmt.Sprint(n, " texts"), time.Minute, func() bool { return len(r.motion.bodies()) >= n })
	return r.motion.bodies()[n-1]
}

func TestThePostThatIsCitedComesFromWhereItCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, citing)
		r.receive(quoteBody("11", "9", "open &amp; ready\n\non "+strings.Repeat("Sunday ", 40)))
		if got := r.await(1); !strings.HasPrefix(got, `[quotes @bob: "open & ready on Sunday Sunday`) || !strings.HasSuffix(got, "…\"]\nlook @acme") || len(got) > 190 {
			t.Errorf("quoted in the payload: %q", got)
		}
		time.Sleep(time.Second)
		r.receive(answerBody("12", "11"))
		if got := r.await(2); got != "[answers @annlee: \"look @acme\"]\n@acme why?" {
			t.Errorf("a customer's post: %q", got)
		}
		time.Sleep(time.Second)
		if o := r.reply(bridge.Reply{MotionID: "1", Body: "because", InteractionID: "post-12", ThreadID: "12"}); o.Status != bridge.StatusSent {
			t.Fatalf("%+v", o)
		}
		time.Sleep(time.Second)
		r.receive(answerBody("13", r.message(bridge.Out).XID))
		if got := r.await(3); got != "[answers @acme: \"because\"]\n@acme why?" {
			t.Errorf("an agent's reply: %q", got)
		}
		r.receive([]byte(`{"for_user_id":"`+brandID+`","tweet_create_events":[{"id_str":"14","text":"news","user":{"id_str":"`+brandID+`","screen_name":"acme"}}]}`), answerBody("15", "14"))
		if got := r.await(4); got != "[answers @acme: \"news\"]\n@acme why?" {
			t.Errorf("the account's own post: %q", got)
		}
		if n := r.x.called("cited"); n != 0 {
			t.Errorf("X was asked %d times", n)
		}
		for _, d := range r.all(bridge.In) {
			if strings.Contains(d.Text, "[") || d.Event.Text != d.Text {
				t.Errorf("the customer's text became %q", d.Text)
			}
		}
	})
}

func (r *rig) all(direction bridge.Direction) []*bridge.Delivery {
	r.t.Helper()
	list, err := r.List(context.Background(), bridge.Filter{Direction: direction})
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

func TestXIsAskedOnceForAPost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, citing, func(r *rig) {
			r.x.onCited = func(_ context.Context, id string) (bridge.Cited, error) {
				if id == "8" {
					return bridge.Cited{}, &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideX, Code: bridge.CodeNoPost, Message: "gone"}
				}
				time.Sleep(time.Second)
				return bridge.Cited{ID: id, Handle: "bob", Text: "open"}, nil
			}
		})
		for i := range 5 {
			r.receive(answerBody(fmt.Sprint("10", i), "9"), answerBody(fmt.Sprint("20", i), "8"))
		}
		r.until("all", time.Minute, func() bool { return len(r.motion.bodies()) == 10 })
		gone := 0
		for _, body := range r.motion.bodies() {
			switch body {
			case "[answers a post that is gone]\n@acme why?":
				gone++
			case "[answers @bob: \"open\"]\n@acme why?":
			default:
				t.Errorf("%q", body)
			}
		}
		if n := r.x.called("cited"); n != 2 || gone != 5 {
			t.Errorf("X was asked %d times, %d are gone", n, gone)
		}
		time.Sleep(2 * time.Hour)
		r.receive(answerBody("300", "9"))
		if r.await(11); r.x.called("cited") != 3 {
			t.Errorf("X was asked %d times", r.x.called("cited"))
		}
	})
}

// Whatever a look-up comes to, the message goes without its line, soon, and the lane stays open.
func TestNoMessageWaitsForThePostThatItCites(t *testing.T) {
	limit := &bridge.Error{Kind: bridge.RateLimited, Side: bridge.SideX, Endpoint: "posts.get", Message: "limit", RetryAt: time.Now().Add(time.Hour)}
	for name, answer := range map[string]func(ctx context.Context) error{
		"hangs": func(ctx context.Context) error { <-ctx.Done(); return temporary(bridge.SideX) },
		"limit": func(context.Context) error { return limit },
		"no credits": func(context.Context) error {
			return &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Code: "402", Message: "no credits"}
		},
		"not visible": func(context.Context) error { return rejected("not visible") },
		"a mistake":   func(context.Context) error { return errors.New("garbage") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, citing, func(r *rig) {
					r.x.onCited = func(ctx context.Context, _ string) (bridge.Cited, error) { return bridge.Cited{}, answer(ctx) }
				})
				began := time.Now()
				for i := range 20 {
					r.receive(answerBody(fmt.Sprint("10", i), fmt.Sprint("9", i%10)))
				}
				r.until("all", time.Minute, func() bool { return len(r.motion.bodies()) == 20 })
				if took := time.Since(began); took > 7*time.Second {
					t.Errorf("took %v", took)
				}
				for _, d := range r.all(bridge.In) {
					if d.Attempts != 1 || d.Progress.Deferrals != 0 || d.Failure != nil || d.Progress.Cited != "" {
						t.Errorf("%+v", d)
					}
				}
				o := r.reply(bridge.Reply{MotionID: "1", Body: "because", InteractionID: "post-100", ThreadID: "100"})
				if o.Status != bridge.StatusSent {
					t.Errorf("the lane to X: %+v", o)
				}
			})
		})
	}
}

func TestNoPostIsLookedUpWhileLookUpsAreSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, citing, func(r *rig) { r.costs = fakeCosts{isSaving: true} })
		r.receive(answerBody("1", "9"), quoteBody("2", "8", "free"))
		r.until("both", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		if got := strings.Join(r.motion.bodies(), "|"); r.x.called("cited") != 0 || !strings.Contains(got, `[quotes @bob: "free"]`) || strings.Contains(got, "[answers") {
			t.Errorf("%q, %d look-ups", got, r.x.called("cited"))
		}
	})
}

// A retry sends the line that was sent before, whatever X would say now, and the call is shown with it.
func TestARetrySendsTheSameLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, citing, func(r *rig) {
			r.x.onCited = func(_ context.Context, id string) (bridge.Cited, error) {
				return bridge.Cited{ID: id, Handle: "bob", Text: fmt.Sprint("version ", r.x.called("cited"))}, nil
			}
			r.motion.onNotify = func(n int, _ bridge.Notification) error {
				if n < 7 {
					return temporary(bridge.SideMotion)
				}
				return nil
			}
		})
		r.receive(answerBody("1", "9"))
		r.until("it", 24*time.Hour, func() bool { return len(r.motion.bodies()) == 1 })
		time.Sleep(time.Second)
		if got := r.motion.bodies()[0]; got != "[answers @bob: \"version 1\"]\n@acme why?" {
			t.Errorf("%q", got)
		}
		trace, err := r.Trace(t.Context(), r.message(bridge.In))
		if err != nil || len(trace.Calls) != 1 || !strings.Contains(string(trace.Calls[0].Body), "version 1") {
			t.Errorf("%+v, %v", trace.Calls, err)
		}
	})
}
