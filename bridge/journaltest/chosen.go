package journaltest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"perch/bridge"
)

func chosenIDsHideNobodysMessage(t *testing.T, place Place) {
	mention := Inbound("ann", "900")
	mention.Kind = bridge.KindMention
	file := Inbound("ann", "900#1")
	file.Parent = 1
	s := journal(t, place)
	for i, c := range []struct {
		what string
		in   []*bridge.Delivery
		want []string
	}{
		{"repeated by its sender", []*bridge.Delivery{Sealed("ann", "m"), Sealed("ann", "m")}, []string{"ann"}},
		{"used by two", []*bridge.Delivery{Sealed("mal", "m"), Sealed("ann", "m"), Sealed("ann", "m"), Sealed("mal", "m")}, []string{"mal", "ann"}},
		{"of the form that it is given then", []*bridge.Delivery{Sealed("mal", "m"), Sealed("mal", "m~ann"), Sealed("ann", "m"), Sealed("ann", "m")}, []string{"mal", "mal", "ann"}},
		{"of a direct message that was there", []*bridge.Delivery{Inbound("ann", "900"), Sealed("mal", "900")}, []string{"ann", "mal"}},
		{"of a direct message that comes", []*bridge.Delivery{Sealed("mal", "900"), Inbound("ann", "900")}, []string{"mal", "ann"}},
		{"of a direct message's file that comes", []*bridge.Delivery{Sealed("mal", "900#1"), file}, []string{"mal", "ann"}},
		{"of a mention that comes", []*bridge.Delivery{Sealed("mal", "900"), Sealed("mal", "900"), mention}, []string{"mal", "ann"}},
	} {
		oneByOne, together := fmt.Sprint("one by one ", i), fmt.Sprint("together ", i) // ids are a channel's own
		var all []*bridge.Delivery
		for _, d := range c.in {
			one, other := *d, *d
			one.Channel, one.Conversation = oneByOne, oneByOne+one.Conversation
			other.Channel, other.Conversation = together, together+other.Conversation
			Put(t, s, &one)
			all = append(all, &other)
		}
		Put(t, s, all...)
		for _, channel := range []string{oneByOne, together} {
			if got := storedOf(t, s, channel); !slices.Equal(got, c.want) {
				t.Errorf("an id %s, %s: stored are messages of %v, want %v", c.what, channel, got, c.want)
			}
		}
	}
}

func chosenIDsAreNoKnownPosts(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, Sealed("mal", "900"), Sealed("mal", "7c9e6679-7425-40de-944b-e07fc1f90ae7"))
	if known, err := s.HasReceived(t.Context(), "c", "900"); err != nil || known {
		t.Errorf("HasReceived = %v, %v; what was missed would not be fetched", known, err)
	}
	list, err := s.List(t.Context(), bridge.Filter{Search: "7c9e6679-7425-40de-944b-e07fc1f90ae7"})
	if err != nil || len(list) != 1 {
		t.Errorf("a usual id finds %d messages, %v", len(list), err)
	}
}

func waits(t *testing.T, s Journal, f bridge.Filter) []string {
	t.Helper()
	f.Waits = true
	return Find(t, s.List, f)
}

func whatWaitsToBeOpenedIsFound(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, Sealed("ann", "a"), Sealed("bob", "b"), Sealed("cat", "c"), Inbound("dan", "1"))
	for _, d := range Claim(t, s, LaneIn) {
		d.Progress.Waits = d.XID != "b"
		FinishAs(t, s, d, map[bool]bridge.State{true: bridge.Dead, false: bridge.Delivered}[d.XID == "c"], time.Time{})
	}
	for _, f := range []bridge.Filter{{}, {Channel: "c", Direction: bridge.In, Kind: bridge.KindEncrypted, Limit: 10}} {
		if got := waits(t, s, f); !slices.Equal(got, []string{"a"}) {
			t.Errorf("%+v finds %v, want what is delivered, encrypted and waits", f, got)
		}
	}
}

func countChats(t *testing.T, s Journal, channel string) int {
	t.Helper()
	n, err := s.CountChats(t.Context(), channel)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func keepChats(t *testing.T, s Journal) {
	t.Helper()
	for _, k := range []bridge.ChatKey{{Conversation: "1:2", Version: "7"}, {Conversation: "1:2", Version: "8"}, {Conversation: "g1", Version: "7"}} {
		keepKey(t, s, "c", k)
		keepKey(t, s, "d", k)
		if err := s.KeepChatPlace(t.Context(), "c", bridge.ChatPlace{Conversation: k.Conversation, Sequence: "5", Token: "t"}); err != nil {
			t.Fatal(err)
		}
	}
}

func chatOutlivesItsMessages(t *testing.T, place Place) {
	open := place(t)
	s := start(t, open)
	keepChats(t, s)
	Put(t, s, Sealed("ann", "a"), Inbound("bob", "1"))
	for _, d := range Claim(t, s, LaneIn) {
		FinishAs(t, s, d, bridge.Delivered, time.Time{})
	}
	if err := s.Prune(t.Context(), time.Now().Add(2*keepMessages)); err != nil {
		t.Fatal(err)
	}
	s.end(t)
	s = start(t, open)
	if got := Stored(t, s); slices.Contains(got, "ann") {
		t.Fatalf("nothing was pruned: %v", got)
	}
	place12, err := s.ChatPlace(t.Context(), "c", "1:2")
	if n := countChats(t, s, "c"); n != 2 || err != nil || place12.Sequence != "5" || wayOf(t, s, "ann") != bridge.KindChat {
		t.Errorf("left are %d conversations, %+v, %v, way %q", n, place12, err, wayOf(t, s, "ann"))
	}
}

func chatIsForgottenWhileMessagesWait(t *testing.T, place Place) {
	s := journal(t, place)
	keepChats(t, s)
	Put(t, s, Sealed("ann", "a"), Sealed("bob", "b"))
	d := Claim(t, s, LaneIn)[0]
	d.Progress.Waits = true
	FinishAs(t, s, d, bridge.Delivered, time.Time{})
	if err := s.ForgetChat(t.Context(), "c"); err != nil {
		t.Fatal(err)
	}
	left, err := s.ChatPlace(t.Context(), "c", "1:2")
	if n := countChats(t, s, "c"); n != 0 || err != nil || left != (bridge.ChatPlace{Conversation: "1:2"}) || len(chatKeys(t, s, "1:2")) != 0 {
		t.Errorf("left are %d conversations, %+v, %v", n, left, err)
	}
	if n := countChats(t, s, "d"); n != 2 {
		t.Errorf("another channel has %d conversations left, want 2", n)
	}
	if got := waits(t, s, bridge.Filter{}); !slices.Equal(got, []string{d.XID}) || len(Stored(t, s)) != 2 || wayOf(t, s, "ann") != bridge.KindChat {
		t.Errorf("messages: %v wait, %v are there", got, Stored(t, s))
	}
}
