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

// Whether the message's text and the event's are the same or not, both come back.
func textsComeBackAsTheyWere(t *testing.T, place Place) {
	s := journal(t, place)
	for i, texts := range [][2]string{{"hello \"you\" \U0001F600", "hello \"you\" \U0001F600"}, {"", ""}, {"shown", "meant"}, {"shown", ""}, {"", "meant"}} {
		d := Inbound("ann", string(rune('a'+i)))
		d.Text, d.Event.Text = texts[0], texts[1]
		Put(t, s, d)
		got, err := s.Get(t.Context(), d.ID)
		if err != nil || got.Text != texts[0] || got.Event == nil || got.Event.Text != texts[1] {
			t.Errorf("%q came back as %q and %+v, %v", texts, got.Text, got.Event, err)
		}
		if d.Event.Text != texts[1] {
			t.Errorf("%q: the caller's own is %q now", texts, d.Event.Text)
		}
	}
	d := Inbound("ann", "changed")
	d.Event.Text = d.Text
	Put(t, s, d)
	for range 7 {
		for _, c := range Claim(t, s, LaneIn) {
			if c.XID != "changed" {
				FinishAs(t, s, c, bridge.Delivered, c.DueAt)
				continue
			}
			c.Text, c.Event.Text = "opened", "opened"
			if err := s.Finish(t.Context(), bridge.Result{Delivery: c, Opened: true}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, err := s.Get(t.Context(), d.ID); err != nil || got.Text != "opened" || got.Event.Text != "opened" {
		t.Errorf("after it was opened: %q, %+v, %v", got.Text, got.Event, err)
	}
}

// A message of which some letters are none must not hold up those that come with it. The letters themselves may be lost.
func oddLettersHoldNothingUp(t *testing.T, place Place) {
	s := journal(t, place)
	odd, reply := Inbound("ann", "1"), Outbound("m1")
	odd.Text, odd.Event.Text, odd.From = "one\x00two\xffthree", "one\x00two\xffthree", "a\x00nn"
	reply.Text, reply.Reply.Body, reply.Remarks = "four\x00five", "four\x00five", []string{"said\x00so"}
	Put(t, s, odd, Inbound("bob", "2"))
	if _, _, err := s.Add(t.Context(), reply, []byte("{\"body\":\"four\x00five\"}")); err != nil {
		t.Fatal(err)
	}
	list, err := s.List(t.Context(), bridge.Filter{})
	if err != nil || len(list) != 3 {
		t.Fatalf("%d messages, %v; want all", len(list), err)
	}
	for _, word := range []string{"one", "two", "three"} {
		if got := list[2]; !strings.Contains(got.Text, word) || got.Event == nil || !strings.Contains(got.Event.Text, word) {
			t.Errorf("%q is missing: %+v, %+v", word, got, got.Event)
		}
	}
	d := Claim(t, s, LaneDM)[0]
	d.State, d.XID, d.To, d.Failure = bridge.Dead, "9", "b\x00ob\xff", &bridge.Failure{Kind: bridge.Rejected, Message: "no\x00\xff", Remedy: "\x00"}
	result := bridge.Result{Delivery: d, Attempt: bridge.Attempt{Number: 1, At: time.Now(), Outcome: bridge.Dead, Code: "\x00", Message: "no\xff\x00"}}
	result.Learned = bridge.Learned{Person: bridge.Person{ID: "7", Handle: "b\x00ob", Name: "B\xff\x00ob"}, InteractionID: "9"}
	if err := s.Finish(t.Context(), result); err != nil {
		t.Error(err)
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
