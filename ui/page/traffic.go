package page

import (
	"slices"
	"sort"
	"strings"
	"time"

	"perch/app/control"
	"perch/ui/translation"
)

// MaxRows is how many messages a Store keeps; the oldest are forgotten first.
const MaxRows = 100_000

// Filter selects messages. The zero value selects all.
type Filter struct {
	Direction, Kind, State, Channel string
	// Search is looked for in text, handles and ids, whatever its case.
	Search string
}

// IsZero reports whether the filter selects all.
func (f Filter) IsZero() bool { return f == Filter{} }

// Query is the filter as the relay wants it.
func (f Filter) Query() control.Query {
	return control.Query{Direction: f.Direction, Kind: f.Kind, State: f.State, Channel: f.Channel, Search: f.Search}
}

// View is what a filter lets through at one moment.
type View struct {
	// Rows are the messages, newest first. The messages are never changed.
	Rows []*control.Message
	// New counts those that are newer than the rows, because the view is held.
	New int
	// Total is how many messages the store holds.
	Total int
	// Complete is set when there are no older messages to be had.
	Complete bool
	// Version is another number whenever the rows are others.
	Version int
	// Loading is set while older messages are being fetched.
	Loading bool
}

// entry is a message with what is searched for in it.
type entry struct {
	message *control.Message
	hay     string
}

// Store keeps messages in the order of their ids. One goroutine owns it; the zero value is empty.
type Store struct {
	entries []entry
}

// Put takes a message in, or the new state of one. It reports whether it was not there before.
func (s *Store) Put(m control.Message) bool {
	e := entry{&m, haystack(&m)}
	n := len(s.entries)
	if n == 0 || m.ID > s.entries[n-1].message.ID {
		s.entries = append(s.entries, e)
		s.forget()
		return true
	}
	at := sort.Search(n, func(i int) bool { return s.entries[i].message.ID >= m.ID })
	if s.entries[at].message.ID == m.ID {
		s.entries[at] = e
		return false
	}
	s.entries = slices.Insert(s.entries, at, e)
	return true
}

// Update takes in the new state of a message that is there, and ignores any other.
func (s *Store) Update(m control.Message) {
	n := len(s.entries)
	at := sort.Search(n, func(i int) bool { return s.entries[i].message.ID >= m.ID })
	if at < n && s.entries[at].message.ID == m.ID {
		s.entries[at] = entry{&m, haystack(&m)}
	}
}

// PutAll takes a page of messages in and returns those that were not there before. It is the way for many at once.
func (s *Store) PutAll(list []control.Message) []control.Message {
	var fresh []control.Message
	known := make(map[int64]int, len(s.entries))
	for i, e := range s.entries {
		known[e.message.ID] = i
	}
	for _, m := range list {
		if at, ok := known[m.ID]; ok {
			s.entries[at] = entry{&m, haystack(&m)}
			continue
		}
		known[m.ID] = len(s.entries)
		fresh = append(fresh, m)
		s.entries = append(s.entries, entry{&m, haystack(&m)})
	}
	slices.SortFunc(s.entries, func(a, b entry) int { return int(a.message.ID - b.message.ID) })
	s.forget()
	return fresh
}

// forget drops the oldest in large steps, so that it costs next to nothing for each message.
func (s *Store) forget() {
	if over := len(s.entries) - MaxRows; over > MaxRows/10 {
		s.entries = append([]entry(nil), s.entries[over:]...)
	}
}

// Len is how many messages there are.
func (s *Store) Len() int { return len(s.entries) }

// Oldest is the smallest id, or 0.
func (s *Store) Oldest() int64 {
	if len(s.entries) == 0 {
		return 0
	}
	return s.entries[0].message.ID
}

