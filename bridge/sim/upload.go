package sim

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
)

func (x *X) appendUpload(in *request) *serve.Answer {
	id, refused := in.pathID("id")
	if refused != nil {
		return refused
	}
	fields, part, refused := in.parts("media", "segment_index")
	if refused != nil {
		return refused
	}
	if refused := x.addPart(in, id, fields["segment_index"], part); refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"expires_at": x.uploads[id].expires.Unix()}})
}

// addPart takes one segment of a file.
func (x *X) addPart(in *request, id, segment string, part []byte) *serve.Answer {
	u, refused := x.ownUpload(in, id)
	if refused != nil {
		return refused
	}
	index, err := strconv.Atoi(segment)
	switch {
	case err != nil || index < 0 || index > maxSegment:
		return in.malformed("segment_index", segment, "segment_index %q is not between 0 and 999", segment)
	case len(part) == 0 || len(part) > maxImage:
		return in.malformed("media", "", "a segment of %d bytes is not between 1 byte and 5 MB", len(part))
	case u.isComplete:
		return in.malformed("media_id", id, "the upload was finalized before")
	}
	u.parts[index] = part
	return nil
}

// parts reads a multipart body: the file part and the named fields, all of which must be there and nothing else.
func (in *request) parts(file string, names ...string) (fields map[string]string, data []byte, refused *serve.Answer) {
	_, attributes, err := mime.ParseMediaType(in.Header.Get("Content-Type"))
	if err != nil {
		return nil, nil, in.malformed("body", "", "its multipart header cannot be read: %v", err)
	}
	form, err := multipart.NewReader(bytes.NewReader(in.body), attributes["boundary"]).ReadForm(maxPart)
	if err != nil {
		return nil, nil, in.malformed("body", "", "its multipart body cannot be read: %v", err)
	}
	defer func() { _ = form.RemoveAll() }()
	fields = map[string]string{}
	for name, values := range form.Value {
		if !slices.Contains(names, name) || len(values) != 1 {
			return nil, nil, in.malformed(name, "", "form field %q is not known here or appears twice", name)
		}
		fields[name] = values[0]
	}
	for name := range form.File {
		if name != file || len(form.File[name]) != 1 {
			return nil, nil, in.malformed(name, "", "file part %q is not known here or appears twice", name)
		}
	}
	if len(form.File[file]) == 0 {
		return nil, nil, in.malformed(file, "", "the file part %q is missing", file)
	}
	data, err = readPart(form.File[file][0])
	if err != nil {
		return nil, nil, in.malformed(file, "", "the file part cannot be read: %v", err)
	}
	return fields, data, nil
}

func (x *X) finalizeUpload(in *request) *serve.Answer {
	id, refused := in.pathID("id")
	if refused != nil {
		return refused
	}
	u, refused := x.finalize(in, id)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": x.v2Upload(u, true)})
}

// finalize puts the parts together and checks that they are what was announced.
func (x *X) finalize(in *request, id string) (*upload, *serve.Answer) {
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
	u.data, u.parts, u.isComplete, u.ready = data, nil, true, x.now()
	if u.isProcessed() {
		u.ready = x.now().Add(x.options.Processing)
	}
	return u, nil
}

// isProcessed reports whether X works on the file after it came; pictures are good at once.
func (u *upload) isProcessed() bool { return !strings.HasSuffix(u.category, "_image") }

func (x *X) uploadStatus(in *request) *serve.Answer {
	q := in.URL.Query()
	if q.Get("command") == "" || q.Get("media_id") == "" {
		return in.malformed("media_id", "", "command and media_id are not both given")
	}
	u, refused := x.ownUpload(in, q.Get("media_id"))
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": x.v2Upload(u, false)})
}

// v2Upload describes an upload. Right after the file came, X never says that it is done with a video.
func (x *X) v2Upload(u *upload, isFirst bool) map[string]any {
	m := map[string]any{"id": u.id, "media_key": u.key(), "size": len(u.data), "expires_after_secs": int(u.expires.Sub(x.now()).Seconds())}
	if u.isProcessed() {
		m["processing_info"] = x.progress(u, isFirst)
	}
	return m
}

func (x *X) progress(u *upload, isFirst bool) map[string]any {
	switch {
	case isFirst:
		return map[string]any{"state": stateSoon, "check_after_secs": checkAfter}
	case !u.isComplete || x.now().Before(u.ready):
		return map[string]any{"state": stateAtWork, "check_after_secs": checkAfter, "progress_percent": 50}
	}
	return map[string]any{"state": stateOK, "progress_percent": 100}
}

func (x *X) uploadAtOnce(in *request) *serve.Answer {
	fields, data, refused := in.parts("media", "media_category", "media_type", "additional_owners")
	if refused != nil {
		return refused
	}
	if !strings.HasSuffix(fields["media_category"], "_image") {
		return in.malformed("media_category", fields["media_category"], "only images can be uploaded at once")
	}
	u, refused := x.newUpload(in, (media.File{Data: data}).MIME(), fields["media_category"], len(data))
	if refused != nil {
		return refused
	}
	u.parts[0] = data
	if u, refused = x.finalize(in, u.id); refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": x.v2Upload(u, true)})
}

// readPart reads a file out of a form.
func readPart(header *multipart.FileHeader) ([]byte, error) {
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(file)
}
