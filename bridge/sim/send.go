package sim

import (
	"net/http"
	"slices"
	"unicode/utf8"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
)

// maxDM is the longest direct message, in code points (X docs: v1.1 direct messages; v2 names no limit).
const maxDM = 10000

// SendDM sends a direct message for the calling account.
func (x *Actions) SendDM(in *request, to, text, mediaID string) (*dm, *serve.Answer) {
	switch {
	case x.Person(to) == nil:
		return nil, in.refuse(fault.Fault{Status: http.StatusForbidden, Code: 108, Title: "Forbidden", Detail: "You do not have permission to DM one or more participants."})
	case text == "" && mediaID == "":
		return nil, in.malformed("text", "", "it has neither a text nor an attachment")
	case utf8.RuneCountInString(text) > maxDM:
		return nil, in.refuse(fault.DMTooLong())
	}
	var file *media.File
	if mediaID != "" {
		taken, refused := x.takeMedia(in, mediaID, "dm_")
		if refused != nil {
			return nil, refused
		}
		file = taken
	}
	return x.State.SendDM(in.account.ID, to, text, mediaID, file), nil
}

// SendPost makes a post for the calling account.
func (x *Actions) SendPost(in *request, d Draft) (*post, *serve.Answer) {
	if d.Text == "" && len(d.MediaIDs) == 0 {
		return nil, in.malformed("text", "", "it has neither a text nor a file")
	}
	if count := x.Options().WeightedLength; count != nil && count(d.Text) > maxWeighted {
		return nil, in.refuse(fault.TooLong())
	}
	author := x.Known(in.account.ID)
	if d.ReplyTo != "" {
		parent := x.FindPost(d.ReplyTo)
		if parent == nil {
			return nil, in.refuse(fault.PostGone())
		}
		summoned := parent.author.ID == author.ID || parent.names(author.ID, true) || x.quotes(parent, author.ID)
		if x.Options().Summoned && !summoned {
			return nil, in.refuse(fault.Summoned())
		}
	}
	p := x.Compose(author, d)
	if x.IsRepeated(p) {
		return nil, in.refuse(fault.Duplicate())
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
		return nil, in.malformed("media.media_ids", "", "it mixes a video or GIF with other files")
	}
	x.KeepPost(p, files)
	return p, nil
}
