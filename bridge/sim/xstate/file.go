package xstate

import (
	"strings"

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

// host stores a file of a direct message (whose id is given) or of a post. The caller holds the lock.
func (x *State) host(f media.File, dmID string, readers []string) *Hosted {
	h := &Hosted{id: x.NewID(), kind: f.DetectedKind()}
	name := strings.TrimPrefix(shorten(h.id), "https://t.co/")
	put := func(path, kind string, data []byte, readers []string) string {
		x.files[path] = &Content{kind, data, readers}
		return x.base() + path
	}
	video, gif, preview := "/dm_video/", "/dm_gif/", "/dm_video_preview/"
	if dmID == "" {
		video, gif, preview = "/ext_tw_video/", "/tweet_video/", "/ext_tw_video_thumb/"
	}
	switch {
	case h.kind == media.Photo && dmID != "":
		h.url = put("/1.1/ton/data/dm/"+dmID+"/"+h.id+"/"+name+extension(f.MIME()), f.MIME(), f.Data, readers)
	case h.kind == media.Photo:
		h.url = put("/media/"+name+extension(f.MIME()), f.MIME(), f.Data, nil)
	case h.kind == media.GIF:
		h.url = put(preview+h.id+"/img/"+name+".jpg", "image/jpeg", media.SampleJPEG().Data, nil)
		h.variants = []variant{{0, "video/mp4", put(gif+h.id+"/"+name+".mp4", "video/mp4", f.Data, nil)}}
	default:
		low := f.Low
		if low == nil {
			low = f.Data
		}
		base := video + h.id
		h.url = put(preview+h.id+"/img/"+name+".jpg", "image/jpeg", media.SampleJPEG().Data, nil)
		h.variants = []variant{
			{0, "application/x-mpegURL", put(base+"/pl/"+name+".m3u8", "application/x-mpegURL", []byte("#EXTM3U\n"), nil)},
			{lowBitrate, "video/mp4", put(base+"/vid/480x270/"+name+".mp4", "video/mp4", low, nil)},
			{highBitrate, "video/mp4", put(base+"/vid/1280x720/"+name+"b.mp4", "video/mp4", f.Data, nil)},
		}
	}
	return h
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

// File finds what is at a path of the file host; nil when there is nothing. The caller holds the lock.
func (x *State) File(path string) *Content { return x.files[path] }
