package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/xchat"
)

// sealed is an encrypted message as it comes: its sender has chosen the id.
func sealed(person, id string) *bridge.Delivery {
	d := inbound(person, id)
	d.Kind, d.Text = bridge.KindEncrypted, "an encrypted message came"
	d.Event = &bridge.Event{Kind: bridge.KindEncrypted, XID: id, Sealed: &bridge.Sealed{Conversation: "1:2", Event: "AAAA"}}
	return d
}

func outChat(id string) *bridge.Delivery {
	d := outbound(id)
	d.Kind, d.Lane = bridge.KindChat, "c/out/chat"
	return d
}

func chatKeys(t *testing.T, s *Store, conversation string) []bridge.ChatKey {
	t.Helper()
	all, err := s.ChatKeys(t.Context(), "c", conversation)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func keepKey(t *testing.T, s *Store, channel string, k bridge.ChatKey) {
	t.Helper()
	if err := s.KeepChatKey(t.Context(), channel, k); err != nil {
		t.Fatal(err)
	}
}

func TestAVerifiedKeyIsNotReplacedByOneThatIsNot(t *testing.T) {
	s := journal(t)
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

func TestAPlaceNeverGoesBack(t *testing.T) {
	s := journal(t)
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

func wayOf(t *testing.T, s *Store, person string) bridge.MessageKind {
	t.Helper()
	way, err := s.LastWay(t.Context(), "c", person)
	if err != nil {
		t.Fatal(err)
	}
	return way
}

func TestWayIsThatOfTheLastPrivateMessage(t *testing.T) {
	s := journal(t)
	if got := wayOf(t, s, "ann"); got != "" {
		t.Errorf("of somebody who never wrote: %q", got)
	}
	changed := func(d *bridge.Delivery, change func(*bridge.Delivery)) *bridge.Delivery { change(d); return d }
	for i, step := range []struct {
		what string
		d    *bridge.Delivery
		want bridge.MessageKind
	}{
		{"a direct message", inbound("ann", "1"), bridge.KindDM},
		{"an encrypted one", sealed("ann", "a"), bridge.KindChat},
		{"a mention", changed(inbound("ann", "2"), func(d *bridge.Delivery) { d.Kind = bridge.KindMention }), bridge.KindChat},
		{"a file of an earlier message", changed(inbound("ann", ""), func(d *bridge.Delivery) { d.Parent = 1 }), bridge.KindChat},
		{"one that is born dead", changed(inbound("ann", "3"), func(d *bridge.Delivery) { d.State = bridge.Dead }), bridge.KindChat},
		{"a repeated one", inbound("ann", "1"), bridge.KindChat},
		{"another's", inbound("bob", "4"), bridge.KindChat},
		{"one that comes late", changed(inbound("ann", "5"), func(d *bridge.Delivery) { d.Event.CreatedAt = time.Now().Add(-time.Hour) }), bridge.KindChat},
		{"the next direct message", inbound("ann", "6"), bridge.KindDM},
		{"an opened one", changed(inbound("ann", "b"), func(d *bridge.Delivery) { d.Kind = bridge.KindChat }), bridge.KindChat},
	} {
		step.d.ReceivedAt = time.Now().Add(time.Duration(i) * time.Second)
		put(t, s, step.d)
		if got := wayOf(t, s, "ann"); got != step.want {
			t.Errorf("after %s: %q, want %q", step.what, got, step.want)
		}
	}
	if _, _, err := s.Add(t.Context(), changed(outbound("m1"), func(d *bridge.Delivery) { d.PeerID = "ann" }), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if got := wayOf(t, s, "ann"); got != bridge.KindChat {
		t.Errorf("a reply made it %q", got)
	}
}

// stored lists the people whose messages were stored, oldest first.
func stored(t *testing.T, s *Store) []string {
	t.Helper()
	list, err := s.List(t.Context(), bridge.Filter{})
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

func TestAnIDThatASenderChoseHidesNobodysMessage(t *testing.T) {
	mention := inbound("ann", "900")
	mention.Kind = bridge.KindMention
	file := inbound("ann", "900#1")
	file.Parent = 1
	for _, c := range []struct {
		what string
		in   []*bridge.Delivery
		want []string
	}{
		{"repeated by its sender", []*bridge.Delivery{sealed("ann", "m"), sealed("ann", "m")}, []string{"ann"}},
		{"used by two", []*bridge.Delivery{sealed("mal", "m"), sealed("ann", "m"), sealed("ann", "m"), sealed("mal", "m")}, []string{"mal", "ann"}},
		{"of the form that it is given then", []*bridge.Delivery{sealed("mal", "m"), sealed("mal", "m~ann"), sealed("ann", "m"), sealed("ann", "m")}, []string{"mal", "mal", "ann"}},
		{"of a direct message that was there", []*bridge.Delivery{inbound("ann", "900"), sealed("mal", "900")}, []string{"ann", "mal"}},
		{"of a direct message that comes", []*bridge.Delivery{sealed("mal", "900"), inbound("ann", "900")}, []string{"mal", "ann"}},
		{"of a direct message's file that comes", []*bridge.Delivery{sealed("mal", "900#1"), file}, []string{"mal", "ann"}},
		{"of a mention that comes", []*bridge.Delivery{sealed("mal", "900"), sealed("mal", "900"), mention}, []string{"mal", "ann"}},
	} {
		s := journal(t)
		for _, d := range c.in {
			copied := *d
			put(t, s, &copied)
		}
		if got := stored(t, s); !slices.Equal(got, c.want) {
			t.Errorf("an id %s: stored are messages of %v, want %v", c.what, got, c.want)
		}
	}
}

func TestAnIDThatASenderChoseIsNoKnownPost(t *testing.T) {
	s := journal(t)
	put(t, s, sealed("mal", "900"), sealed("mal", "7c9e6679-7425-40de-944b-e07fc1f90ae7"))
	if known, err := s.HasReceived(t.Context(), "c", "900"); err != nil || known {
		t.Errorf("HasReceived = %v, %v; what was missed would not be fetched", known, err)
	}
	list, err := s.List(t.Context(), bridge.Filter{Search: "7c9e6679-7425-40de-944b-e07fc1f90ae7"})
	if err != nil || len(list) != 1 {
		t.Errorf("a usual id finds %d messages, %v", len(list), err)
	}
}

// A write that is tried again alone, because another in its transaction failed, is the same write.
func TestAnIDOfTwoSendersOutlivesAFailedTransaction(t *testing.T) {
	s := journal(t)
	put(t, s, sealed("mal", "m"))
	d := sealed("ann", "m")
	for range 2 {
		if err := s.write(t.Context(), func(tx *tx) error {
			if err := insertIfNew(tx, d); err != nil {
				return err
			}
			return fmt.Errorf("another one failed")
		}); err == nil {
			t.Fatal("no error")
		}
	}
	put(t, s, d)
	put(t, s, sealed("ann", "m"))
	if got := stored(t, s); !slices.Equal(got, []string{"mal", "ann"}) {
		t.Errorf("stored are messages of %v", got)
	}
}

func countOf(t *testing.T, s *Store, kind bridge.MessageKind, state bridge.State) (n int) {
	t.Helper()
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		if c.Kind == kind && c.State == state {
			n += c.N
		}
	}
	return n
}

func TestAnOpenedMessageIsStoredAsWhatItHolds(t *testing.T) {
	s := journal(t)
	put(t, s, sealed("ann", "a"), sealed("bob", "b"), sealed("cat", "c"))
	for i, state := range []bridge.State{bridge.Delivered, bridge.Discarded, bridge.Delivered} {
		d, err := s.Get(t.Context(), int64(i+1))
		if err != nil {
			t.Fatal(err)
		}
		claim(t, s, "c/in")
		isOpened := i < 2
		d.Kind, d.Text, d.State, d.Conversation = bridge.KindChat, "in clear", state, "c/in/dm/elsewhere"
		d.Event = &bridge.Event{Kind: bridge.KindChat, XID: d.XID, Text: "in clear"}
		if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Opened: isOpened}); err != nil {
			t.Fatal(err)
		}
		got, err := s.Get(t.Context(), d.ID)
		if err != nil || got.State != state || got.Conversation == d.Conversation {
			t.Fatalf("stored is %+v, %v", got, err)
		}
		if is := got.Kind == bridge.KindChat && got.Text == "in clear" && got.Event.Text == "in clear"; is != isOpened {
			t.Errorf("opened %v: stored is %s %q with %+v", isOpened, got.Kind, got.Text, got.Event)
		}
	}
	for _, want := range []bridge.Count{
		{Kind: bridge.KindChat, State: bridge.Delivered, N: 1},
		{Kind: bridge.KindChat, State: bridge.Discarded, N: 1},
		{Kind: bridge.KindEncrypted, State: bridge.Delivered, N: 1},
		{Kind: bridge.KindEncrypted, State: bridge.Sending},
	} {
		if got := countOf(t, s, want.Kind, want.State); got != want.N {
			t.Errorf("%d are %s and %s, want %d", got, want.Kind, want.State, want.N)
		}
	}
}

func TestAConversationOfTwoLanesKeepsItsOrder(t *testing.T) {
	s := journal(t)
	for _, d := range []*bridge.Delivery{outbound("1"), outChat("2"), outbound("3")} {
		if _, _, err := s.Add(t.Context(), d, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	first := claim(t, s, "c/out/dm")
	if len(first) != 1 || first[0].MotionID != "1" {
		t.Fatalf("claimed %v; want the first", first)
	}
	finishAs(t, s, first[0], bridge.Delivered, time.Time{})
	// The chat lane is shut: nobody claims it. What is behind waits, also when its own lane is hurried.
	now := time.Now()
	if err := s.Hasten(t.Context(), "c/out/dm", now); err != nil {
		t.Fatal(err)
	}
	if more := claim(t, s, "c/out/dm"); len(more) != 0 {
		t.Fatalf("claimed %v past the one that waits", more)
	}
	if _, ok, err := s.NextDue(t.Context(), []bridge.Lane{"c/out/dm"}); ok || err != nil {
		t.Fatalf("NextDue of the open lane = %v, %v", ok, err)
	}
	if err := s.Recover(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	second := claim(t, s, "c/out/chat")
	if len(second) != 1 || second[0].MotionID != "2" {
		t.Fatalf("claimed %v; want the second", second)
	}
	second[0].Failure = &bridge.Failure{Kind: bridge.Temporary, Message: "away"}
	finishAs(t, s, second[0], bridge.Queued, now.Add(time.Hour))
	if err := s.Hasten(t.Context(), "c/out/chat", time.Now()); err != nil {
		t.Fatal(err)
	}
	if second = claim(t, s, "c/out/chat"); len(second) != 1 {
		t.Fatal("its lane was hurried and it is not due")
	}
	// It goes as a direct message after all.
	d := second[0]
	d.Kind, d.Lane, d.State, d.DueAt, d.Failure = bridge.KindDM, "c/out/dm", bridge.Queued, time.Now().Add(-time.Second), nil
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Opened: true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2", "3"} {
		next := claim(t, s, "c/out/dm")
		if len(next) != 1 || next[0].MotionID != want {
			t.Fatalf("claimed %v; want %s", next, want)
		}
		finishAs(t, s, next[0], bridge.Delivered, time.Time{})
	}
}

func TestAPersonsActMovesAConversationToTheNextLane(t *testing.T) {
	s := journal(t)
	for _, d := range []*bridge.Delivery{outChat("1"), outbound("2")} {
		if _, _, err := s.Add(t.Context(), d, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Update(t.Context(), 1, func(d *bridge.Delivery) (bridge.Result, error) {
		d.State = bridge.Discarded
		return bridge.Result{Delivery: d}, nil
	}); err != nil {
		t.Fatal(err)
	}
	if next := claim(t, s, "c/out/dm"); len(next) != 1 || next[0].MotionID != "2" {
		t.Errorf("claimed %v; want the direct message", next)
	}
}

func waits(t *testing.T, s *Store, f bridge.Filter) []string {
	t.Helper()
	f.Waits = true
	list, err := s.List(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, d := range list {
		ids = append(ids, d.XID)
	}
	return ids
}

func TestWhatWaitsToBeOpenedIsFound(t *testing.T) {
	s := journal(t)
	put(t, s, sealed("ann", "a"), sealed("bob", "b"), sealed("cat", "c"), inbound("dan", "1"))
	for _, d := range claim(t, s, "c/in") {
		d.Progress.Waits = d.XID != "b"
		finishAs(t, s, d, map[bool]bridge.State{true: bridge.Dead, false: bridge.Delivered}[d.XID == "c"], time.Time{})
	}
	for _, f := range []bridge.Filter{{}, {Channel: "c", Direction: bridge.In, Kind: bridge.KindEncrypted, Limit: 10}} {
		if got := waits(t, s, f); !slices.Equal(got, []string{"a"}) {
			t.Errorf("%+v finds %v, want what is delivered, encrypted and waits", f, got)
		}
	}
}

func TestWhatWaitsIsFoundWithoutReadingTheOthers(t *testing.T) {
	s := journal(t)
	for _, f := range []bridge.Filter{{Waits: true}, {Channel: "c", Direction: bridge.In, Kind: bridge.KindEncrypted, Waits: true}} {
		find := newFinder(t.Context(), nil, f, nil)
		find.top = 1_000_000
		rows, err := s.reader.QueryContext(t.Context(), `EXPLAIN QUERY PLAN SELECT m.id FROM message m WHERE `+find.within()+find.where+` ORDER BY m.id DESC LIMIT 5`, find.args...)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
		if all := strings.Join(plan, "; "); !strings.Contains(all, "message_encrypted") || strings.Contains(all, "TEMP B-TREE") {
			t.Errorf("%+v: %s", f, all)
		}
	}
}

func TestRecoverKeepsAPostedChatMessageToBeLookedFor(t *testing.T) {
	s := journal(t)
	for i, id := range []string{"1", "2"} {
		d := outChat(id)
		d.Conversation += fmt.Sprint(i)
		if _, _, err := s.Add(t.Context(), d, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	claimed := claim(t, s, "c/out/chat")
	if len(claimed) != 2 {
		t.Fatalf("claimed %d", len(claimed))
	}
	posted := &bridge.Posted{Conversation: "1:2", KeyVersion: "7", MessagePost: xchat.MessagePost{MessageID: "u"}}
	if err := s.Mark(t.Context(), 1, bridge.Progress{Posted: posted}); err != nil {
		t.Fatal(err)
	}
	if err := s.Mark(t.Context(), 2, bridge.Progress{Posted: posted, CallingSince: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := s.Recover(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	again := claim(t, s, "c/out/chat")
	if len(again) != 2 {
		t.Fatalf("claimed %d after Recover, want both", len(again))
	}
	for _, d := range again {
		want := map[int64]bridge.State{1: bridge.Sending, 2: bridge.Undecided}[d.ID]
		if d.State != want || d.Progress.Posted == nil || d.Progress.Posted.MessageID != "u" {
			t.Errorf("message %d is %s with %+v, want %s with what was posted", d.ID, d.State, d.Progress.Posted, want)
		}
	}
}

func countChats(t *testing.T, s *Store, channel string) int {
	t.Helper()
	n, err := s.CountChats(t.Context(), channel)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func keepChats(t *testing.T, s *Store) {
	t.Helper()
	for _, k := range []bridge.ChatKey{{Conversation: "1:2", Version: "7"}, {Conversation: "1:2", Version: "8"}, {Conversation: "g1", Version: "7"}} {
		keepKey(t, s, "c", k)
		keepKey(t, s, "d", k)
		if err := s.KeepChatPlace(t.Context(), "c", bridge.ChatPlace{Conversation: k.Conversation, Sequence: "5", Token: "t"}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPruneKeepsKeysPlacesAndWays(t *testing.T) {
	s := journal(t)
	keepChats(t, s)
	put(t, s, sealed("ann", "a"), inbound("bob", "1"))
	for _, d := range claim(t, s, "c/in") {
		finishAs(t, s, d, bridge.Delivered, time.Time{})
	}
	if err := s.Prune(t.Context(), time.Now().Add(2*keepMessages)); err != nil {
		t.Fatal(err)
	}
	place, err := s.ChatPlace(t.Context(), "c", "1:2")
	if got := stored(t, s); len(got) != 1 {
		t.Fatalf("nothing was pruned: %v", got)
	}
	if n := countChats(t, s, "c"); n != 2 || err != nil || place.Sequence != "5" || wayOf(t, s, "ann") != bridge.KindChat {
		t.Errorf("left are %d conversations, %+v, %v, way %q", n, place, err, wayOf(t, s, "ann"))
	}
}

func TestForgetChatWhileMessagesWait(t *testing.T) {
	s := journal(t)
	keepChats(t, s)
	put(t, s, sealed("ann", "a"), sealed("bob", "b"))
	d := claim(t, s, "c/in")[0]
	d.Progress.Waits = true
	finishAs(t, s, d, bridge.Delivered, time.Time{})
	if err := s.ForgetChat(t.Context(), "c"); err != nil {
		t.Fatal(err)
	}
	place, err := s.ChatPlace(t.Context(), "c", "1:2")
	if n := countChats(t, s, "c"); n != 0 || err != nil || place != (bridge.ChatPlace{Conversation: "1:2"}) || len(chatKeys(t, s, "1:2")) != 0 {
		t.Errorf("left are %d conversations, %+v, %v", n, place, err)
	}
	if n := countChats(t, s, "d"); n != 2 {
		t.Errorf("another channel has %d conversations left, want 2", n)
	}
	if got := waits(t, s, bridge.Filter{}); !slices.Equal(got, []string{d.XID}) || len(stored(t, s)) != 2 || wayOf(t, s, "ann") != bridge.KindChat {
		t.Errorf("messages: %v wait, %v are there", got, stored(t, s))
	}
}
