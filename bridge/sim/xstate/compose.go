package xstate

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"perch/bridge/sim/media"
)

// MaxWeighted is the weighted length of a post (X docs: counting characters).
const MaxWeighted = 280

// Post is what somebody posts in public.
type Post struct {
	Text string
	// InReplyTo and QuoteOf are ids of posts; empty for none.
	InReplyTo, QuoteOf string
	// Files are up to four photos, or one GIF or video.
	Files []media.File
}

// Post makes a public post of a person, not through the API, and returns its id. Handles in the text are mentions when
// X knows them; before a reply X puts those of the people in the conversation, as its own pages do. Every watching
// account that the post concerns gets its events.
func (x *State) Post(fromID string, p Post) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	made := x.compose(&Tweet{Author: x.Known(fromID), typed: p.Text, ReplyTo: p.InReplyTo, quoteOf: p.QuoteOf}, true, nil)
	x.KeepPost(made, p.Files)
	return made.ID
}

// compose fills in the whole text of a post: with the handles before a reply, when asked for, but those of the
// excluded people. The caller holds the lock.
func (x *State) compose(p *Tweet, withHandles bool, excluded []string) *Tweet {
	p.full = p.typed
	parent := x.FindPost(p.ReplyTo)
	if parent != nil && withHandles {
		typed := x.mentions(p.typed)
		people := []Person{parent.Author}
		for _, m := range parent.Mentions {
			people = append(people, m.Person)
		}
		var before []string
		for _, person := range people {
			isTyped := slices.ContainsFunc(typed, func(m Mention) bool { return m.Person.ID == person.ID })
			handle := "@" + person.Handle
			if person.ID != p.Author.ID && !isTyped && !slices.Contains(excluded, person.ID) && !slices.Contains(before, handle) {
				before = append(before, handle)
			}
		}
		if len(before) > 0 {
			p.own = utf8.RuneCountInString(strings.Join(before, " ")) + 1
			p.full = strings.Join(before, " ") + " " + p.typed
		}
	}
	if quoted := x.FindPost(p.quoteOf); quoted != nil {
		p.full = strings.TrimSpace(p.full + " https://twitter.com/" + quoted.Author.Handle + "/status/" + quoted.ID)
	}
	return p
}

// KeepPost stores a composed post and tells whoever watches. The caller holds the lock.
func (x *State) KeepPost(p *Tweet, files []media.File) {
	p.ID, p.At = x.NewID(), x.Now()
	p.conversation = p.ID
	var place string
	for _, f := range files {
		p.Files = append(p.Files, x.host(f, "", nil))
		place = "https://twitter.com/" + p.Author.Handle + "/status/" + p.ID + "/photo/1"
	}
	p.spelled = spell(p.full, place, x.Options().PlainLinks)
	p.Mentions = x.mentions(p.spelled.text)
	if parent := x.FindPost(p.ReplyTo); parent != nil {
		p.conversation, p.ReplyToUser = parent.conversation, parent.Author.ID
	} else if len(p.Mentions) > 0 && p.Mentions[0].start == 0 {
		p.ReplyToUser = p.Mentions[0].Person.ID // a leading handle makes a reply to nobody's post
	}
	x.posts = append(x.posts, p)
	x.watcher.TellPost(p)
}

// Names reports whether the post mentions the person; in its own words only, when asked so.
func (p *Tweet) Names(id string, inOwnWords bool) bool {
	return slices.ContainsFunc(p.Mentions, func(m Mention) bool {
		return m.Person.ID == id && (!inOwnWords || m.start >= p.own)
	})
}

// Quotes reports whether the post quotes one of the person's. The caller holds the lock.
func (x *State) Quotes(p *Tweet, id string) bool {
	quoted := x.FindPost(p.quoteOf)
	return quoted != nil && quoted.Author.ID == id
}

// Draft is a post that a client wants to make.
type Draft struct {
	Text, ReplyTo string
	// Excluded are the people whose handles are left out before a reply, WithHandles puts those of all others there.
	Excluded    []string
	WithHandles bool
	MediaIDs    []string
}

// Compose makes a post of a draft, without keeping it. The caller holds the lock.
func (x *State) Compose(author Person, d Draft) *Tweet {
	return x.compose(&Tweet{Author: author, typed: d.Text, ReplyTo: d.ReplyTo, mediaIDs: d.MediaIDs, ByAPI: true}, d.WithHandles, d.Excluded)
}

// IsRepeated reports whether the author posted the same words in the last day. Posts with files are never the same. The caller holds the lock.
func (x *State) IsRepeated(p *Tweet) bool {
	return len(p.mediaIDs) == 0 && slices.ContainsFunc(x.posts, func(old *Tweet) bool {
		return !old.isDeleted && old.Author.ID == p.Author.ID && old.full == p.full && len(old.Files) == 0 && x.Now().Sub(old.At) < 24*time.Hour
	})
}

// Hide hides a reply, or shows it again; false when it is none in a conversation that the account has begun. The caller holds the
// lock.
func (x *State) Hide(p *Tweet, accountID string, isHidden bool) bool {
	root := x.FindPost(p.conversation)
	if p.ReplyTo == "" || root == nil || root.Author.ID != accountID {
		return false
	}
	p.isHidden = isHidden
	return true
}

// IsHidden reports whether a post is hidden.
func (x *State) IsHidden(id string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.FindPost(id)
	return p != nil && p.isHidden
}

// SentPosts returns the posts that were sent through the API, in order.
func (x *State) SentPosts() []Sent {
	x.mu.Lock()
	defer x.mu.Unlock()
	var sent []Sent
	for _, p := range x.posts {
		if p.ByAPI {
			sent = append(sent, Sent{
				ID: p.ID, From: p.Author.ID, Text: p.typed, MediaIDs: slices.Clone(p.mediaIDs), InReplyTo: p.ReplyTo, At: p.At,
			})
		}
	}
	return sent
}

// DeletePost deletes a post as its author would; no event is made.
func (x *State) DeletePost(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if p := x.FindPost(id); p != nil {
		p.isDeleted = true
	}
}
