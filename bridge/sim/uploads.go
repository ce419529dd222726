package sim

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
)

// X's limits for files, in bytes (X docs: media best practices), and how long an upload can be used.
const (
	maxImage    = 5 << 20
	maxGIF      = 15 << 20
	maxVideo    = 512 << 20
	maxSegment  = 999
	uploadLife  = 24 * time.Hour
	checkAfter  = 1 // second
	stateOK     = "succeeded"
	stateSoon   = "pending"
	stateAtWork = "in_progress"
)

// upload is a file on its way to a message.
type upload struct {
	id, owner, category, kind string
	total                     int
	parts                     map[int][]byte
	data                      []byte // once complete
	isComplete, isUsed        bool
	ready, expires            time.Time
}

var (
	categories = []string{"dm_image", "dm_gif", "dm_video", "tweet_image", "tweet_gif", "tweet_video"}
	mediaTypes = []string{"video/mp4", "video/quicktime", "image/jpeg", "image/gif", "image/png", "image/webp"}
)

// newUpload begins an upload, when type, category and size go together.
func (x *Actions) newUpload(in *request, kind, category string, total int) (*upload, *serve.Answer) {
	limit := maxImage
	switch {
	case !slices.Contains(mediaTypes, kind):
		return nil, in.malformed("media_type", kind, "media_type %q is not one that X takes", kind)
	case !slices.Contains(categories, category):
		return nil, in.malformed("media_category", category, "media_category %q is not known", category)
	case strings.HasSuffix(category, "_gif"):
		limit = maxGIF
	case strings.HasSuffix(category, "_video"):
		limit = maxVideo
	}
	if total < 1 || total > limit {
		return nil, in.malformed("total_bytes", strconv.Itoa(total), "total_bytes %d is not between 1 and %d", total, limit)
	}
	if !fits(kind, category) {
		return nil, in.malformed("media_category", category, "media_type %q does not go with media_category %q", kind, category)
	}
	u := &upload{
		id: x.NewID(), owner: in.account.ID, category: category, kind: kind, total: total, parts: map[int][]byte{}, expires: x.Now().Add(uploadLife),
	}
	x.uploads[u.id] = u
	return u, nil
}

func fits(kind, category string) bool {
	switch {
	case strings.HasSuffix(category, "_gif"):
		return kind == "image/gif"
	case strings.HasSuffix(category, "_video"):
		return strings.HasPrefix(kind, "video/")
	}
	return strings.HasPrefix(kind, "image/")
}

func (u *upload) key() string {
	return MediaKey(media.File{Type: u.kind}.DetectedKind(), u.id)
}

// ownUpload finds an upload of the calling account that is still good.
func (x *Actions) ownUpload(in *request, id string) (*upload, *serve.Answer) {
	u := x.uploads[id]
	if u == nil || u.owner != in.account.ID {
		return nil, in.malformed("media_id", id, "media id %q is not one of the account's uploads", id)
	}
	if x.Now().After(u.expires) {
		return nil, in.refuse(fault.MediaExpired())
	}
	return u, nil
}

// takeMedia uses up an upload for a message. use is how its category must begin.
func (x *Actions) takeMedia(in *request, id, use string) (*media.File, *serve.Answer) {
	wrong := fault.Media()
	if use == "tweet_" {
		wrong = fault.MediaExpired()
	}
	u := x.uploads[id]
	switch {
	case u == nil || u.owner != in.account.ID:
		in.violation("media id %q is not one of the account's uploads", id)
	case !strings.HasPrefix(u.category, use):
		in.violation("media_category %q does not begin with %q", u.category, use)
	case !u.isComplete || x.Now().Before(u.ready):
		in.violation("media id %q is used before X has processed it", id)
	case u.isUsed:
		in.violation("media id %q is used a second time", id)
	case x.Now().After(u.expires):
	default:
		u.isUsed = true
		return &media.File{Type: u.kind, Data: u.data}, nil
	}
	return nil, in.refuse(wrong)
}

// Uploaded returns what was uploaded under a media id, and for what (its media_category).
func (x *Actions) Uploaded(mediaID string) (data []byte, category string, found bool) {
	x.Lock()
	defer x.Unlock()
	u := x.uploads[mediaID]
	if u == nil {
		return nil, "", false
	}
	return u.data, u.category, u.isComplete
}
