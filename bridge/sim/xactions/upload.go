package xactions

import (
	"strings"
	"time"

	"perch/bridge/sim/media"
	"perch/bridge/sim/xstate"
)

// X's limits for files, in bytes (X docs: media best practices), and how long an upload can be used.
const (
	maxImage    = 5 << 20
	maxGIF      = 15 << 20
	MaxVideo    = 512 << 20
	MaxSegment  = 999
	UploadLife  = 24 * time.Hour
	checkAfter  = 1 // second
	stateOK     = "succeeded"
	stateSoon   = "pending"
	stateAtWork = "in_progress"
)

// Upload is a file on its way to a message.
type Upload struct {
	ID, owner, category, kind string
	total                     int
	parts                     map[int][]byte
	Data                      []byte // once complete
	IsComplete, isUsed        bool
	ready, Expires            time.Time
}

// Key is v2's media key.
func (u *Upload) Key() string {
	return xstate.MediaKey(media.File{Type: u.kind}.DetectedKind(), u.ID)
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

// IsProcessed reports whether X works on the file after it came; pictures are good at once.
func (u *Upload) IsProcessed() bool { return !strings.HasSuffix(u.category, "_image") }
