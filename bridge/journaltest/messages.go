package journaltest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
	"perch/bridge/xchat"
)

var ofMessages = []guarantee{
	{"that come twice are stored once", duplicatesAreStoredOnce},
	{"of other channels and ways are no duplicates", idsAreOfAChannelAndAWay},
	{"come back as they were", messagesComeBackAsTheyWere},
	{"come back with their texts", textsComeBackAsTheyWere},
	{"with letters that cannot be kept are kept all the same", oddLettersHoldNothingUp},
	{"that there are not are refused in words", aMessageThatThereIsNot},
	{"from Motion keep what was said about them", repliesKeepTheirRemarks},
	{"are known by their ids at X", messagesAreKnownByTheirIDs},
}

func duplicatesAreStoredOnce(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, Inbound("ann", "1"), Inbound("ann", "1"))
	Put(t, s, Inbound("ann", "1"))
	if list, err := s.List(t.Context(), bridge.Filter{}); err != nil || len(list) != 1 {
		t.Fatalf("List = %d messages, %v; want 1", len(list), err)
	}
	first, known, err := s.Add(t.Context(), Outbound("m1"), []byte("{}"))
	if err != nil || known || first.ID == 0 {
		t.Fatalf("Add = %v, %v, %v", first, known, err)
	}
	again, known, err := s.Add(t.Context(), Outbound("m1"), []byte("{}"))
	if err != nil || !known || again.ID != first.ID || again.Post != first.Post {
		t.Fatalf("second Add = %v, %v, %v; want the first one", again, known, err)
	}
	// What Perch adds itself may have come from X before.
	came, known, err := s.Add(t.Context(), Inbound("ann", "1"), []byte("{}"))
	if err != nil || !known || came.XID != "1" || came.ID >= first.ID {
		t.Errorf("Add of what came in = %v, %v, %v", came, known, err)
	}
	whatIs(t, s, bridge.Queued, bridge.Queued)
}

func idsAreOfAChannelAndAWay(t *testing.T, place Place) {
	s := journal(t, place)
	other, out := Inbound("ann", "1"), Outbound("1")
	other.Channel, other.Lane, other.Conversation = "d", "d/in", "d/in/dm/ann"
	nameless := func() *bridge.Delivery { d := Inbound("ann", ""); d.Kind, d.Event = bridge.KindNote, nil; return d }
	Put(t, s, Inbound("ann", "1"), other, out, nameless(), nameless())
	if list, err := s.List(t.Context(), bridge.Filter{}); err != nil || len(list) != 5 {
		t.Errorf("List = %d messages, %v; want all 5", len(list), err)
	}
}

func messagesComeBackAsTheyWere(t *testing.T, place Place) {
	s := journal(t, place)
	at := time.UnixMilli(1_795_000_000_123)
	in := Inbound("ann", "1")
	in.ThreadID, in.From, in.To, in.Parent = "77", "Ann_1", "brand", 0
	in.Media = []bridge.Attached{{Type: "image/png", Name: "a \"b\".png", Bytes: 5 << 32}}
	in.Event = &bridge.Event{Kind: bridge.KindDM, XID: "1", From: bridge.Person{ID: "7", Handle: "Ann_1"}, Text: "è", CreatedAt: at.UTC()}
	in.Progress = bridge.Progress{FilesDone: 2, Thread: &bridge.Thread{Posts: []string{"4", "5"}}}
	in.ReceivedAt, in.DueAt = at, at.Add(time.Hour)
	out := Outbound("m1")
	out.State, out.Failure = bridge.Dead, &bridge.Failure{Kind: bridge.Rejected, Message: "no", Remedy: "ask"}
	out.Reply = &bridge.Reply{MotionID: "m1", Body: "hello", InteractionID: "9", Command: bridge.CommandDM}
	out.Progress.Posted = &bridge.Posted{Conversation: "1:2", KeyVersion: "7", MessagePost: xchat.MessagePost{MessageID: "u"}}
	out.ReceivedAt, out.DueAt = at.Add(time.Minute), time.Time{}
	Put(t, s, in, out)
	for _, want := range []*bridge.Delivery{in, out} {
		got, err := s.Get(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Error(diff)
		}
		list, err := s.List(t.Context(), bridge.Filter{Before: want.ID + 1, Limit: 1})
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if diff := cmp.Diff(want, list[0], cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Error("in the list: ", diff)
		}
	}
}

func aMessageThatThereIsNot(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, Inbound("ann", "1"))
	_, err := s.Get(t.Context(), 4711)
	updated := s.Update(t.Context(), 4711, Discard)
	for _, err := range []error{err, updated} {
		var e *bridge.Error
		if !errors.As(err, &e) || e.Kind != bridge.Invalid || e.Side != bridge.SidePerch || !strings.Contains(e.Message, "4711") || e.Remedy == "" {
			t.Errorf("%v; want an invalid one that names the number and what to do", err)
		}
	}
}

func repliesKeepTheirRemarks(t *testing.T, place Place) {
	s := journal(t, place)
	d := Outbound("m1")
	d.Remarks = []string{"first", "second"}
	d = Add(t, s, d)
	list, err := s.Attempts(t.Context(), d.ID)
	said := []string{}
	for _, a := range list {
		if a.Number == 0 && a.Outcome == bridge.Queued && a.At.Equal(d.ReceivedAt.Truncate(time.Millisecond)) {
			said = append(said, a.Message)
		}
	}
	if err != nil || !slices.Equal(said, d.Remarks) {
		t.Errorf("the history is %+v, %v", list, err)
	}
}

func messagesAreKnownByTheirIDs(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, Inbound("ann", "1"))
	Add(t, s, Outbound("m1"))
	d := Claim(t, s, LaneDM)[0]
	d.XID = "2"
	FinishAs(t, s, d, bridge.Delivered, time.Time{})
	for _, c := range []struct {
		channel, id           string
		isSent, hasBeenOfHers bool
	}{{"c", "1", false, true}, {"c", "2", true, false}, {"d", "1", false, false}, {"d", "2", false, false}, {"c", "3", false, false}} {
		sent, err := s.IsSent(t.Context(), c.channel, c.id)
		received, errReceived := s.HasReceived(t.Context(), c.channel, c.id)
		if err := errors.Join(err, errReceived); err != nil || sent != c.isSent || received != c.hasBeenOfHers {
			t.Errorf("%s of %s is sent %v, received %v, %v", c.id, c.channel, sent, received, err)
		}
	}
}
