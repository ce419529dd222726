package journaltest

import (
	"context"
	"slices"
	"testing"
	"time"

	"perch/bridge"
)

// The lanes of Inbound's, Outbound's and OutboundChat's messages, which are all of the channel "c".
const (
	LaneIn   bridge.Lane = "c/in"
	LaneDM   bridge.Lane = "c/out/dm"
	LaneChat bridge.Lane = "c/out/chat"
)

// Inbound is a direct message of a person, which waits.
func Inbound(person, id string) *bridge.Delivery {
	now := time.Now().Add(-time.Second)
	return &bridge.Delivery{
		Channel: "c", Direction: bridge.In, Kind: bridge.KindDM, State: bridge.Queued, Lane: LaneIn,
		Conversation: "c/in/dm/" + person, XID: id, From: person, PeerID: person, Text: "text of " + id,
		Event: &bridge.Event{Kind: bridge.KindDM, XID: id}, ReceivedAt: now, DueAt: now,
	}
}

// Sealed is an encrypted message as it comes: its sender has chosen the id.
func Sealed(person, id string) *bridge.Delivery {
	d := Inbound(person, id)
	d.Kind, d.Text = bridge.KindEncrypted, "an encrypted message came"
	d.Event = &bridge.Event{Kind: bridge.KindEncrypted, XID: id, Sealed: &bridge.Sealed{Conversation: "1:2", Event: "AAAA"}}
	return d
}

// Outbound is an agent's reply, always in the same conversation.
func Outbound(id string) *bridge.Delivery {
	now := time.Now().Add(-time.Second)
	return &bridge.Delivery{
		Channel: "c", Direction: bridge.Out, Kind: bridge.KindDM, State: bridge.Queued, Lane: LaneDM,
		Conversation: "c/out/dm/1", MotionID: id, PeerID: "1", Reply: &bridge.Reply{MotionID: id, Body: "hello"}, ReceivedAt: now, DueAt: now,
	}
}

// OutboundChat is one that goes encrypted.
func OutboundChat(id string) *bridge.Delivery {
	d := Outbound(id)
	d.Kind, d.Lane = bridge.KindChat, LaneChat
	return d
}

// Put stores messages as if one run of posts had held them.
func Put(t *testing.T, s Journal, deliveries ...*bridge.Delivery) {
	t.Helper()
	if err := s.Unpack(t.Context(), 0, bridge.Unpacked{Deliveries: deliveries}); err != nil {
		t.Fatal(err)
	}
}

// Add stores an agent's reply that is new.
func Add(t *testing.T, s Journal, d *bridge.Delivery) *bridge.Delivery {
	t.Helper()
	stored, isKnown, err := s.Add(t.Context(), d, []byte("{}"))
	if err != nil || isKnown {
		t.Fatalf("Add = %v, %v, %v", stored, isKnown, err)
	}
	return stored
}

// Claim claims up to ten messages of a lane.
func Claim(t *testing.T, s Journal, lane bridge.Lane) []*bridge.Delivery {
	t.Helper()
	claimed, err := s.Claim(t.Context(), []bridge.LaneQuota{{Lane: lane, N: 10}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return claimed
}

// FinishAs ends an attempt in a state.
func FinishAs(t *testing.T, s Journal, d *bridge.Delivery, state bridge.State, due time.Time) {
	t.Helper()
	d.State, d.DueAt = state, due
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Attempt: bridge.Attempt{Number: 1, At: time.Now(), Outcome: state}}); err != nil {
		t.Fatal(err)
	}
}

// Discard is for Update: a person gives a message up.
func Discard(d *bridge.Delivery) (bridge.Result, error) {
	d.State = bridge.Discarded
	return bridge.Result{Delivery: d, Attempt: bridge.Attempt{At: time.Now(), Outcome: d.State}}, nil
}

// Keep keeps a post.
func Keep(t *testing.T, s Journal, body string, at time.Time) {
	t.Helper()
	if err := s.Keep(t.Context(), bridge.Post{ReceivedAt: at, Source: "x:c", Body: []byte(body)}); err != nil {
		t.Fatal(err)
	}
}

// Unread are the oldest ten posts that were not taken apart.
func Unread(t *testing.T, s Journal) []bridge.Post {
	t.Helper()
	posts, err := s.Unread(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	return posts
}

// Stored lists the people whose messages were stored, oldest first.
func Stored(t *testing.T, s Journal) []string {
	t.Helper()
	return storedOf(t, s, "")
}

func storedOf(t *testing.T, s Journal, channel string) []string {
	t.Helper()
	list, err := s.List(t.Context(), bridge.Filter{Channel: channel})
	if err != nil {
		t.Fatal(err)
	}
	var people []string
	for _, d := range list {
		people = append(people, d.PeerID)
	}
	slices.Reverse(people)
	return people
}

// Find returns the ids at X or Motion of what a filter finds, newest first.
func Find(t *testing.T, list func(context.Context, bridge.Filter) ([]*bridge.Delivery, error), f bridge.Filter) []string {
	t.Helper()
	found, err := list(t.Context(), f)
	if err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	ids := []string{}
	for _, d := range found {
		ids = append(ids, d.XID+d.MotionID)
	}
	return ids
}
