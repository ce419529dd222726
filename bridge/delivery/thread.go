package delivery

import (
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
	return slash.Split(d.Text, func(text string) bool {
		_, isValid := measure(text)
		return isValid
	})
}

// text is what is sent next: the whole text, or the next post of a thread.
func (j *job) text() string {
	if sent := len(j.d.Progress.PostsDone()); sent < len(j.posts) {
		return j.posts[sent]
	}
	return j.d.Text
}

// answers is the post that is answered next, with its author: in a thread the one before.
func (j *job) answers() (string, bridge.Person) {
	if sent := j.d.Progress.PostsDone(); len(sent) > 0 {
		return sent[len(sent)-1], j.accounts.Account(j.d.Channel).Person
	}
	return j.d.ThreadID, bridge.Person{ID: j.d.PeerID, Handle: j.d.To}
}

// took notes the id at X of what was sent. It reports whether that was all; if not, the next post is sent as if nothing had
// been before.
func (j *job) took(id string) (isAll bool) {
	d := j.d
	if len(j.posts) == 0 {
		d.XID = id
		return true
	}
	j.billed = append(j.billed, j.ch.BilledSend(d.Kind, j.text())...)
	p := &d.Progress
	done := append(slices.Clone(p.PostsDone()), id)
	p.Thread, d.XID = &bridge.Thread{Posts: done}, done[0]
	if len(done) >= len(j.posts) {
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
