package journaltest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/bridge"
)

var ofStories = []guarantee{
	{"are of one person", storiesAreOfOnePerson},
	{"go by pages", storiesGoByPages},
	{"show what is being attempted", storiesShowAttempts},
}

// from is a message of a person under a name.
func from(id, handle, xID, text string) *bridge.Delivery {
	d := Inbound(id, xID)
	d.From, d.Text = handle, text
	return d
}

// to is an agent's reply.
func to(id, handle, motionID, text string) *bridge.Delivery {
	d := Outbound(motionID)
	d.PeerID, d.To, d.Text, d.Conversation = id, handle, text, "c/out/dm/"+handle
	return d
}

// Told is what a story holds, oldest first, one part for each channel; "…" stands for what is older, and ">" for what is newer.
func Told(t *testing.T, of func(context.Context, bridge.StoryFilter) ([]bridge.Story, error), f bridge.StoryFilter) string {
	t.Helper()
	stories, err := of(t.Context(), f)
	if err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	var parts []string
	for _, story := range stories {
		words := []string{story.Channel + ":"}
		for _, d := range slices.Backward(story.Deliveries) {
			words = append(words, d.Text)
		}
		if story.HasOlder {
			words = append(words, "…")
		}
		if story.HasNewer {
			words = append(words, ">")
		}
		parts = append(parts, strings.Join(words, " "))
	}
	return strings.Join(parts, " | ")
}

func storiesAreOfOnePerson(t *testing.T, place Place) {
	s := journal(t, place)
	sales := from("7", "ann_1", "30", "sales")
	sales.Channel, sales.Conversation, sales.Lane = "sales", "sales/in/dm/7", "sales/in"
	note := from("7", "ann_1", "note:1", "note")
	note.Kind, note.Parent = bridge.KindNote, 1
	dead := to("7", "ann_1", "m2", "dead")
	dead.State = bridge.Dead
	public := to("7", "ann_1", "m3", "public")
	public.Kind, public.ThreadID, public.State = bridge.KindReply, "10", bridge.Delivered
	Put(t, s, from("7", "Ann_1", "10", "one"), from("8", "bob", "20", "bob"), to("7", "ann_1", "m1", "two"), note, dead, public, sales,
		to("", "ANN_1", "m4", "nameless"), to("", "ann_12", "m5", "another"), from("9", "1234", "40", "digits"))
	const all = "c: one two note dead public nameless"
	for who, want := range map[string]string{
		"ann_1": all + " | sales: sales", "@ann_1": all + " | sales: sales", " @ANN_1 ": all + " | sales: sales", "7": "c: one two note dead public | sales: sales",
		"ann_": "", "nobody": "", "": "", "@": "", "%": "", "bob": "c: bob", "1234": "c: digits", "9": "c: digits", "ann_12": "c: another", "0": "", `"`: "", "a\x00b": "", "\xff": "",
	} {
		if got := Told(t, s.Story, bridge.StoryFilter{Who: who}); got != want {
			t.Errorf("before anything is known, %q: %q, want %q", who, got, want)
		}
	}
	learnHandle(t, s, "c", "7", "ann_1")
	learnHandle(t, s, "c", "7", "Ann_New")
	for _, who := range []string{"ann_1", "@Ann_1", "ann_new", "7"} {
		if got := Told(t, s.Story, bridge.StoryFilter{Who: who, Channel: "c"}); got != all {
			t.Errorf("%q: %q, want %q", who, got, all)
		}
	}
	stories, err := s.Story(t.Context(), bridge.StoryFilter{Who: "ANN_1", Channel: "c"})
	if err != nil || len(stories) != 1 || stories[0].Person != (bridge.Person{ID: "7", Handle: "Ann_New", Name: "Name of 7"}) || len(stories[0].Handles) != 2 {
		t.Errorf("%+v, %v", stories, err)
	}
	learnHandle(t, s, "c", "8", "ann_1") // she gave it up, and somebody else took it
	if got := Told(t, s.Story, bridge.StoryFilter{Who: "ann_1", Channel: "c"}); got != "c: bob nameless" {
		t.Errorf("a handle that was passed on: %q", got)
	}
	if got := Told(t, s.Story, bridge.StoryFilter{Who: "ann_new", Channel: "c"}); got != "c: one two note dead public" {
		t.Errorf("who had it before: %q", got)
	}
}

func storiesGoByPages(t *testing.T, place Place) {
	s := journal(t, place)
	began := time.Now().Add(-24 * time.Hour).Truncate(time.Hour)
	var ids []int64 // of Ann's and Bob's in turn
	for i := range 25 {
		d := from("7", "ann", fmt.Sprint(100+i), fmt.Sprint(i))
		d.ReceivedAt = began.Add(time.Duration(i) * 20 * time.Minute)
		other := from("8", "bob", fmt.Sprint(200+i), "bob")
		Put(t, s, d, other)
		ids = append(ids, d.ID, other.ID)
	}
	for _, tc := range []struct {
		f    bridge.StoryFilter
		want string
	}{
		{bridge.StoryFilter{Limit: 3}, "c: 22 23 24 …"},
		{bridge.StoryFilter{Limit: 3, Before: ids[44]}, "c: 19 20 21 …"},
		{bridge.StoryFilter{Limit: 3, Before: ids[4]}, "c: 0 1"},
		{bridge.StoryFilter{Limit: 2, Before: ids[4]}, "c: 0 1"},
		{bridge.StoryFilter{Since: began.Add(20 * time.Minute), Until: began.Add(80 * time.Minute)}, "c: 1 2 3"},
		{bridge.StoryFilter{Since: began.Add(21 * time.Minute), Until: began.Add(80 * time.Minute)}, "c: 2 3"},
		{bridge.StoryFilter{Since: began.Add(23 * 20 * time.Minute)}, "c: 23 24"},
		{bridge.StoryFilter{Until: began}, "c:"},
		{bridge.StoryFilter{Channel: "other"}, ""},
		{bridge.StoryFilter{Limit: 3, After: ids[4]}, "c: 3 4 5 >"},
		{bridge.StoryFilter{Limit: 3, After: ids[42]}, "c: 22 23 24"},
		{bridge.StoryFilter{Limit: 3, After: ids[48]}, "c:"},
		{bridge.StoryFilter{Limit: 3, After: ids[4], Before: ids[42]}, "c: 18 19 20 …"},
	} {
		tc.f.Who = "7"
		if got := Told(t, s.Story, tc.f); got != tc.want {
			t.Errorf("%+v: %q, want %q", tc.f, got, tc.want)
		}
	}
}

func storiesShowAttempts(t *testing.T, place Place) {
	s := journal(t, place)
	Put(t, s, from("7", "ann", "1", "one"))
	Claim(t, s, LaneIn)
	stories, err := s.Story(t.Context(), bridge.StoryFilter{Who: "7"})
	if err != nil || len(stories) != 1 || len(stories[0].Deliveries) != 1 || stories[0].Deliveries[0].State != bridge.Sending {
		t.Errorf("%+v, %v", stories, err)
	}
}
