package traffic

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"perch/app/control"
	"perch/ui/translation"
	"perch/ui/uitest"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

// chatter is a message of zoe's conversation.
func chatter(id int64, direction, kind, text string, at time.Time) control.Message {
	m := control.Message{
		ID: id, Channel: "support", Direction: direction, Kind: kind, State: "delivered", Attempts: 1, ReceivedAt: at, DeliveredAt: &at,
		From: "zoe", To: "acme_support", Text: text, Media: []control.Media{}, PersonID: "77",
	}
	if direction == "out" {
		m.From, m.To = m.To, m.From
	}
	return m
}

// withZoe lets zoe have written so many messages, and everybody else as many.
func withZoe(n int) func(*window.Options, *rig.Rig) {
	return func(_ *window.Options, r *rig.Rig) {
		for i := range int64(n) {
			at := rig.Now.Add(-time.Duration(int64(n)-i) * 10 * time.Minute)
			direction, kind := "in", "dm"
			if i%3 == 1 {
				direction = "out"
			}
			if i%4 == 3 {
				kind = map[string]string{"in": "mention", "out": "reply"}[direction]
			}
			r.Relay.Put(chatter(1000+2*i, direction, kind, fmt.Sprint("line ", i, strings.Repeat(" and more of it", int(i%7)*3)), at))
			r.Relay.Put(uitest.Random(1001+2*i, at))
		}
	}
}

func shownIDs(s *story) (ids []int64) {
	for _, b := range s.column.bubbles {
		ids = append(ids, b.said.ID)
	}
	return ids
}

func converse(r *rig.Rig, p *page, id int64) {
	p.openMessage(id)
	r.Settle()
	r.Press("Conversation")
	r.Refresh()
}

// mustStand fails when messages lie over each other or outside.
func mustStand(t *testing.T, s *story) {
	t.Helper()
	bottom := float32(-1)
	for _, o := range s.column.box.Objects {
		if o.Position().Y <= bottom || o.Size().Height < o.MinSize().Height-0.5 || o.Position().X < -0.5 || o.Position().X+o.Size().Width > s.column.size.Width+0.5 {
			t.Fatalf("%T at %v, %v, least %v, below %v, in %v", o, o.Position(), o.Size(), o.MinSize(), bottom, s.column.size)
		}
		bottom = o.Position().Y + o.Size().Height
	}
}

func TestAConversationIsLikeAChat(t *testing.T) {
	r, p := mustPage(t, func(o *window.Options, r *rig.Rig) {
		withZoe(6)(o, r)
		dead := chatter(2000, "out", "dm", "never sent", rig.Now.Add(-2*time.Minute))
		dead.State, dead.DeliveredAt = "dead", nil
		dead.Error = &control.Failure{Kind: "rejected", Message: "X refuses it", Remedy: "write it anew"}
		r.Relay.Put(dead)
		note := chatter(2001, "in", "note", "AUTO-RESPONSE: Your message was not sent", rig.Now.Add(-time.Minute))
		note.Parent = 2000
		r.Relay.Put(note)
		r.Relay.Put(chatter(2002, "in", "dm", "لم يصل الطلب حتى الآن 👍🏽", rig.Now.Add(-30*time.Second)))
	})
	converse(r, p, 1004)
	r.MustSee("Conversation with @zoe", "line 0", "private", "public", "never sent", "Failed", "X refuses it.", "Write it anew.", "from Perch to the agent", "24 Nov")
	mustStand(t, p.story)
	if got := shownIDs(p.story); !slices.Equal(got, []int64{1000, 1002, 1004, 1006, 1008, 1010, 2000, 2001, 2002}) {
		t.Fatalf("shown are %v", got)
	}
	width := p.story.column.size.Width
	for _, b := range p.story.column.bubbles {
		x, end := b.content.Position().X, b.content.Position().X+b.content.Size().Width
		switch b.said.ID {
		case 1002, 1008, 2000:
			if end < width-1 || x < 1 {
				t.Errorf("the agent's message %d is between %v and %v of %v", b.said.ID, x, end, width)
			}
		case 2001:
			if x < 1 || end > width-1 {
				t.Errorf("the note is between %v and %v of %v", x, end, width)
			}
		default:
			if x > 1 {
				t.Errorf("the customer's message %d begins at %v", b.said.ID, x)
			}
		}
	}
	r.MustBeReadable("conversation")
	r.MustTakeClicks("conversation")
	if !p.Escape() || p.isStory() || p.selected != 1004 {
		t.Errorf("Escape leads to the message %d, story %v", p.selected, p.isStory())
	}
}

