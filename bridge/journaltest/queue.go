package journaltest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"perch/bridge"
)

var ofQueue = []guarantee{
	{"serves a conversation in order and beside others", conversationsAreServedInOrder},
	{"gives as many of each lane as are asked for, those first that wait the longest", claimsGoByQuotaAndDueTime},
	{"goes on while others of the conversation are changed", conversationsAreServedOnWhileChanged},
	{"keeps the order of a conversation of two lanes", conversationOfTwoLanesKeepsItsOrder},
	{"moves a conversation to the next lane by a person's act", personsActMovesAConversation},
	{"tells when a conversation is due", conversationsTellWhenTheyAreDue},
	{"does not wait for a time that a wrong clock gave", wrongClocksAreNotWaitedFor},
	{"hastens what waits because of its side", hastenedIsWhatWaitsForItsSide},
	{"looks at once for what X has reported", echoesHastenWhatIsUndecided},
}

// idsOf are the ids at X or Motion of messages, in their order.
func idsOf(list []*bridge.Delivery) []string {
	ids := []string{}
	for _, d := range list {
		ids = append(ids, d.XID+d.MotionID)
	}
	return ids
}

func conversationsAreServedInOrder(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, Inbound("ann", "1"), Inbound("ann", "2"), Inbound("bob", "3"))
	claimed := Claim(t, s, LaneIn)
	if len(claimed) != 2 || claimed[0].XID != "1" || claimed[1].XID != "3" {
		t.Fatalf("claimed %v; want the heads of both conversations", claimed)
	}
	if more := Claim(t, s, LaneIn); len(more) != 0 {
		t.Fatalf("claimed %v while both conversations are busy", more)
	}
	FinishAs(t, s, claimed[0], bridge.Queued, time.Now().Add(time.Hour))
	if more := Claim(t, s, LaneIn); len(more) != 0 {
		t.Fatalf("claimed %v although the head waits", more)
	}
	FinishAs(t, s, claimed[1], bridge.Delivered, time.Time{})
	due, ok, err := s.NextDue(t.Context(), []bridge.Lane{LaneIn})
	if err != nil || !ok || time.Until(due) < 59*time.Minute {
		t.Fatalf("NextDue = %v, %v, %v; want in an hour", due, ok, err)
	}
	if err := s.Update(t.Context(), claimed[0].ID, Discard); err != nil {
		t.Fatal(err)
	}
	if next := Claim(t, s, LaneIn); len(next) != 1 || next[0].XID != "2" {
		t.Fatalf("claimed %v; want the next of the conversation", next)
	}
}

func claimsGoByQuotaAndDueTime(t *testing.T, place Place) {
	s := journal(t, place)
	now := time.Now()
	for i, ago := range []time.Duration{3, 5, 1, -1, 4} {
		d := Inbound(fmt.Sprint("p", i), fmt.Sprint(i))
		d.DueAt = now.Add(-ago * time.Minute)
		Put(t, s, d)
		d = Outbound(fmt.Sprint("m", i))
		d.Conversation, d.DueAt = fmt.Sprint("c/out/dm/", i), now.Add(-ago*time.Minute)
		Put(t, s, d)
	}
	claim := func(at time.Time, quotas ...bridge.LaneQuota) []string {
		t.Helper()
		claimed, err := s.Claim(t.Context(), quotas, at)
		if err != nil {
			t.Fatal(err)
		}
		return idsOf(claimed)
	}
	for _, c := range []struct {
		quotas []bridge.LaneQuota
		at     time.Time
		want   []string
	}{
		{nil, now, []string{}},
		{[]bridge.LaneQuota{{Lane: LaneIn, N: 0}, {Lane: "none", N: 9}}, now, []string{}},
		{[]bridge.LaneQuota{{Lane: LaneIn, N: 2}, {Lane: LaneDM, N: 1}}, now, []string{"1", "4", "m1"}},
		{[]bridge.LaneQuota{{Lane: LaneDM, N: 9}, {Lane: LaneIn, N: 9}}, now, []string{"m4", "m0", "m2", "0", "2"}},
		{[]bridge.LaneQuota{{Lane: LaneIn, N: 9}}, now, []string{}},
		{[]bridge.LaneQuota{{Lane: LaneIn, N: 9}}, now.Add(time.Minute), []string{"3"}},
	} {
		if got := claim(c.at, c.quotas...); !slices.Equal(got, c.want) {
			t.Errorf("%+v: claimed %v, want %v", c.quotas, got, c.want)
		}
	}
}

