package traffic

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"time"

	"perch/app/control"
	"perch/ui/snapshot"
)

const (
	// storyPage is how many messages of a conversation are loaded at a time, and storyMost how many are held.
	storyPage, storyMost = 100, 500
	// liveEvery is how often a conversation that is open is looked at for what is new, at most.
	liveEvery = time.Second
)

// live is when a conversation was looked at last for what is new, and at which state of the traffic.
type live struct {
	at      time.Time
	version int
}

// isSame reports whether two messages look alike.
func (s said) isSame(other said) bool { return reflect.DeepEqual(s, other) }

// load asks for some pages in the background and lets take have them on Fyne's thread, unless another conversation is shown by
// then.
func (s *story) load(take func(pages []control.Conversation), queries ...control.ConversationQuery) {
	s.loading = true
	asked := s.asked
	var pages []control.Conversation
	s.win.Watch.Do(func(ctx context.Context) error {
		for _, q := range queries {
			list, err := s.win.Relay.Conversation(ctx, q)
			if err != nil {
				return err
			}
			pages = append(pages, append(list, control.Conversation{Channel: q.Channel})[0])
		}
		return nil
	}, func(err error) {
		if asked != s.asked {
			return
		}
		s.loading = false
		if s.win.ShowError(err) {
			s.empty.Set("", s.empty.Color)
			return
		}
		take(pages)
	})
}

// loadAround loads what was said before a message and after it.
func (s *story) loadAround(id int64) {
	before, after := s.query, s.query
	before.Before, after.After = id+1, id
	s.load(func(pages []control.Conversation) {
		s.describe(pages[0])
		s.hasOlder, s.hasNewer = pages[0].HasOlder, pages[1].HasNewer
		s.merge(pages...)
		s.draw()
		if top, ok := s.column.topOf(id); ok && s.hasNewer || ok && id != s.last() {
			s.reader.by(top - s.reader.scroll.Offset.Y - s.reader.scroll.Size().Height/3)
			return
		}
		s.reader.toEnd()
	}, before, after)
}

func (s *story) loadOlder() {
	q := s.query
	q.Before = s.messages[0].ID
	for _, m := range s.messages {
		q.Before = min(q.Before, m.ID)
	}
	s.load(func(pages []control.Conversation) {
		s.hasOlder = pages[0].HasOlder
		s.merge(pages...)
		s.hasNewer = s.forget(func(a, b int64) int { return cmp.Compare(a, b) }) || s.hasNewer
		s.drawAround()
	}, q)
}

func (s *story) loadNewer() {
	q := s.query
	q.After = s.last()
	s.load(func(pages []control.Conversation) {
		s.hasNewer = pages[0].HasNewer
		s.merge(pages...)
		s.hasOlder = s.forget(func(a, b int64) int { return cmp.Compare(b, a) }) || s.hasOlder
		s.drawAround()
	}, q)
}

// loadNewest begins anew at the end.
func (s *story) loadNewest() {
	s.load(func(pages []control.Conversation) {
		s.messages, s.hasOlder, s.hasNewer = nil, pages[0].HasOlder, false
		s.merge(pages...)
		s.draw()
		s.reader.toEnd()
	}, s.query)
}

// render looks for what is new when something has happened. What nobody has scrolled to stays out of view.
func (s *story) render(d snapshot.Data) {
	isDue := d.View.Version != s.live.version && d.Now.Sub(s.live.at) >= liveEvery
	if s.query.Person == "" || s.loading || s.hasNewer || len(s.messages) == 0 || !isDue {
		return
	}
	s.live = live{d.Now, d.View.Version}
	s.load(func(pages []control.Conversation) {
		last := s.last()
		if page := pages[0]; page.HasOlder && len(page.Messages) > 0 && page.Messages[len(page.Messages)-1].ID > last {
			s.hasNewer = true // more than a page has come: what is between is loaded when somebody gets there
			s.onScrolled()
			return
		}
		isAtEnd := s.reader.isAtEnd()
		if !s.merge(pages...) {
			return
		}
		s.drawAround()
		if isAtEnd && s.last() != last {
			s.reader.toEnd()
		}
	}, s.query)
}

// drawAround draws with the message at the top of the view where it was.
func (s *story) drawAround() {
	anchor, before := int64(0), float32(0)
	for _, b := range s.column.bubbles {
		if y := b.content.Position().Y; y+b.content.Size().Height > s.reader.scroll.Offset.Y {
			anchor, before = b.said.ID, y
			break
		}
	}
	s.draw()
	after, ok := s.column.topOf(anchor)
	if !ok {
		after = before
	}
	s.reader.by(after - before)
}

// forget drops what is too much, the last in an order of the ids; by their times they may have another one.
func (s *story) forget(order func(a, b int64) int) bool {
	if len(s.messages) <= storyMost {
		return false
	}
	slices.SortFunc(s.messages, func(a, b *control.Message) int { return order(a.ID, b.ID) })
	s.messages = slices.Clone(s.messages[:storyMost])
	s.sort()
	return true
}

// last is the greatest id of what is shown.
func (s *story) last() (id int64) {
	for _, m := range s.messages {
		id = max(id, m.ID)
	}
	return id
}

// merge takes messages in, in the order of their times. It reports whether anything is another than before.
func (s *story) merge(pages ...control.Conversation) (isOther bool) {
	at := make(map[int64]int, len(s.messages))
	for i, m := range s.messages {
		at[m.ID] = i
	}
	for _, page := range pages {
		for _, m := range page.Messages {
			if i, ok := at[m.ID]; ok {
				isOther = isOther || !reflect.DeepEqual(*s.messages[i], m)
				s.messages[i] = &m
				continue
			}
			isOther = true
			at[m.ID] = len(s.messages)
			s.messages = append(s.messages, &m)
		}
	}
	s.sort()
	return isOther
}

func (s *story) sort() {
	slices.SortFunc(s.messages, func(a, b *control.Message) int {
		return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.ID, b.ID))
	})
}
