package payload

import (
	"encoding/json"

	"perch/bridge"
	"perch/bridge/loose"
)

// cited finds the post that an event is about among those beside it; nil where it is not there.
func (i *includes) cited(e *bridge.Event) *bridge.Cited {
	id, _ := e.Cites()
	if id == "" || id == e.XID {
		return nil
	}
	for _, list := range []json.RawMessage{i.tweets, i.posts} {
		for raw := range loose.Elements(list) {
			if !isPost(raw, id) {
				continue
			}
			if found, ok := citedIn(raw, *i); ok {
				return &found
			}
		}
	}
	return nil
}

// isPost reports whether it is the post of an id. Most are not, and are read no further.
func isPost(raw json.RawMessage, id string) bool {
	var t struct {
		ID loose.ID `json:"id"`
	}
	loose.Part(raw, &t)
	return string(t.ID) == id
}

// citedIn reads one post of v2; false when there is none.
func citedIn(raw json.RawMessage, beside includes) (bridge.Cited, bool) {
	if !loose.IsObject(raw) {
		return bridge.Cited{}, false
	}
	var t post
	loose.Part(raw, &t)
	if !isNumber(string(t.ID)) {
		return bridge.Cited{}, false
	}
	e := bridge.Event{XID: string(t.ID)}
	t.fill(&e, beside)
	return bridge.Cited{ID: e.XID, Handle: beside.people.of(t.AuthorID).Handle, Text: bounded(e.Text)}, true
}

// Cited reads a post of v2 that was looked up, with what stands beside it; false when there is none.
func Cited(data, beside []byte) (bridge.Cited, bool) { return citedIn(data, readIncludes(beside)) }

// CitedStatus reads a post of v1.1 that was looked up; false when there is none.
func CitedStatus(raw []byte) (bridge.Cited, bool) {
	t := quoted(raw)
	if t == nil || !isNumber(loose.First(t.IDStr, t.ID)) {
		return bridge.Cited{}, false
	}
	return *t.asCited(), true
}

// quoted reads the post that one of v1.1 quotes; nil where there is none.
func quoted(raw json.RawMessage) *tweet {
	if !loose.IsObject(raw) {
		return nil
	}
	var t tweet
	loose.Part(raw, &t)
	return &t
}

func (t *tweet) asCited() *bridge.Cited {
	e := t.event("", t.User.person())
	return &bridge.Cited{ID: e.XID, Handle: e.From.Handle, Text: bounded(e.Text)}
}

// cite sets what the event is about, as far as a post of v1.1 holds it.
func (t *tweet) cite(e *bridge.Event, quoted *tweet) {
	e.Quotes = loose.First(t.QuotedStatusID, t.QuotedID)
	if quoted == nil {
		return
	}
	found := quoted.asCited()
	if !isNumber(e.Quotes) {
		e.Quotes = found.ID
	}
	if id, _ := e.Cites(); id != "" && id == found.ID {
		e.Cited = found
	}
}