// View returns what the filter lets through. With held above 0 messages with a greater id are counted only.
func (s *Store) View(f Filter, held int64) View {
	v := View{Total: len(s.entries), Rows: make([]*control.Message, 0, min(len(s.entries), MaxRows))}
	search := strings.ToLower(f.Search)
	for i := len(s.entries) - 1; i >= 0; i-- {
		e := &s.entries[i]
		switch m := e.message; {
		case !f.passes(m) || (search != "" && !strings.Contains(e.hay, search)):
		case held > 0 && m.ID > held:
			v.New++
		default:
			v.Rows = append(v.Rows, m)
		}
	}
	return v
}

func (f Filter) passes(m *control.Message) bool {
	return (f.Direction == "" || f.Direction == m.Direction) && (f.Kind == "" || f.Kind == m.Kind) &&
		(f.State == "" || f.State == m.State) && (f.Channel == "" || f.Channel == m.Channel)
}

func haystack(m *control.Message) string {
	return strings.ToLower(strings.Join([]string{m.Text, m.From, m.To, m.XID, m.MotionID, m.ThreadID}, "\x00"))
}

// Row is one line of the list.
type Row struct {
	ID                                    int64
	Time, Who, Kind, KindIcon, Text, Took string
	IsOut                                 bool
	State                                 string
	Tone                                  Tone
}

// MakeRow words one message.
func MakeRow(m *control.Message, now time.Time, t *translation.Texts) Row {
	r := Row{
		ID: m.ID, Time: Clock(m.ReceivedAt, now, t), Who: Handle(m.From), IsOut: m.Direction == "out", Text: textOf(m, t),
		Kind: t.T("window.kind." + m.Kind), KindIcon: kindIcons[m.Kind],
	}
	if r.IsOut {
		r.Who = Handle(m.To)
	}
	r.State, r.Tone = StateWords(m.State, t)
	if m.Attempts > 1 {
		r.State += " · " + t.T("window.attempts", m.Attempts)
	}
	if m.DeliveredAt != nil {
		r.Took = Span(m.DeliveredAt.Sub(m.ReceivedAt))
	}
	return r
}

var kindIcons = map[string]string{
	"dm": "dm", "mention": "at", "reply": "reply", "note": "note", "encrypted": "lock", "unreadable": "info",
}

// StateWords names a delivery's state.
func StateWords(state string, t *translation.Texts) (string, Tone) {
	tones := map[string]Tone{"queued": Busy, "sending": Busy, "delivered": Good, "undecided": Warn, "dead": Bad, "discarded": Idle}
	return t.T("window.delivery." + state), tones[state]
}

func textOf(m *control.Message, t *translation.Texts) string {
	switch {
	case m.Kind == "encrypted" && m.Text == "":
		return t.T("window.encrypted")
	case len(m.Media) == 0:
		return m.Text
	}
	files := t.N("window.files", len(m.Media))
	if m.Text == "" {
		return files + ": " + m.Media[0].Name
	}
	return m.Text + "  · " + files
}

// Minutes counts messages a minute. One goroutine owns it; the zero value has counted nothing.
type Minutes struct {
	counts map[int64][2]int
}

// Counts are the messages of the last 60 minutes, the present one last.
type Counts struct {
	In, Out [60]int
	// Until is the last minute.
	Until time.Time
}

// Add counts a message that was not counted before.
func (c *Minutes) Add(m control.Message) {
	if c.counts == nil {
		c.counts = map[int64][2]int{}
	}
	minute := m.ReceivedAt.Unix() / 60
	n := c.counts[minute]
	if m.Direction == "out" {
		n[1]++
	} else {
		n[0]++
	}
	c.counts[minute] = n
}

// Last returns the last 60 minutes and forgets what came before them.
func (c *Minutes) Last(now time.Time) Counts {
	last := now.Unix() / 60
	out := Counts{Until: time.Unix(last*60, 0).In(now.Location())}
	for minute, n := range c.counts {
		at := 59 - int(last-minute)
		switch {
		case at < 0:
			delete(c.counts, minute)
		case at < 60:
			out.In[at], out.Out[at] = n[0], n[1]
		}
	}
	return out
}
