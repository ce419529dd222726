package xstate

import (
	"perch/bridge/sim/media"
)

// Hosted is a file that hangs on a message or post.
type Hosted struct {
	id, kind string
	// url is the photo, or the preview of the rest.
	url      string
	variants []variant
}

type variant struct {
	bitrate   int
	kind, url string
}

// Content is the content behind one path.
type Content struct {
	Kind string
	Data []byte
	// Readers are the only accounts that may get it; nil for a public file.
	Readers []string
}

// The bitrates of the two encodings of a video, in bits a second.
const (
	lowBitrate, highBitrate = 288000, 2176000
)

// key is v2's media key.
func (h *Hosted) key() string { return MediaKey(h.kind, h.id) }

// MediaKey is v2's media key of a file of a kind.
func MediaKey(kind, id string) string {
	switch kind {
	case media.Video:
		return "7_" + id
	case media.GIF:
		return "16_" + id
	}
	return "3_" + id
}

func extension(mime string) string {
	switch mime {
	case "image/png":
		return ".png"
	case "image/gif":
		return ".gif"
	case "image/webp":
		return ".webp"
	}
	return ".jpg"
}
