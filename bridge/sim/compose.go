package sim

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"perch/bridge/sim/media"
)

// maxWeighted is the weighted length of a post (X docs: counting characters).
const maxWeighted = 280

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
	made := x.compose(&post{author: x.Known(fromID), typed: p.Text, replyTo: p.InReplyTo, quoteOf: p.QuoteOf}, true, nil)
	x.KeepPost(made, p.Files)
	return made.id
}

// compose fills in the whole text of a post: with the handles before a reply, when asked for, but those of the
// excluded people. The caller holds the lock.
func (x *State) compose(p *post, withHandles bool, excluded []string) *post {
	p.full = p.typed
	parent := x.FindPost(p.replyTo)
	if parent != nil && withHandles {
		typed := x.mentions(p.typed)
		people := []Person{parent.author}
		for _, m := range parent.mentions {
			people = append(people, m.person)
		}
		var before []string
		for _, person := range people {
			isTyped := slices.ContainsFunc(typed, func(m mention) bool { return m.person.ID == person.ID })
			handle := "@" + person.Handle
			if person.ID != p.author.ID && !isTyped && !slices.Contains(excluded, person.ID) && !slices.Contains(before, handle) {
				before = append(before, handle)
			}
		}
		if len(before) > 0 {
			p.own = utf8.RuneCountInString(strings.Join(before, " ")) + 1
			p.full = strings.Join(before, " ") + " " + p.typed
		}
	}
	if quoted := x.FindPost(p.quoteOf); quoted != nil {
		p.full = strings.TrimSpace(p.full + " https://twitter.com/" + quoted.author.Handle + "/status/" + quoted.id)
	}
	return p
}

// KeepPost stores a composed post and tells whoever watches. The caller holds the lock.
func (x *State) KeepPost(p *post, files []media.File) {
	p.id, p.at = x.NewID(), x.Now()
	p.conversation = p.id
	var place string
	for _, f := range files {
		p.files = append(p.files, x.host(f, "", nil))
		place = "https://twitter.com/" + p.author.Handle + "/status/" + p.id + "/photo/1"
	}
	p.spelled = spell(p.full, place, x.Options().PlainLinks)
	p.mentions = x.mentions(p.spelled.text)
	if parent := x.FindPost(p.replyTo); parent != nil {
		p.conversation, p.replyToUser = parent.conversation, parent.author.ID
	} else if len(p.mentions) > 0 && p.mentions[0].start == 0 {
		p.replyToUser = p.mentions[0].person.ID // a leading handle makes a reply to nobody's post
	}
	x.posts = append(x.posts, p)
	x.watcher.TellPost(p)
}

// names reports whether the post mentions the person; in its own words only, when asked so.
func (p *post) names(id string, inOwnWords bool) bool {
	return slices.ContainsFunc(p.mentions, func(m mention) bool {
		return m.person.ID == id && (!inOwnWords || m.start >= p.own)
	})
}

// quotes reports whether the post quotes one of the person's. The caller holds the lock.
func (x *State) quotes(p *post, id string) bool {
	quoted := x.FindPost(p.quoteOf)
	return quoted != nil && quoted.author.ID == id
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
func (x *State) Compose(author Person, d Draft) *post {
	return x.compose(&post{author: author, typed: d.Text, replyTo: d.ReplyTo, mediaIDs: d.MediaIDs, byAPI: true}, d.WithHandles, d.Excluded)
}

// IsRepeated reports whether the author posted the same words in the last day. Posts with files are never the same. The caller holds the lock.
func (x *State) IsRepeated(p *post) bool {
	return len(p.mediaIDs) == 0 && slices.ContainsFunc(x.posts, func(old *post) bool {
		return !old.isDeleted && old.author.ID == p.author.ID && old.full == p.full && len(old.files) == 0 && x.Now().Sub(old.at) < 24*time.Hour
	})
}
