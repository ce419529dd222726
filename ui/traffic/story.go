package traffic

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/window"
)

// story is all that was said with one customer, like a chat. It guarantees that what is read stands still while more is
// loaded, before it or behind it, and that it holds storyMost messages at most.
type story struct {
	win     *window.Window
	content fyne.CanvasObject
	title   *kit.Text
	about   *kit.Text
	newest  *kit.Button
	empty   *kit.Paragraph
	column  *column
	reader  *reader
	// open shows a message in full.
	open func(id int64)

	query    control.ConversationQuery // channel and person; Person is "" while nothing is shown
	who      string                    // as the customer is called until more is known
	marked   int64                     // the message from which the conversation was opened
	asked    int                       // counts conversations, so that late answers are known
	messages []*control.Message        // in order
	bubbles  map[int64]*bubble
	hasOlder bool
	hasNewer bool
	loading  bool
	live     live
}

func newStory(win *window.Window, back func(), open func(id int64)) *story {
	s := &story{win: win, open: open, column: newColumn(), bubbles: map[int64]*bubble{}}
	s.title, s.about = kit.CutText("", kit.TextTitle, kit.Ink), kit.CutText("", kit.TextSmall, kit.Muted)
	s.title.Bold = true
	s.newest = kit.NewButton(win.T("window.story.newest"), "down", kit.Plain, s.toNewest).Small()
	s.newest.Hide()
	s.empty = kit.NewParagraph("", kit.TextBody, kit.Muted)
	s.reader = newReader(kit.Inset(4, 8, 4, 14, s.column.box), s.onScrolled, s.toOldest, s.toNewest)
	head := container.NewBorder(nil, nil, kit.Pad(kit.Middle(kit.NewButton(win.T("window.story.back"), "left", kit.Plain, back).Small()), 0, 0), nil,
		kit.Inset(0, 0, 12, 0, kit.VStack(2, s.title, s.about)))
	float := container.NewBorder(nil, kit.Pad(container.NewCenter(s.newest), 8, 0), nil, nil)
	none := container.NewCenter(kit.AtLeast(s.empty, fyne.NewSize(320, 0)))
	card := container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius), kit.Pad(container.NewStack(none, s.reader, float), 6, 8))
	s.content = kit.Filled(head, card)
	return s
}

// show shows the conversation that a message belongs to, at the message.
func (s *story) show(m *control.Message) {
	s.leave()
	s.query, s.marked = control.ConversationQuery{Channel: m.Channel, Person: m.Who(), Limit: storyPage}, m.ID
	if s.who = format.Handle(m.From); m.Direction == "out" {
		s.who = format.Handle(m.To)
	}
	s.title.SetText(s.win.T("window.story.title", s.who))
	s.about.SetText(m.Channel)
	s.empty.Set(s.win.T("window.story.loading"), kit.Muted)
	s.empty.Show()
	s.win.Canvas().Focus(s.reader)
	s.loadAround(m.ID)
}

// leave forgets what is shown.
func (s *story) leave() {
	s.asked++
	s.query = control.ConversationQuery{}
	for _, b := range s.bubbles {
		b.leave()
	}
	s.messages, s.bubbles, s.loading, s.hasOlder, s.hasNewer, s.live = nil, map[int64]*bubble{}, false, false, false, live{}
	s.column.show(nil, s.column.size.Width)
}

// describe says whose conversation it is.
func (s *story) describe(c control.Conversation) {
	if c.Person.Handle != "" {
		s.who = format.Handle(c.Person.Handle)
	}
	s.title.SetText(s.win.T("window.story.title", s.who))
	parts := []string{c.Channel}
	if c.Person.Name != "" {
		parts = append([]string{c.Person.Name}, parts...)
	}
	var others []string
	for _, h := range c.Person.Handles {
		if !strings.EqualFold(h, c.Person.Handle) {
			others = append(others, "@"+h)
		}
	}
	if len(others) > 0 {
		parts = append(parts, s.win.T("window.story.also", strings.Join(others, ", ")))
	}
	s.about.SetText(strings.Join(parts, " · "))
}

// draw makes what is on screen of the messages; those that have not changed stay as they are. Whoever calls it scrolls then.
func (s *story) draw() {
	kept := make(map[int64]*bubble, len(s.messages))
	list := make([]*bubble, 0, len(s.messages))
	for _, m := range s.messages {
		is := makeSaid(m, s.win.Now(), s.win.Texts)
		b := s.bubbles[m.ID]
		if b == nil || !is.isSame(b.said) {
			if b != nil {
				b.leave()
			}
			b = newBubble(s.win, is, m.ID == s.marked, s.open)
		}
		kept[m.ID] = b
		list = append(list, b)
	}
	for id, b := range s.bubbles {
		if kept[id] == nil {
			b.leave()
		}
	}
	s.bubbles = kept
	s.column.show(list, s.column.box.Size().Width)
	s.reader.scroll.Refresh()
	if len(list) == 0 {
		s.empty.Set(s.win.T("window.story.none", s.who), kit.Muted)
	}
	kit.Pick(len(list) == 0, s.empty.Show, s.empty.Hide)()
}

// onScrolled lets what is in view come, and loads more where an end is near.
func (s *story) onScrolled() {
	top, height := s.reader.scroll.Offset.Y, s.reader.scroll.Size().Height
	s.column.look(top, top+height)
	kit.Pick(len(s.messages) > 0 && (s.hasNewer || !s.reader.isAtEnd()), s.newest.Show, s.newest.Hide)()
	switch {
	case s.loading || len(s.messages) == 0:
	case s.hasOlder && top < height/2:
		s.loadOlder()
	case s.hasNewer && top+height > s.column.size.Height-height/2:
		s.loadNewer()
	}
}

// toOldest goes to the first message that is there, before which more may be loaded.
func (s *story) toOldest() { s.reader.by(-s.reader.scroll.Offset.Y) }

// toNewest goes to the last message that there is.
func (s *story) toNewest() {
	if s.hasNewer {
		s.loadNewest()
		return
	}
	s.reader.toEnd()
}
