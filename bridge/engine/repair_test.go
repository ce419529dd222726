package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
)

// refusedReply is a reply that X has refused for its text.
func refusedReply(r *rig, body string) *bridge.Delivery {
	r.t.Helper()
	r.x.onDM = func(_ int, text string) error {
		if strings.Contains(text, "bad") {
			return &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideX, Message: "X does not like the text", Remedy: "change it"}
		}
		return nil
	}
	r.receive(dmBody("1", customerID, "hello"))
	r.until("the customer", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
	r.reply(bridge.Reply{MotionID: "9", Body: body, Handle: "annlee"})
	r.until("the refusal", time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Dead })
	return r.message(bridge.Out)
}

func TestARefusedReplyIsChangedAndSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		d := refusedReply(r, "a bad text")
		if err := r.Edit(context.Background(), d.ID, "  a better text\n"); err != nil {
			t.Fatal(err)
		}
		r.until("it", time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Delivered })
		if sent := r.x.sentTexts(); len(sent) != 1 || sent[0] != "a better text" {
			t.Errorf("X got %q", sent)
		}
		now := r.message(bridge.Out)
		if now.Text != "a better text" || now.Reply.Body != "a better text" || now.MotionID != "9" {
			t.Errorf("the journal holds %q, %+v", now.Text, now.Reply)
		}
		_, history, err := r.Get(context.Background(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		kept := 0
		for _, a := range history {
			if strings.Contains(a.Message, `it said: "a bad text"`) {
				kept++
			}
		}
		if kept != 1 {
			t.Errorf("the old text is %d times in the history %+v", kept, history)
		}
		r.until("what the agent is told", time.Minute, func() bool { return len(r.motion.bodies()) >= 2 })
		if told := r.motion.bodies(); !strings.Contains(told[len(told)-1], "a better text") {
			t.Errorf("the agent was told %q", told)
		}
		if o := r.reply(bridge.Reply{MotionID: "9", Body: "a bad text", Handle: "annlee"}); len(r.x.sentTexts()) != 1 {
			t.Errorf("Motion's repeat was sent: %+v", o)
		}
	})
}

func TestWhatCannotBeChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		d := refusedReply(r, "a bad text")
		in := r.message(bridge.In)
		for name, c := range map[string]struct {
			id   int64
			text string
			says string
		}{
			"an empty text":       {d.ID, " \n", "empty"},
			"a text too long":     {d.ID, strings.Repeat("x", bridge.MaxDM+1), "at most 10000"},
			"a customer's":        {in.ID, "other", "cannot be changed"},
			"one that is not any": {999, "other", "999"},
		} {
			if err := r.Edit(context.Background(), c.id, c.text); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if now := r.message(bridge.Out); now.State != bridge.Dead || now.Text != "a bad text" || now.Reply.Body != "a bad text" {
			t.Errorf("it was changed all the same: %+v", now)
		}
		if err := r.Edit(context.Background(), d.ID, "still bad"); err != nil {
			t.Fatal(err)
		}
		r.until("the second refusal", time.Minute, func() bool { return r.message(bridge.Out).State == bridge.Dead })
		if err := r.Discard(context.Background(), d.ID); err != nil {
			t.Fatal(err)
		}
		if err := r.Edit(context.Background(), d.ID, "good"); err == nil {
			t.Error("a discarded reply was changed")
		}
		if err := r.Edit(context.Background(), d.ID, "good"); err == nil || len(r.x.sentTexts()) != 0 {
			t.Errorf("%v, X got %q", err, r.x.sentTexts())
		}
	})
}

// Those that failed for one reason are tried again, however many there are that nobody can deliver.
func TestRetryOfSome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.x.onDM = func(_ int, text string) error {
			kind := bridge.Rejected
			if strings.Contains(text, "old") {
				kind = bridge.Invalid
			}
			return &bridge.Error{Kind: kind, Side: bridge.SideX, Message: "no", Remedy: "none"}
		}
		r.receive(dmBody("1", customerID, "hello"))
		r.until("the customer", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		for i, text := range []string{"old", "new", "newer"} {
			r.reply(bridge.Reply{MotionID: "m" + text, Body: text, Handle: "annlee"})
			r.until("its end", time.Minute, func() bool { return r.count(bridge.Out, bridge.Dead) == i+1 })
		}
		for i := range 600 { // these are newer, and cannot be delivered
			r.receive(fmt.Append(nil, "no JSON ", i))
		}
		r.until("them", time.Minute, func() bool { return r.count(bridge.In, bridge.Dead) == 600 })
		r.x.onDM = nil
		for _, c := range []struct {
			filter bridge.Filter
			cause  bridge.Kind
			want   int
		}{
			{bridge.Filter{}, bridge.Operator, 0},
			{bridge.Filter{Channel: "sales"}, "", 0},
			{bridge.Filter{Direction: bridge.In}, "", 0},
			{bridge.Filter{}, bridge.Invalid, 1},
			{bridge.Filter{Direction: bridge.Out, Limit: 1}, "", 2},
			{bridge.Filter{}, "", 0},
		} {
			if n, err := r.RetryDead(context.Background(), c.filter, c.cause); n != c.want || err != nil {
				t.Errorf("%+v %q: %d, %v; want %d", c.filter, c.cause, n, err, c.want)
			}
		}
		r.until("all", time.Minute, func() bool { return len(r.x.sentTexts()) == 3 })
	})
}

func (r *rig) count(direction bridge.Direction, state bridge.State) int {
	r.t.Helper()
	list, err := r.List(context.Background(), bridge.Filter{Direction: direction, State: state, Limit: 1000})
	if err != nil {
		r.t.Fatal(err)
	}
	return len(list)
}
