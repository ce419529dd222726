package sim

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
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
func (x *X) Post(fromID string, p Post) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	made := x.compose(&post{author: x.known(fromID), typed: p.Text, replyTo: p.InReplyTo, quoteOf: p.QuoteOf}, true, nil)
	x.keepPost(made, p.Files)
	return made.id
}

// compose fills in the whole text of a post: with the handles before a reply, when asked for, but those of the
// excluded people. The caller holds mu.
func (x *X) compose(p *post, withHandles bool, excluded []string) *post {
	p.full = p.typed
	parent := x.post(p.replyTo)
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
	if quoted := x.post(p.quoteOf); quoted != nil {
		p.full = strings.TrimSpace(p.full + " https://twitter.com/" + quoted.author.Handle + "/status/" + quoted.id)
	}
	return p
}

// keepPost stores a composed post and tells whoever watches. The caller holds mu.
func (x *X) keepPost(p *post, files []media.File) {
	p.id, p.at = x.newID(), x.now()
	p.conversation = p.id
	var place string
	for _, f := range files {
		p.files = append(p.files, x.host(f, "", nil))
		place = "https://twitter.com/" + p.author.Handle + "/status/" + p.id + "/photo/1"
	}
	p.spelled = spell(p.full, place, x.options.PlainLinks)
	p.mentions = x.mentions(p.spelled.text)
	if parent := x.post(p.replyTo); parent != nil {
		p.conversation, p.replyToUser = parent.conversation, parent.author.ID
	} else if len(p.mentions) > 0 && p.mentions[0].start == 0 {
		p.replyToUser = p.mentions[0].person.ID // a leading handle makes a reply to nobody's post
	}
	x.posts = append(x.posts, p)
	x.tellPost(p)
}

// names reports whether the post mentions the person; in its own words only, when asked so.
func (p *post) names(id string, inOwnWords bool) bool {
	return slices.ContainsFunc(p.mentions, func(m mention) bool {
		return m.person.ID == id && (!inOwnWords || m.start >= p.own)
	})
}

// quotes reports whether the post quotes one of the person's. The caller holds mu.
func (x *X) quotes(p *post, id string) bool {
	quoted := x.post(p.quoteOf)
	return quoted != nil && quoted.author.ID == id
}

func (x *X) postRoutes() map[string]route {
	own := timelineQuery.with(params{"exclude": isListOf("replies", "retweets")})
	return map[string]route{
		"POST /2/tweets":             {endpoint{name: "post.create", auth: userKeys, access: mayWrite, body: jsonBody}, x.createPostV2},
		"GET /2/tweets/{id}":         {endpoint{name: "posts.get", auth: userKeys | bearer, query: postQuery}, x.showPost},
		"GET /2/users/{id}/tweets":   {endpoint{name: "posts.own", auth: userKeys | bearer, query: own}, x.postsOf},
		"GET /2/users/{id}/mentions": {endpoint{name: "mentions", auth: userKeys | bearer, query: timelineQuery}, x.mentionsOf},
	}
}

// draft is a post that a client wants to make.
type draft struct {
	text, replyTo string
	excluded      []string
	withHandles   bool
	mediaIDs      []string
}

func (x *X) createPostV2(in *request) *serve.Answer {
	var body struct {
		Text  string `json:"text"`
		Reply *struct {
			InReplyTo string   `json:"in_reply_to_tweet_id"`
			Excluded  []string `json:"exclude_reply_user_ids"`
			Auto      bool     `json:"auto_populate_reply_metadata"`
		} `json:"reply"`
		Media *struct {
			IDs    []string `json:"media_ids"`
			Tagged []string `json:"tagged_user_ids"`
		} `json:"media"`
	}
	if refused := in.decode(&body); refused != nil {
		return refused
	}
	d := draft{text: body.Text, withHandles: true}
	if body.Reply != nil {
		if d.replyTo, d.excluded = body.Reply.InReplyTo, body.Reply.Excluded; !isID(d.replyTo) {
			return in.malformed("reply.in_reply_to_tweet_id", d.replyTo, "the post that is answered is not given by an id")
		}
	}
	if body.Media != nil {
		if d.mediaIDs = body.Media.IDs; len(d.mediaIDs) < 1 || len(d.mediaIDs) > 4 || slices.ContainsFunc(d.mediaIDs, func(id string) bool { return !isID(id) }) {
			return in.malformed("media.media_ids", "", "media_ids does not hold 1 to 4 ids")
		}
	}
	p, refused := x.sendPost(in, d)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusCreated, map[string]any{"data": map[string]any{
		"id": p.id, "text": p.spelled.text, "edit_history_tweet_ids": []string{p.id},
	}})
}

// sendPost makes a post for the calling account.
func (x *X) sendPost(in *request, d draft) (*post, *serve.Answer) {
	if d.text == "" && len(d.mediaIDs) == 0 {
		return nil, in.malformed("text", "", "it has neither a text nor a file")
	}
	if count := x.options.WeightedLength; count != nil && count(d.text) > maxWeighted {
		return nil, in.refuse(fault.TooLong())
	}
	author := x.known(in.account.ID)
	if d.replyTo != "" {
		parent := x.post(d.replyTo)
		if parent == nil {
			return nil, in.refuse(fault.PostGone())
		}
		summoned := parent.author.ID == author.ID || parent.names(author.ID, true) || x.quotes(parent, author.ID)
		if x.options.Summoned && !summoned {
			return nil, in.refuse(fault.Summoned())
		}
	}
	p := x.compose(&post{author: author, typed: d.text, replyTo: d.replyTo, mediaIDs: d.mediaIDs, byAPI: true}, d.withHandles, d.excluded)
	if x.isRepeated(p) {
		return nil, in.refuse(fault.Duplicate())
	}
	var files []media.File
	for _, id := range d.mediaIDs {
		file, refused := x.takeMedia(in, id, "tweet_")
		if refused != nil {
			return nil, refused
		}
		files = append(files, *file)
	}
	if len(files) > 1 && slices.ContainsFunc(files, func(f media.File) bool { return f.DetectedKind() != media.Photo }) {
		return nil, in.malformed("media.media_ids", "", "it mixes a video or GIF with other files")
	}
	x.keepPost(p, files)
	return p, nil
}

// isRepeated reports whether the author posted the same words in the last day. Posts with files are never the same.
func (x *X) isRepeated(p *post) bool {
	return len(p.mediaIDs) == 0 && slices.ContainsFunc(x.posts, func(old *post) bool {
		return !old.isDeleted && old.author.ID == p.author.ID && old.full == p.full && len(old.files) == 0 && x.now().Sub(old.at) < day
	})
}
