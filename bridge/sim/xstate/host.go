package xstate

import (
	"strings"

	"perch/bridge/sim/media"
)

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

// File finds what is at a path of the file host; nil when there is nothing. The caller holds the lock.
func (x *State) File(path string) *Content { return x.files[path] }
