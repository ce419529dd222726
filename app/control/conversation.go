package control

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"perch/bridge"
)

// Conversation is all that was said with one customer of a channel: direct messages, encrypted chat, posts and replies, both
// ways, what Perch wrote to the agent about them, and what failed.
type Conversation struct {
	Channel string `json:"channel"`
	Person  Person `json:"person"`
	// Messages are newest first.
	Messages []Message `json:"messages"`
	// HasOlder is set when there are more before them: ask again with Before set to the id of the last one.
	HasOlder bool `json:"has_older"`
	// HasNewer is set when there are more after them; it is told only where After alone bounds the id.
	HasNewer bool `json:"has_newer,omitempty"`
}

// Person is a customer on X. ID is empty when no more than a name is known.
type Person struct {
	ID     string `json:"id"`
	Handle string `json:"handle"`
	Name   string `json:"name"`
	// Handles are all that the person is known by or was before, the latest first.
	Handles []string `json:"handles"`
}

// ConversationQuery selects what was said with a customer. Zero fields but Person select all.
type ConversationQuery struct {
	// Channel is the name of one channel; without it there is a conversation for each channel that knows the person.
	Channel string
	// Person is a handle of now or of before, with or without "@" and in any case, or the id at X.
	Person string
	// Since and Until bound the time at which a message came in; Until is not part of it.
	Since, Until time.Time
	// Before and After bound the id, both exclusive. With After alone it is the first messages after it that are selected.
	Before, After int64
	// Limit is how many messages of each channel at most; 0 means 100.
	Limit int
}

// Filter is the query as the journal wants it.
func (q ConversationQuery) Filter() bridge.StoryFilter {
	return bridge.StoryFilter{Channel: q.Channel, Who: q.Person, Since: q.Since, Until: q.Until, Before: q.Before, After: q.After, Limit: q.Limit}
}

func (q ConversationQuery) encode() string {
	v := url.Values{"person": {q.Person}}
	if q.Channel != "" {
		v.Set("channel", q.Channel)
	}
	setTimes(v, q.Since, q.Until)
	for name, value := range map[string]int64{"before": q.Before, "after": q.After, "limit": int64(q.Limit)} {
		if value != 0 {
			v.Set(name, strconv.FormatInt(value, 10))
		}
	}
	return v.Encode()
}

// Conversation returns what was said with a customer, one for each channel that knows anything, in the order of their names.
func (c *Client) Conversation(ctx context.Context, q ConversationQuery) ([]Conversation, error) {
	return get[[]Conversation](ctx, c, "/v1/conversation?"+q.encode())
}

// FromStories makes what people see of stories.
func FromStories(stories []bridge.Story) []Conversation {
	list := make([]Conversation, 0, len(stories))
	for _, s := range stories {
		c := Conversation{
			Channel: s.Channel, Person: Person{ID: s.Person.ID, Handle: s.Person.Handle, Name: s.Person.Name, Handles: append([]string{}, s.Handles...)},
			Messages: make([]Message, 0, len(s.Deliveries)), HasOlder: s.HasOlder, HasNewer: s.HasNewer,
		}
		for _, d := range s.Deliveries {
			c.Messages = append(c.Messages, FromDelivery(d))
		}
		list = append(list, c)
	}
	return list
}

func (s *Server) conversation(w http.ResponseWriter, r *http.Request) {
	q, err := queryOf(r)
	if err != nil {
		fail(w, "show a conversation", err)
		return
	}
	stories, err := s.relay.Console.Story(r.Context(), bridge.StoryFilter{
		Channel: q.Channel, Who: r.URL.Query().Get("person"), Since: q.Since, Until: q.Until, Before: q.Before, After: q.After, Limit: q.Limit,
	})
	s.answer(w, "show a conversation", FromStories(stories), err)
}

// setTimes writes the bounds of a time; a zero one is none.
func setTimes(v url.Values, since, until time.Time) {
	for name, at := range map[string]time.Time{"since": since, "until": until} {
		if !at.IsZero() {
			v.Set(name, at.Format(time.RFC3339Nano))
		}
	}
}

// timesIn reads what setTimes has written. A time that cannot be read is refused: all would be shown for a part.
func timesIn(v url.Values) (since, until time.Time, err error) {
	now := time.Now()
	if since, err = ParseSince(v.Get("since"), now); err == nil {
		until, err = ParseUntil(v.Get("until"), now)
	}
	return since, until, err
}
