package sim

import (
	"net/http"
	"strings"

	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
)

func (x *v2) mediaRoutes() map[string]route {
	return map[string]route{
		"POST /2/media/upload/initialize":    endpoint{name: "media.upload", auth: userKeys, access: mayWrite, body: jsonBody}.by(x.initUpload),
		"POST /2/media/upload/{id}/append":   endpoint{name: "media.upload", auth: userKeys, access: mayWrite, body: multipartBody, maxBody: maxPart}.by(x.appendUpload),
		"POST /2/media/upload/{id}/finalize": endpoint{name: "media.upload", auth: userKeys, access: mayWrite, body: optionalJSON}.by(x.finalizeUpload),
		"GET /2/media/upload":                endpoint{name: "media.status", auth: userKeys, query: params{"command": isOneOf("STATUS"), "media_id": isID}}.by(x.uploadStatus),
		"POST /2/media/upload":               endpoint{name: "media.upload", limit: "media.oneshot", auth: userKeys, access: mayWrite, body: multipartBody, maxBody: maxPart}.by(x.uploadAtOnce),
	}
}

func (x *v2) initUpload(in *request) *serve.Answer {
	var body struct {
		Type             string   `json:"media_type"`
		Total            *int     `json:"total_bytes"`
		Category         string   `json:"media_category"`
		Shared           bool     `json:"shared"`
		AdditionalOwners []string `json:"additional_owners"`
	}
	if refused := in.decode(&body); refused != nil {
		return refused
	}
	if body.Total == nil {
		return in.malformed("total_bytes", "", "total_bytes is missing")
	}
	u, refused := x.newUpload(in, body.Type, body.Category, *body.Total)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{
		"id": u.id, "media_key": u.key(), "expires_after_secs": int(uploadLife.Seconds()),
	}})
}

func (x *v2) appendUpload(in *request) *serve.Answer {
	id, refused := in.pathID("id")
	if refused != nil {
		return refused
	}
	fields, part, refused := in.parts("media", "segment_index")
	if refused != nil {
		return refused
	}
	u, refused := x.addPart(in, id, fields["segment_index"], part)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"expires_at": u.expires.Unix()}})
}

func (x *v2) finalizeUpload(in *request) *serve.Answer {
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

func (x *v2) uploadStatus(in *request) *serve.Answer {
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
func (x *v2) v2Upload(u *upload, isFirst bool) map[string]any {
	m := map[string]any{"id": u.id, "media_key": u.key(), "size": len(u.data), "expires_after_secs": int(u.expires.Sub(x.Now()).Seconds())}
	if u.isProcessed() {
		m["processing_info"] = x.progress(u, isFirst)
	}
	return m
}

func (x *v2) uploadAtOnce(in *request) *serve.Answer {
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
