package xv2chat

import (
	"encoding/base64"
	"net/http"
	"strconv"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xsealed"
)

// maxAppend is the largest body with a part of a file, in bytes: base64 of one part, with its frame.
const maxAppend = 8 << 20

func (x *api) mediaRoutes() map[string]xgate.Route {
	start := xgate.Endpoint{Name: "chat.media.upload", Auth: xgate.UserKeys, Access: xgate.MayDM, Body: xgate.JSONBody, Scopes: toMedia}
	add := start
	add.Body, add.MaxBody = xgate.JSONOrMultipart, maxAppend
	get := xgate.Endpoint{Name: "chat.media", Auth: xgate.UserKeys, Access: xgate.MayDM, Scopes: toMedia}
	return map[string]xgate.Route{
		"POST /2/chat/media/upload/initialize":    start.By(x.start),
		"POST /2/chat/media/upload/{id}/append":   add.By(x.add),
		"POST /2/chat/media/upload/{id}/finalize": start.By(x.finish),
		"GET /2/chat/media/{id}/{media_hash_key}": get.By(x.download),
	}
}

func (x *api) start(in *xgate.Request) *serve.Answer {
	var body struct {
		Conversation string `json:"conversation_id"`
		Total        *int   `json:"total_bytes"`
	}
	if refused := in.Decode(&body); refused != nil {
		return asProblem(refused)
	}
	if body.Total == nil {
		return asProblem(in.Malformed("total_bytes", "", "total_bytes is missing"))
	}
	m, why := x.StartUpload(in.Account.ID, body.Conversation, *body.Total)
	if why != nil {
		return refuse(in, why)
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{
		"session_id": m.Session, "media_hash_key": m.Key, "conversation_id": xsealed.Hyphened(m.Conversation),
	}})
}

// part is one segment, in either encoding.
type part struct {
	Conversation string  `json:"conversation_id"`
	Key          string  `json:"media_hash_key"`
	Index        *int    `json:"segment_index"`
	Media        *string `json:"media"`
	raw          []byte
}

func (x *api) add(in *xgate.Request) *serve.Answer {
	p, refused := readPart(in)
	if refused != nil {
		return asProblem(refused)
	}
	m, why := x.AddSegment(in.Account.ID, in.PathValue("id"), p.Conversation, p.Key, *p.Index, p.raw)
	if why != nil {
		return refuse(in, why)
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"expires_at": m.Expires.Unix()}})
}

func readPart(in *xgate.Request) (p part, refused *serve.Answer) {
	if in.IsMultipart() {
		fields, raw, refused := in.Parts("media", "conversation_id", "media_hash_key", "segment_index")
		if refused != nil {
			return p, refused
		}
		index, err := strconv.Atoi(fields["segment_index"])
		if err != nil {
			return p, in.Malformed("segment_index", fields["segment_index"], "segment_index is no number")
		}
		return part{fields["conversation_id"], fields["media_hash_key"], &index, nil, raw}, nil
	}
	if refused := in.Decode(&p); refused != nil {
		return p, refused
	}
	if p.Index == nil || p.Media == nil {
		return p, in.Malformed("segment_index", "", "segment_index or media is missing")
	}
	raw, err := base64.StdEncoding.DecodeString(*p.Media)
	if err != nil {
		return p, in.Malformed("media", "", "media is not base64 with padding")
	}
	p.raw = raw
	return p, nil
}

func (x *api) finish(in *xgate.Request) *serve.Answer {
	var body struct {
		Conversation string `json:"conversation_id"`
		Key          string `json:"media_hash_key"`
		Parts        string `json:"num_parts"`
		MessageID    string `json:"message_id"`
		Life         string `json:"ttl_msec"`
	}
	if refused := in.Decode(&body); refused != nil {
		return asProblem(refused)
	}
	if why := x.EndUpload(in.Account.ID, in.PathValue("id"), body.Conversation, body.Key, body.Parts); why != nil {
		return refuse(in, why)
	}
	return success()
}

func (x *api) download(in *xgate.Request) *serve.Answer {
	m, why := x.Download(in.Account.ID, in.PathValue("id"), in.PathValue("media_hash_key"))
	if why != nil {
		return refuse(in, why)
	}
	a := &serve.Answer{Status: http.StatusOK, Body: m.Sealed}
	a.Header().Set("Content-Type", "application/octet-stream")
	return a
}
