package sim

import (
	"strconv"
	"strings"

	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
)

// addPart takes one segment of a file.
func (x *Actions) addPart(in *request, id, segment string, part []byte) (*upload, *serve.Answer) {
	u, refused := x.ownUpload(in, id)
	if refused != nil {
		return nil, refused
	}
	index, err := strconv.Atoi(segment)
	switch {
	case err != nil || index < 0 || index > maxSegment:
		return nil, in.malformed("segment_index", segment, "segment_index %q is not between 0 and 999", segment)
	case len(part) == 0 || len(part) > maxImage:
		return nil, in.malformed("media", "", "a segment of %d bytes is not between 1 byte and 5 MB", len(part))
	case u.isComplete:
		return nil, in.malformed("media_id", id, "the upload was finalized before")
	}
	u.parts[index] = part
	return u, nil
}

// finalize puts the parts together and checks that they are what was announced.
func (x *Actions) finalize(in *request, id string) (*upload, *serve.Answer) {
	u, refused := x.ownUpload(in, id)
	if refused != nil {
		return nil, refused
	}
	if u.isComplete {
		return u, nil
	}
	var data []byte
	for i := range len(u.parts) {
		part, found := u.parts[i]
		if !found {
			return nil, in.malformed("media_id", id, "segment %d is missing", i)
		}
		data = append(data, part...)
	}
	if len(data) != u.total {
		return nil, in.malformed("media_id", id, "%d bytes came, but total_bytes said %d", len(data), u.total)
	}
	if found := (media.File{Data: data}).MIME(); found != u.kind && !strings.HasPrefix(u.kind, "video/") {
		return nil, in.malformed("media_type", u.kind, "media_type says %q, but the file is %q", u.kind, found)
	}
	u.data, u.parts, u.isComplete, u.ready = data, nil, true, x.Now()
	if u.isProcessed() {
		u.ready = x.Now().Add(x.Options().Processing)
	}
	return u, nil
}

// isProcessed reports whether X works on the file after it came; pictures are good at once.
func (u *upload) isProcessed() bool { return !strings.HasSuffix(u.category, "_image") }

func (x *Actions) progress(u *upload, isFirst bool) map[string]any {
	switch {
	case isFirst:
		return map[string]any{"state": stateSoon, "check_after_secs": checkAfter}
	case !u.isComplete || x.Now().Before(u.ready):
		return map[string]any{"state": stateAtWork, "check_after_secs": checkAfter, "progress_percent": 50}
	}
	return map[string]any{"state": stateOK, "progress_percent": 100}
}
