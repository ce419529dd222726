package xactions

import (
	"net/http"
	"slices"
	"unicode/utf8"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

// maxDM is the longest direct message, in code points (X docs: v1.1 direct messages; v2 names no limit).
const maxDM = 10000

// SendDM sends a direct message for the calling account.
func (x *Actions) SendDM(in *xgate.Request, to, text, mediaID string) (*xstate.DM, *serve.Answer) {
	switch {
	case x.Person(to) == nil:
		return nil, in.Refuse(fault.Fault{Status: http.StatusForbidden, Code: 108, Title: "Forbidden", Detail: "You do not have permission to DM one or more participants."})
	case text == "" && mediaID == "":
		return nil, in.Malformed("text", "", "it has neither a text nor an attachment")
	case utf8.RuneCountInString(text) > maxDM:
		return nil, in.Refuse(fault.DMTooLong())
	}
	var file *media.File
	if mediaID != "" {
		taken, refused := x.takeMedia(in, mediaID, "dm_")
		if refused != nil {
			return nil, refused
		}
		file = taken
	}
	return x.State.SendDM(in.Account.ID, to, text, mediaID, file), nil
}

// SendPost makes a post for the calling account.
func (x *Actions) SendPost(in *xgate.Request, d xstate.Draft) (*xstate.Tweet, *serve.Answer) {
	if d.Text == "" && len(d.MediaIDs) == 0 {
		return nil, in.Malformed("text", "", "it has neither a text nor a file")
	}
	if count := x.Options().WeightedLength; count != nil && count(d.Text) > xstate.MaxWeighted {
		return nil, in.Refuse(fault.TooLong())
	}
	author := x.Known(in.Account.ID)
	if d.ReplyTo != "" {
		parent := x.FindPost(d.ReplyTo)
		if parent == nil {
			return nil, in.Refuse(fault.PostGone())
		}
		summoned := parent.Author.ID == author.ID || parent.Names(author.ID, true) || x.Quotes(parent, author.ID)
		if x.Options().Summoned && !summoned {
			return nil, in.Refuse(fault.Summoned())
		}
	}
	p := x.Compose(author, d)
	if x.IsRepeated(p) {
		return nil, in.Refuse(fault.Duplicate())
	}
	var files []media.File
	for _, id := range d.MediaIDs {
		file, refused := x.takeMedia(in, id, "tweet_")
		if refused != nil {
			return nil, refused
		}
		files = append(files, *file)
	}
	if len(files) > 1 && slices.ContainsFunc(files, func(f media.File) bool { return f.DetectedKind() != media.Photo }) {
		return nil, in.Malformed("media.media_ids", "", "it mixes a video or GIF with other files")
	}
	x.KeepPost(p, files)
	return p, nil
}