func TestAConversationIsAKeyAway(t *testing.T) {
	r, p := mustPage(t, withZoe(6))
	press := func() {
		t.Helper()
		r.ConverseChosen()
		r.Settle()
		r.Refresh()
	}
	press()
	if p.isStory() {
		t.Error("without a message there is a conversation")
	}
	p.openMessage(1006)
	r.Settle()
	press()
	r.MustSee("Conversation with @zoe", "line 3")
	press()
	if !p.isStory() {
		t.Error("the key ends the conversation")
	}
	r.Key(fyne.KeyEscape)
	p.onClose()
	p.setFilter(p.filter)
	r.Canvas().Focus(p.list)
	p.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	press()
	if !p.isStory() {
		t.Error("from a line of the list there is no conversation")
	}
	r.Key(fyne.KeyEscape)
	if items := p.items(&control.Message{ID: 5, Kind: "unreadable", Direction: "in"}); slices.ContainsFunc(items, func(i *fyne.MenuItem) bool { return i.Label == "Conversation" }) {
		t.Error("nobody's message has a conversation")
	}
}

func TestALongConversationLoadsWhatIsReadOnly(t *testing.T) {
	r, p := mustPage(t, withZoe(1500))
	s := p.story
	middle := int64(1000 + 2*700)
	converse(r, p, middle)
	ids := shownIDs(s)
	if ids[0] > middle-2*90 || ids[len(ids)-1] < middle+2*90 || !s.hasNewer || !s.hasOlder {
		t.Fatalf("from %d to %d, %v, %v", ids[0], ids[len(ids)-1], s.hasOlder, s.hasNewer)
	}
	top, _ := s.column.topOf(middle)
	if y := top - s.reader.scroll.Offset.Y; y < 0 || y > s.reader.scroll.Size().Height {
		t.Errorf("the message is at %v of %v", y, s.reader.scroll.Size().Height)
	}
	mustStand(t, s)
	for range 12 {
		offset := s.reader.scroll.Offset.Y
		anchor, y := int64(0), float32(0)
		for _, b := range s.column.bubbles {
			if b.content.Position().Y > 50 {
				anchor, y = b.said.ID, b.content.Position().Y
				break
			}
		}
		s.reader.by(40 - offset)
		before := y - s.reader.scroll.Offset.Y
		r.Settle()
		after, _ := s.column.topOf(anchor)
		if d := after - s.reader.scroll.Offset.Y - before; d < -1 || d > 1 {
			t.Fatalf("what is read jumps by %v", d)
		}
		if len(s.messages) > storyMost {
			t.Fatalf("%d messages are held", len(s.messages))
		}
	}
	if s.hasOlder || s.messages[0].ID != 1000 {
		t.Errorf("it begins with %d", s.messages[0].ID)
	}
	mustStand(t, s)
	s.reader.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	r.Settle()
	if ids := shownIDs(s); ids[len(ids)-1] != 1000+2*1499 || !s.reader.isAtEnd() || s.hasNewer {
		t.Errorf("the end is %d", ids[len(ids)-1])
	}
	for range 20 {
		s.reader.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
		r.Settle()
	}
	for range 40 {
		s.reader.by(1 << 20)
		r.Settle()
		if len(s.messages) > storyMost {
			t.Fatalf("%d messages are held", len(s.messages))
		}
	}
	if ids := shownIDs(s); ids[len(ids)-1] != 1000+2*1499 || !slices.IsSorted(ids) {
		t.Errorf("going down ends at %d", ids[len(ids)-1])
	}
}

func TestAConversationGoesOnWhileItIsOpen(t *testing.T) {
	r, p := mustPage(t, withZoe(30))
	s := p.story
	converse(r, p, 1000+2*29)
	if !s.reader.isAtEnd() {
		t.Fatalf("it does not begin at its end: %v of %v", s.reader.scroll.Offset, s.column.size)
	}
	come := func(m control.Message) {
		t.Helper()
		r.Clock.Pass(2 * time.Second)
		r.Relay.Put(m)
		r.Watch.Receive(m)
		r.Refresh()
		r.Refresh()
	}
	fresh := chatter(5000, "in", "dm", "are you there", r.Clock.Now())
	come(fresh)
	r.MustSee("are you there")
	if !s.reader.isAtEnd() {
		t.Error("what is new is out of sight")
	}
	sending := chatter(5001, "out", "dm", "yes we are", r.Clock.Now())
	sending.State, sending.DeliveredAt = "sending", nil
	come(sending)
	r.MustSee("yes we are", "Sending")
	sending.State, sending.DeliveredAt = "delivered", &sending.ReceivedAt
	come(sending)
	r.MustNotSee("Sending")
	s.reader.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	offset := s.reader.scroll.Offset.Y
	come(chatter(5002, "in", "dm", "thank you", r.Clock.Now()))
	if s.reader.scroll.Offset.Y != offset || shownIDs(s)[len(s.messages)-1] != 5002 {
		t.Errorf("who reads above is moved from %v to %v", offset, s.reader.scroll.Offset.Y)
	}
	for i := range int64(storyPage + 20) {
		r.Relay.Put(chatter(6000+i, "in", "dm", fmt.Sprint("flood ", i), r.Clock.Now()))
	}
	come(chatter(7000, "in", "dm", "the last one", r.Clock.Now()))
	if !s.hasNewer {
		t.Error("a flood leaves a gap that nobody sees")
	}
	r.Press("To the newest")
	r.MustSee("the last one")
}

