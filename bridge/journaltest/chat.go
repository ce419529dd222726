package journaltest

import (
	"slices"
	"testing"
	"time"

	"perch/bridge"
)

var ofChat = []guarantee{
	{"never replaces a verified key by one that is not", verifiedKeysStay},
	{"never takes a place back", placesNeverGoBack},
	{"knows in which way somebody has written last", wayIsThatOfTheLastPrivateMessage},
	{"hides nobody's message behind an id that a sender chose", chosenIDsHideNobodysMessage},
	{"takes an id that a sender chose for no post of X", chosenIDsAreNoKnownPosts},
	{"finds what waits to be opened", whatWaitsToBeOpenedIsFound},
	{"stays when old messages go", chatOutlivesItsMessages},
	{"is forgotten while messages wait", chatIsForgottenWhileMessagesWait},
}

func chatKeys(t *testing.T, s Journal, conversation string) []bridge.ChatKey {
	t.Helper()
	all, err := s.ChatKeys(t.Context(), "c", conversation)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func keepKey(t *testing.T, s Journal, channel string, k bridge.ChatKey) {
	t.Helper()
	if err := s.KeepChatKey(t.Context(), channel, k); err != nil {
		t.Fatal(err)
	}
}

func verifiedKeysStay(t *testing.T, place Place) {
	s := journal(t, place)
	key := func(wrapped string, isVerified bool) bridge.ChatKey {
		return bridge.ChatKey{Conversation: "1:2", Version: "7", Owner: "f", Wrapped: wrapped, IsVerified: isVerified}
	}
	for _, step := range []struct {
		keep bridge.ChatKey
		want string
	}{
		{key("a", false), "a"},
		{key("b", false), "b"},
		{key("c", true), "c"},
		{key("d", false), "c"},
		{key("e", true), "e"},
	} {
		keepKey(t, s, "c", step.keep)
		if got := chatKeys(t, s, "1:2"); len(got) != 1 || got[0].Wrapped != step.want || got[0].IsVerified != (step.want >= "c") {
			t.Errorf("after %+v there is %+v; want %q", step.keep, got, step.want)
		}
	}
	other := key("of other keys", false)
	other.Owner = "g"
	keepKey(t, s, "c", other)
	keepKey(t, s, "other", key("of another channel", true))
	if got := chatKeys(t, s, "1:2"); len(got) != 2 || !slices.Contains(got, other) || !slices.Contains(got, key("e", true)) {
		t.Errorf("there are %+v; want one of each owner", got)
	}
}

func placesNeverGoBack(t *testing.T, place Place) {
	s := journal(t, place)
	at := time.UnixMilli(1_795_000_000_000)
	for _, step := range []struct {
		sequence, token string
		at              time.Time
		wantSequence    string
		wantToken       string
		wantAt          time.Time
	}{
		{"9", "t1", at, "9", "t1", at},
		{"10", "", at.Add(time.Second), "10", "t1", at.Add(time.Second)}, // greater as a number, smaller as a text
		{"9", "t2", time.Time{}, "10", "t2", at.Add(time.Second)},
		{"", "", at, "10", "t2", at.Add(time.Second)},
		{"1795000000000000001", "", time.Time{}, "1795000000000000001", "t2", at.Add(time.Second)},
		{"999999999999999999", "", time.Time{}, "1795000000000000001", "t2", at.Add(time.Second)},
	} {
		if err := s.KeepChatPlace(t.Context(), "c", bridge.ChatPlace{Conversation: "1:2", Sequence: step.sequence, Token: step.token, UpdatedAt: step.at}); err != nil {
			t.Fatal(err)
		}
		want := bridge.ChatPlace{Conversation: "1:2", Sequence: step.wantSequence, Token: step.wantToken, UpdatedAt: step.wantAt}
		got, err := s.ChatPlace(t.Context(), "c", "1:2")
		if err != nil || got.Sequence != want.Sequence || got.Token != want.Token || !got.UpdatedAt.Equal(want.UpdatedAt) {
			t.Errorf("after %+v the place is %+v, %v; want %+v", step, got, err, want)
		}
	}
	if got, err := s.ChatPlace(t.Context(), "c", "1:3"); err != nil || got != (bridge.ChatPlace{Conversation: "1:3"}) {
		t.Errorf("a conversation that is not known: %+v, %v", got, err)
	}
}

// wayOf is in which way a person has written last.
func wayOf(t *testing.T, s Journal, person string) bridge.MessageKind {
	t.Helper()
	way, err := s.LastWay(t.Context(), "c", person)
	if err != nil {
		t.Fatal(err)
	}
	return way
}

func wayIsThatOfTheLastPrivateMessage(t *testing.T, place Place) {
	s := journal(t, place)
	if got := wayOf(t, s, "ann"); got != "" {
		t.Errorf("of somebody who never wrote: %q", got)
	}
	changed := func(d *bridge.Delivery, change func(*bridge.Delivery)) *bridge.Delivery { change(d); return d }
	for i, step := range []struct {
		what string
		d    *bridge.Delivery
		want bridge.MessageKind
	}{
		{"a direct message", Inbound("ann", "1"), bridge.KindDM},
		{"an encrypted one", Sealed("ann", "a"), bridge.KindChat},
		{"a mention", changed(Inbound("ann", "2"), func(d *bridge.Delivery) { d.Kind = bridge.KindMention }), bridge.KindChat},
		{"a file of an earlier message", changed(Inbound("ann", ""), func(d *bridge.Delivery) { d.Parent = 1 }), bridge.KindChat},
		{"one that is born dead", changed(Inbound("ann", "3"), func(d *bridge.Delivery) { d.State = bridge.Dead }), bridge.KindChat},
		{"a repeated one", Inbound("ann", "1"), bridge.KindChat},
		{"another's", Inbound("bob", "4"), bridge.KindChat},
		{"one that comes late", changed(Inbound("ann", "5"), func(d *bridge.Delivery) { d.Event.CreatedAt = time.Now().Add(-time.Hour) }), bridge.KindChat},
		{"the next direct message", Inbound("ann", "6"), bridge.KindDM},
		{"an opened one", changed(Inbound("ann", "b"), func(d *bridge.Delivery) { d.Kind = bridge.KindChat }), bridge.KindChat},
	} {
		step.d.ReceivedAt = time.Now().Add(time.Duration(i) * time.Second)
		Put(t, s, step.d)
		if got := wayOf(t, s, "ann"); got != step.want {
			t.Errorf("after %s: %q, want %q", step.what, got, step.want)
		}
	}
	reply := Outbound("m1")
	reply.PeerID = "ann"
	Add(t, s, reply)
	if got := wayOf(t, s, "ann"); got != bridge.KindChat {
		t.Errorf("a reply made it %q", got)
	}
}