// A second message of the conversation is changed meanwhile: the attempt goes on, and what follows it is right.
func conversationsAreServedOnWhileChanged(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, Inbound("ann", "1"), Inbound("ann", "2"), Inbound("ann", "3"))
	first := Claim(t, s, LaneIn)[0]
	list, err := s.List(t.Context(), bridge.Filter{XID: "2"})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if err := s.Update(t.Context(), list[0].ID, Discard); err != nil {
		t.Fatal(err)
	}
	if more := Claim(t, s, LaneIn); len(more) != 0 {
		t.Fatalf("%v goes beside the first", more)
	}
	whatIs(t, s, bridge.Sending, bridge.Discarded, bridge.Queued)
	FinishAs(t, s, first, bridge.Delivered, time.Time{})
	if next := Claim(t, s, LaneIn); len(next) != 1 || next[0].XID != "3" {
		t.Errorf("then comes %v, want the third", next)
	}
	whatIs(t, s, bridge.Delivered, bridge.Discarded, bridge.Sending)
}

func conversationOfTwoLanesKeepsItsOrder(t *testing.T, place Place) {
	s := journal(t, place)
	for _, d := range []*bridge.Delivery{Outbound("1"), OutboundChat("2"), Outbound("3")} {
		Add(t, s, d)
	}
	first := Claim(t, s, LaneDM)
	if len(first) != 1 || first[0].MotionID != "1" {
		t.Fatalf("claimed %v; want the first", first)
	}
	FinishAs(t, s, first[0], bridge.Delivered, time.Time{})
	// The chat lane is shut: nobody claims it. What is behind waits, also when its own lane is hurried.
	now := time.Now()
	if err := s.Hasten(t.Context(), LaneDM, now); err != nil {
		t.Fatal(err)
	}
	if more := Claim(t, s, LaneDM); len(more) != 0 {
		t.Fatalf("claimed %v past the one that waits", more)
	}
	if _, ok, err := s.NextDue(t.Context(), []bridge.Lane{LaneDM}); ok || err != nil {
		t.Fatalf("NextDue of the open lane = %v, %v", ok, err)
	}
	if err := s.Recover(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	second := Claim(t, s, LaneChat)
	if len(second) != 1 || second[0].MotionID != "2" {
		t.Fatalf("claimed %v; want the second", second)
	}
	second[0].Failure = &bridge.Failure{Kind: bridge.Temporary, Message: "away"}
	FinishAs(t, s, second[0], bridge.Queued, now.Add(time.Hour))
	if err := s.Hasten(t.Context(), LaneChat, time.Now()); err != nil {
		t.Fatal(err)
	}
	if second = Claim(t, s, LaneChat); len(second) != 1 {
		t.Fatal("its lane was hurried and it is not due")
	}
	// It goes as a direct message after all.
	d := second[0]
	d.Kind, d.Lane, d.State, d.DueAt, d.Failure = bridge.KindDM, LaneDM, bridge.Queued, time.Now().Add(-time.Second), nil
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Opened: true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2", "3"} {
		next := Claim(t, s, LaneDM)
		if len(next) != 1 || next[0].MotionID != want {
			t.Fatalf("claimed %v; want %s", next, want)
		}
		FinishAs(t, s, next[0], bridge.Delivered, time.Time{})
	}
}

func personsActMovesAConversation(t *testing.T, place Place) {
	s := journal(t, place)
	first := Add(t, s, OutboundChat("1"))
	Add(t, s, Outbound("2"))
	if err := s.Update(t.Context(), first.ID, Discard); err != nil {
		t.Fatal(err)
	}
	if next := Claim(t, s, LaneDM); len(next) != 1 || next[0].MotionID != "2" {
		t.Errorf("claimed %v; want the direct message", next)
	}
}
