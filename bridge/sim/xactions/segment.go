package xactions

import (
	"strconv"
	"strings"

	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
)

// AddPart takes one segment of a file.
func (x *Actions) AddPart(in *xgate.Request, id, segment string, part []byte) (*Upload, *serve.Answer) {
	u, refused := x.OwnUpload(in, id)
	if refused != nil {
		return nil, refused
	}
	index, err := strconv.Atoi(segment)
	switch {
	case err != nil || index < 0 || index > MaxSegment:
		return nil, in.Malformed("segment_index", segment, "segment_index %q is not between 0 and 999", segment)
	case len(part) == 0 || len(part) > maxImage:
		return nil, in.Malformed("media", "", "a segment of %d bytes is not between 1 byte and 5 MB", len(part))
	case u.IsComplete:
		return nil, in.Malformed("media_id", id, "the upload was finalized before")
	}
	u.parts[index] = part
	return u, nil
}

// Finalize puts the parts together and checks that they are what was announced.
func (x *Actions) Finalize(in *xgate.Request, id string) (*Upload, *serve.Answer) {
	u, refused := x.OwnUpload(in, id)
	if refused != nil {
		return nil, refused
	}
	if u.IsComplete {
		return u, nil
	}
	var data []byte
	for i := range len(u.parts) {
		part, found := u.parts[i]
		if !found {
			return nil, in.Malformed("media_id", id, "segment %d is missing", i)
		}
		data = append(data, part...)
	}
	if len(data) != u.total {
		return nil, in.Malformed("media_id", id, "%d bytes came, but total_bytes said %d", len(data), u.total)
	}
	if found := (media.File{Data: data}).MIME(); found != u.kind && !strings.HasPrefix(u.kind, "video/") {
		return nil, in.Malformed("media_type", u.kind, "media_type says %q, but the file is %q", u.kind, found)
	}
	u.Data, u.parts, u.IsComplete, u.ready = data, nil, true, x.Now()
	if u.IsProcessed() {
		u.ready = x.Now().Add(x.Options().Processing)
	}
	return u, nil
}

// Progress is how far X is with a video or GIF. Right after the file came, it never says that it is done.
func (x *Actions) Progress(u *Upload, isFirst bool) map[string]any {
	switch {
	case isFirst:
		return map[string]any{"state": stateSoon, "check_after_secs": checkAfter}
	case !u.IsComplete || x.Now().Before(u.ready):
		return map[string]any{"state": stateAtWork, "check_after_secs": checkAfter, "progress_percent": 50}
	}
	return map[string]any{"state": stateOK, "progress_percent": 100}
}
