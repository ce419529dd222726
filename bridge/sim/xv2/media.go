package xv2

import (
	"net/http"
	"strings"

	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xgate"
)

func (x *api) mediaRoutes() map[string]xgate.Route {
	return map[string]xgate.Route{
		"POST /2/media/upload/initialize":    xgate.Endpoint{Name: "media.upload", Auth: xgate.UserKeys, Access: xgate.MayWrite, Scopes: []string{"media.write"}, Body: xgate.JSONBody}.By(x.initUpload),
		"POST /2/media/upload/{id}/append":   xgate.Endpoint{Name: "media.upload", Auth: xgate.UserKeys, Access: xgate.MayWrite, Scopes: []string{"media.write"}, Body: xgate.MultipartBody, MaxBody: xgate.MaxPart}.By(x.appendUpload),
		"POST /2/media/upload/{id}/finalize": xgate.Endpoint{Name: "media.upload", Auth: xgate.UserKeys, Access: xgate.MayWrite, Scopes: []string{"media.write"}, Body: xgate.OptionalJSON}.By(x.finalizeUpload),
		"GET /2/media/upload":                xgate.Endpoint{Name: "media.status", Auth: xgate.UserKeys, Scopes: []string{"media.write"}, Query: xgate.Params{"command": xgate.IsOneOf("STATUS"), "media_id": xgate.IsID}}.By(x.uploadStatus),
		"POST /2/media/upload":               xgate.Endpoint{Name: "media.upload", Limit: "media.oneshot", Auth: xgate.UserKeys, Access: xgate.MayWrite, Scopes: []string{"media.write"}, Body: xgate.MultipartBody, MaxBody: xgate.MaxPart}.By(x.uploadAtOnce),
	}
}

func (x *api) initUpload(in *xgate.Request) *serve.Answer {
	var body struct {
		Type             string   `json:"media_type"`
		Total            *int     `json:"total_bytes"`
		Category         string   `json:"media_category"`
		Shared           bool     `json:"shared"`
		AdditionalOwners []string `json:"additional_owners"`
	}
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	if body.Total == nil {
		return in.Malformed("total_bytes", "", "total_bytes is missing")
	}
	u, refused := x.NewUpload(in, body.Type, body.Category, *body.Total)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{
		"id": u.ID, "media_key": u.Key(), "expires_after_secs": int(xactions.UploadLife.Seconds()),
	}})
}

func (x *api) appendUpload(in *xgate.Request) *serve.Answer {
	id, refused := in.PathID("id")
	if refused != nil {
		return refused
	}
	fields, part, refused := in.Parts("media", "segment_index")
	if refused != nil {
		return refused
	}
	u, refused := x.AddPart(in, id, fields["segment_index"], part)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"expires_at": u.Expires.Unix()}})
}

func (x *api) finalizeUpload(in *xgate.Request) *serve.Answer {
	id, refused := in.PathID("id")
	if refused != nil {
		return refused
	}
	u, refused := x.Finalize(in, id)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": x.describeUpload(u, true)})
}

func (x *api) uploadStatus(in *xgate.Request) *serve.Answer {
	q := in.URL.Query()
	if q.Get("command") == "" || q.Get("media_id") == "" {
		return in.Malformed("media_id", "", "command and media_id are not both given")
	}
	u, refused := x.OwnUpload(in, q.Get("media_id"))
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": x.describeUpload(u, false)})
}

// describeUpload describes an upload. Right after the file came, X never says that it is done with a video.
func (x *api) describeUpload(u *xactions.Upload, isFirst bool) map[string]any {
	m := map[string]any{"id": u.ID, "media_key": u.Key(), "size": len(u.Data), "expires_after_secs": int(u.Expires.Sub(x.Now()).Seconds())}
	if u.IsProcessed() {
		m["processing_info"] = x.Progress(u, isFirst)
	}
	return m
}

func (x *api) uploadAtOnce(in *xgate.Request) *serve.Answer {
	fields, data, refused := in.Parts("media", "media_category", "media_type", "additional_owners")
	if refused != nil {
		return refused
	}
	if !strings.HasSuffix(fields["media_category"], "_image") {
		return in.Malformed("media_category", fields["media_category"], "only images can be uploaded at once")
	}
	u, refused := x.NewUpload(in, (media.File{Data: data}).MIME(), fields["media_category"], len(data))
	if refused != nil {
		return refused
	}
	if _, refused := x.AddPart(in, u.ID, "0", data); refused != nil {
		return refused
	}
	if u, refused = x.Finalize(in, u.ID); refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": x.describeUpload(u, true)})
}