func TestPicturesOfAConversationComeWhenTheyAreSeen(t *testing.T) {
	asked := map[int64]int{}
	r, p := mustPage(t, func(o *window.Options, r *rig.Rig) {
		withZoe(60)(o, r)
		for _, id := range []int64{1000, 1000 + 2*59} {
			m := chatter(id, "in", "dm", "look", rig.Now.Add(-time.Duration(1120-id)*5*time.Minute))
			m.Media = []control.Media{{Type: "image/jpeg", Name: "parcel.jpg", Bytes: 1234}, {Type: "application/pdf", Name: "bill.pdf", Bytes: 99_000}}
			r.Relay.Put(m)
		}
		r.Relay.SetFiles(func(_ context.Context, id int64, _ int) (control.File, error) {
			asked[id]++
			return control.File{Name: "parcel.jpg", Type: "image/jpeg", Data: uitest.Parcel()}, nil
		})
	})
	converse(r, p, 1000+2*58)
	s := p.story
	s.reader.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	r.Settle()
	r.MustSee("parcel.jpg", "bill.pdf", "application/pdf · 99 kB")
	if asked[1000] != 0 || asked[1118] != 1 {
		t.Errorf("asked for %v", asked)
	}
	s.reader.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	r.Settle()
	if asked[1000] != 1 {
		t.Errorf("asked for %v", asked)
	}
	mustStand(t, s)
}

func TestAConversationFitsASmallWindowInItalian(t *testing.T) {
	r, p := mustPage(t, func(o *window.Options, r *rig.Rig) {
		withZoe(20)(o, r)
		o.Texts = translation.New("it")
		dead := chatter(1004, "out", "dm", "mai arrivato", rig.Now.Add(-200*time.Minute))
		dead.State, dead.DeliveredAt = "dead", nil
		dead.Error = &control.Failure{
			Kind: "rejected", Message: "X does not let this account send the customer a direct message", Remedy: "ask the customer to write first, to follow the brand or to allow messages from everyone",
		}
		r.Relay.Put(dead)
	})
	r.Fyne().Resize(fyne.NewSize(800, 600))
	r.Refresh()
	p.openMessage(1004)
	r.Settle()
	r.Refresh()
	if least := p.pane.scroll.Content.MinSize().Width; least > p.pane.scroll.Size().Width {
		t.Errorf("the message in full needs %v of %v", least, p.pane.scroll.Size().Width)
	}
	r.Press("Conversazione")
	r.MustSee("Conversazione con @zoe", "privato", "pubblico", "Indietro", "X non permette a questo account di inviare al cliente un messaggio diretto.")
	mustStand(t, p.story)
	if size := r.Fyne().Content().MinSize(); size.Width > 800 || size.Height > 600 {
		t.Errorf("it needs %v", size)
	}
	r.Fyne().Resize(fyne.NewSize(1400, 800))
	mustStand(t, p.story)
	test.Tap(rig.Find(r, "button", func(b interface {
		fyne.CanvasObject
		fyne.Tappable
		Text() string
	},
	) bool {
		return b.Text() == "Indietro"
	}))
	if p.isStory() {
		t.Error("the button does not lead back")
	}
}

func TestAConversationThatCannotBeReadSaysWhy(t *testing.T) {
	r, p := mustPage(t, withZoe(5))
	p.openMessage(1004)
	r.Settle()
	r.Relay.SetStopped(true)
	p.Converse(&control.Message{ID: 1004, Channel: "support", Direction: "in", From: "zoe", PersonID: "77"}, window.Traffic)
	r.Settle()
	r.MustSee("the relay is not running")
}

func TestMessagesOfATime(t *testing.T) {
	r, p := mustPage(t, withZoe(300))
	choose := func(index int) {
		p.period.Select.SetSelectedIndex(index)
		r.Settle()
		r.Refresh()
	}
	choose(1)
	midnight := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	if n := len(p.rows); n == 0 || p.rows[n-1].ReceivedAt.Before(midnight) || !p.filter.Since.Equal(midnight) {
		t.Errorf("%d rows since %v", n, p.filter.Since)
	}
	r.Clock.Pass(24 * time.Hour)
	r.Refresh()
	r.Refresh()
	if !p.filter.Since.Equal(midnight.AddDate(0, 0, 1)) || len(p.rows) != 0 {
		t.Errorf("tomorrow: %d rows since %v", len(p.rows), p.filter.Since)
	}
	choose(2)
	if !p.filter.Since.Equal(midnight.AddDate(0, 0, -5)) || len(p.rows) == 0 {
		t.Errorf("the last week begins at %v", p.filter.Since)
	}
	if !p.Escape() || !p.filter.IsZero() || p.period.Value() != "" {
		t.Errorf("Escape leaves %+v, %q", p.filter, p.period.Value())
	}
}
