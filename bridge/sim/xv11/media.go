package xv11

import (
	"net/http"
	"strconv"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

func (x *api) mediaRoutes() map[string]xgate.Route {
	return map[string]xgate.Route{
		"POST /1.1/media/upload.json": xgate.Endpoint{Name: "media.upload", Auth: xgate.UserKeys, Access: xgate.MayWrite, Body: xgate.AnyForm, MaxBody: xgate.MaxPart}.By(x.upload),
		"GET /1.1/media/upload.json":  xgate.Endpoint{Name: "media.status", Auth: xgate.UserKeys, Query: xgate.Params{"command": xgate.IsOneOf("STATUS"), "media_id": xgate.IsID}}.By(x.uploadStatus),
	}
}

// The parameters of each command of an upload.
var uploadParams = map[string]xgate.Params{
	"INIT": {
		"command": xgate.IsText(1, 10), "total_bytes": xgate.IsNumber(1, xactions.MaxVideo), "media_type": xgate.IsText(1, 50), "media_category": xgate.IsText(1, 50),
		"shared": xgate.IsBool, "additional_owners": xgate.IsIDList,
	},
	"APPEND":   {"command": xgate.IsText(1, 10), "media_id": xgate.IsID, "segment_index": xgate.IsNumber(0, xactions.MaxSegment)},
	"FINALIZE": {"command": xgate.IsText(1, 10), "media_id": xgate.IsID},
}

func (x *api) upload(in *xgate.Request) *serve.Answer {
	given, part, refused := in.Anywhere()
	if refused != nil {
		return refused
	}
	known := uploadParams[given.Get("command")]
	if known == nil {
		return in.Malformed("command", given.Get("command"), "command is not INIT, APPEND or FINALIZE")
	}
	if refused := in.Check(given, known); refused != nil {
		return refused
	}
	switch given.Get("command") {
	case "INIT":
		total, err := strconv.Atoi(given.Get("total_bytes"))
		if err != nil {
			return in.Malformed("total_bytes", "", "total_bytes is missing")
		}
		u, refused := x.NewUpload(in, given.Get("media_type"), given.Get("media_category"), total)
		if refused != nil {
			return refused
		}
		return serve.JSON(http.StatusAccepted, x.describe(u, false, false))
	case "APPEND":
		if _, refused := x.AddPart(in, given.Get("media_id"), given.Get("segment_index"), part); refused != nil {
			return refused
		}
		return serve.NoContent()
	}
	u, refused := x.Finalize(in, given.Get("media_id"))
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusCreated, x.describe(u, true, u.IsProcessed()))
}

func (x *api) uploadStatus(in *xgate.Request) *serve.Answer {
	q := in.URL.Query()
	if !q.Has("command") || !q.Has("media_id") {
		return in.Malformed("media_id", "", "command and media_id are not both given")
	}
	u, refused := x.OwnUpload(in, q.Get("media_id"))
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, x.describe(u, false, u.IsProcessed()))
}

func (x *api) describe(u *xactions.Upload, isFirst, withProgress bool) map[string]any {
	m := map[string]any{
		"media_id": xstate.Rounded(u.ID), "media_id_string": u.ID, "media_key": u.Key(), "expires_after_secs": int(u.Expires.Sub(x.Now()).Seconds()),
	}
	if u.IsComplete {
		m["size"] = len(u.Data)
	}
	if withProgress {
		m["processing_info"] = x.Progress(u, isFirst)
	}
	return m
}
