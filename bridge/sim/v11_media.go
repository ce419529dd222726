package sim

import (
	"net/http"
	"strconv"

	"perch/bridge/sim/serve"
)

func (x *v11) mediaRoutes() map[string]route {
	return map[string]route{
		"POST /1.1/media/upload.json": endpoint{name: "media.upload", auth: userKeys, access: mayWrite, body: anyForm, maxBody: maxPart}.by(x.v11Upload),
		"GET /1.1/media/upload.json":  endpoint{name: "media.status", auth: userKeys, query: params{"command": isOneOf("STATUS"), "media_id": isID}}.by(x.v11UploadStatus),
	}
}

// The parameters of each command of an upload.
var uploadParams = map[string]params{
	"INIT": {
		"command": isText(1, 10), "total_bytes": isNumber(1, maxVideo), "media_type": isText(1, 50), "media_category": isText(1, 50),
		"shared": isBool, "additional_owners": isIDList,
	},
	"APPEND":   {"command": isText(1, 10), "media_id": isID, "segment_index": isNumber(0, maxSegment)},
	"FINALIZE": {"command": isText(1, 10), "media_id": isID},
}

func (x *v11) v11Upload(in *request) *serve.Answer {
	given, part, refused := in.anywhere()
	if refused != nil {
		return refused
	}
	known := uploadParams[given.Get("command")]
	if known == nil {
		return in.malformed("command", given.Get("command"), "command is not INIT, APPEND or FINALIZE")
	}
	if refused := in.check(given, known); refused != nil {
		return refused
	}
	switch given.Get("command") {
	case "INIT":
		total, err := strconv.Atoi(given.Get("total_bytes"))
		if err != nil {
			return in.malformed("total_bytes", "", "total_bytes is missing")
		}
		u, refused := x.newUpload(in, given.Get("media_type"), given.Get("media_category"), total)
		if refused != nil {
			return refused
		}
		return serve.JSON(http.StatusAccepted, x.v11Describe(u, false, false))
	case "APPEND":
		if _, refused := x.addPart(in, given.Get("media_id"), given.Get("segment_index"), part); refused != nil {
			return refused
		}
		return serve.NoContent()
	}
	u, refused := x.finalize(in, given.Get("media_id"))
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusCreated, x.v11Describe(u, true, u.isProcessed()))
}

func (x *v11) v11UploadStatus(in *request) *serve.Answer {
	q := in.URL.Query()
	if !q.Has("command") || !q.Has("media_id") {
		return in.malformed("media_id", "", "command and media_id are not both given")
	}
	u, refused := x.ownUpload(in, q.Get("media_id"))
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, x.v11Describe(u, false, u.isProcessed()))
}

func (x *v11) v11Describe(u *upload, isFirst, withProgress bool) map[string]any {
	m := map[string]any{
		"media_id": rounded(u.id), "media_id_string": u.id, "media_key": u.key(), "expires_after_secs": int(u.expires.Sub(x.Now()).Seconds()),
	}
	if u.isComplete {
		m["size"] = len(u.data)
	}
	if withProgress {
		m["processing_info"] = x.progress(u, isFirst)
	}
	return m
}
