package xactions

import (
	"slices"
	"strconv"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
)

var (
	categories = []string{"dm_image", "dm_gif", "dm_video", "tweet_image", "tweet_gif", "tweet_video"}
	mediaTypes = []string{"video/mp4", "video/quicktime", "image/jpeg", "image/gif", "image/png", "image/webp"}
)

// NewUpload begins an upload, when type, category and size go together.
func (x *Actions) NewUpload(in *xgate.Request, kind, category string, total int) (*Upload, *serve.Answer) {
	limit := maxImage
	switch {
	case !slices.Contains(mediaTypes, kind):
		return nil, in.Malformed("media_type", kind, "media_type %q is not one that X takes", kind)
	case !slices.Contains(categories, category):
		return nil, in.Malformed("media_category", category, "media_category %q is not known", category)
	case strings.HasSuffix(category, "_gif"):
		limit = maxGIF
	case strings.HasSuffix(category, "_video"):
		limit = MaxVideo
	}
	if total < 1 || total > limit {
		return nil, in.Malformed("total_bytes", strconv.Itoa(total), "total_bytes %d is not between 1 and %d", total, limit)
	}
	if !fits(kind, category) {
		return nil, in.Malformed("media_category", category, "media_type %q does not go with media_category %q", kind, category)
	}
	u := &Upload{
		ID: x.NewID(), owner: in.Account.ID, category: category, kind: kind, total: total, parts: map[int][]byte{}, Expires: x.Now().Add(UploadLife),
	}
	x.uploads[u.ID] = u
	return u, nil
}

// OwnUpload finds an upload of the calling account that is still good.
func (x *Actions) OwnUpload(in *xgate.Request, id string) (*Upload, *serve.Answer) {
	u := x.uploads[id]
	if u == nil || u.owner != in.Account.ID {
		return nil, in.Malformed("media_id", id, "media id %q is not one of the account's uploads", id)
	}
	if x.Now().After(u.Expires) {
		return nil, in.Refuse(fault.MediaExpired())
	}
	return u, nil
}

// takeMedia uses up an upload for a message. use is how its category must begin.
func (x *Actions) takeMedia(in *xgate.Request, id, use string) (*media.File, *serve.Answer) {
	wrong := fault.Media()
	if use == "tweet_" {
		wrong = fault.MediaExpired()
	}
	u := x.uploads[id]
	switch {
	case u == nil || u.owner != in.Account.ID:
		in.Violation("media id %q is not one of the account's uploads", id)
	case !strings.HasPrefix(u.category, use):
		in.Violation("media_category %q does not begin with %q", u.category, use)
	case !u.IsComplete || x.Now().Before(u.ready):
		in.Violation("media id %q is used before X has processed it", id)
	case u.isUsed:
		in.Violation("media id %q is used a second time", id)
	case x.Now().After(u.Expires):
	default:
		u.isUsed = true
		return &media.File{Type: u.kind, Data: u.Data}, nil
	}
	return nil, in.Refuse(wrong)
}

// Uploaded returns what was uploaded under a media id, and for what (its media_category).
func (x *Actions) Uploaded(mediaID string) (data []byte, category string, found bool) {
	x.Lock()
	defer x.Unlock()
	u := x.uploads[mediaID]
	if u == nil {
		return nil, "", false
	}
	return u.Data, u.category, u.IsComplete
}
