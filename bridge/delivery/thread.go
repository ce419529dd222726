package delivery

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"perch/bridge"
	"perch/bridge/slash"
)

// PostsOf are the texts of a thread, in their order; nil for everything else. measure returns the weighted length of a post and
// whether X takes it.
func PostsOf(d *bridge.Delivery, measure func(text string) (weighted int, valid bool)) []string {
	if d.Reply == nil || d.Reply.Command != bridge.CommandThread {
		return nil
	}
	if d.Progress.Thread != nil && len(d.Progress.Thread.Texts) > 0 {
		return d.Progress.Thread.Texts
	}
	return slash.Split(d.Text, measure)
}

// beginThread keeps how a thread is parted, before anything of it is sent. The rest of one that another account has begun stays
// unsent.
func (j *job) beginThread() error {
	d := j.d
	if d.Reply.Command != bridge.CommandThread {
		return nil
	}
	own := j.accounts.Account(d.Channel).ID
	switch t := d.Progress.Thread; {
	case len(j.posts) == 0:
		return unpartedError()
	case len(d.Progress.PostsDone()) == 0:
		d.Progress.Thread = &bridge.Thread{Texts: j.posts, AccountID: own}
	case t.AccountID != "" && own != "" && t.AccountID != own:
		return othersThreadError()
	}
	return nil
}

// text is what is sent next: the whole text, or the next post of a thread.
func (j *job) text() string { return NextText(j.d, j.posts) }

// NextText is what of a reply is sent next: the whole text, or of the posts of a thread the first that X has not taken.
func NextText(d *bridge.Delivery, posts []string) string {
	if sent := len(d.Progress.PostsDone()); sent < len(posts) {
		return posts[sent]
	}
	return d.Text
}

// answers is the post that is answered next, with its author: in a thread the last one before whose id is known.
func (j *job) answers() (string, bridge.Person) {
	for _, id := range slices.Backward(j.d.Progress.PostsDone()) {
		if id != "" {
			return id, j.accounts.Account(j.d.Channel).Person
		}
	}
	return j.d.ThreadID, bridge.Person{ID: j.d.PeerID, Handle: j.d.To}
}

// took notes the id at X of what was sent. It reports whether that was all; if not, the next post is sent as if nothing had
// been before.
func (j *job) took(id string) (isAll bool) {
	if len(j.posts) > 0 {
		j.billed = append(j.billed, j.ch.BilledSend(j.d.Kind, j.text())...)
	}
	return Took(j.d, j.posts, id)
}

// Took notes that X has taken what was sent next, whose id is "" where nobody knows it, and reports whether that was all of the
// posts.
func Took(d *bridge.Delivery, posts []string, id string) (isAll bool) {
	if len(posts) == 0 {
		d.XID = id
		return true
	}
	d.XID = cmp.Or(d.XID, id)
	p := &d.Progress
	next := bridge.Thread{Texts: posts}
	if p.Thread != nil {
		next = *p.Thread
	}
	next.Posts = append(slices.Clone(next.Posts), id)
	p.Thread = &next
	if len(next.Posts) >= len(posts) {
		return true
	}
	p.CallingSince, p.Looks, p.Resent = time.Time{}, 0, false
	return false
}

// duplicate deals with X's refusal of what it has taken already. Of a post of a thread the id is needed, because the next one
// answers it.
func (j *job) duplicate(ctx context.Context) (string, error) {
	if len(j.posts) == 0 {
		return "", nil
	}
	found, err := j.findSent(ctx)
	if found == "" && err == nil {
		err = &bridge.Error{
			Kind: bridge.OutcomeUnknown, Side: bridge.SideX, Op: "send public reply", Message: "X has this post of the thread already, but does not show it",
			Remedy: "Perch looks for it",
		}
	}
	return found, err
}

// partlySent is what precedes the reason for which a thread does not go on; "" for everything else.
func (j *job) partlySent() string {
	sent := len(j.d.Progress.PostsDone())
	if sent == 0 || sent >= len(j.posts) {
		return ""
	}
	return fmt.Sprintf("%d of the %d posts are on X, the others are not: ", sent, len(j.posts))
}
