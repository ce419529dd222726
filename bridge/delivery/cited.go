package delivery

import (
	"context"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/visible"
)

// maxCited is how much of a post that is answered or quoted stands above the text, in characters.
const maxCited = 140

// cite finds the line about the post that a public one answers or quotes. It is no error that there is none: the message never
// waits for it. A line that was sent stays as it is.
func (j *job) cite(ctx context.Context) {
	d := j.d
	id, isQuote := d.Event.Cites()
	if id == "" || !j.ch.Agents.AnsweredPost || !d.Kind.IsPublic() || d.Parent != 0 || d.Progress.TextDone || d.Progress.Cited != "" {
		return
	}
	if post, ok := j.findCited(ctx, id); ok {
		d.Progress.Cited = citedText(post, isQuote)
	}
}

// findCited asks what costs nothing first: the payload, then the journal, and X last.
func (j *job) findCited(ctx context.Context, id string) (bridge.Cited, bool) {
	if inside := j.d.Event.Cited; inside != nil && inside.ID == id {
		return *inside, true
	}
	known, ok, err := j.journal.CitedPost(ctx, j.d.Channel, id)
	switch {
	case ok:
		if known.Handle == "" {
			known.Handle = j.accounts.Account(j.d.Channel).Handle
		}
		return known, true
	case err != nil || j.ch.IsSaving() || j.hold.PutOff(j.now()) != nil:
		return bridge.Cited{}, false
	}
	post, ok, err := j.cited.get(ctx, j.d.Channel, id, j.ch.X.Post)
	if err != nil {
		j.log.Info("post that is answered not found out", logkey.Delivery, j.d.ID, logkey.Channel, j.d.Channel, logkey.Error, err)
	}
	return post, ok
}

// citedText is the line about a post.
func citedText(post bridge.Cited, isQuote bool) string {
	line := "answers "
	if isQuote {
		line = "quotes "
	}
	text := oneLine(post.Text)
	switch {
	case post.IsGone:
		return "[" + line + "a post that is gone]"
	case post.Handle != "" && text != "":
		line += "@" + visible.Line(post.Handle) + ": "
	case post.Handle != "":
		line += "a post without text of @" + visible.Line(post.Handle)
	case text != "":
		line += "a post: "
	default:
		line += "a post without text"
	}
	if text != "" {
		line += quote(shorten(text, maxCited))
	}
	return "[" + line + "]"
}
