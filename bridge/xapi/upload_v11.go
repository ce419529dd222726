package xapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/xapi/xcall"
)

type v11Upload struct {
	ID         loose.ID    `json:"media_id_string"`
	Processing *processing `json:"processing_info"`
}

func (v *v11) upload(ctx context.Context, file bridge.File, category string) (string, error) {
	begun, err := v.uploadStep(ctx, xcall.Call{Form: url.Values{
		"command": {"INIT"}, "total_bytes": {strconv.Itoa(len(file.Data))}, "media_type": {file.Type}, "media_category": {category},
	}})
	if err != nil {
		return "", err
	}
	id := string(begun.ID)
	err = chunks(file.Data, func(i int, part []byte) error {
		fields := map[string]string{"command": "APPEND", "media_id": id, "segment_index": strconv.Itoa(i)}
		return v.appendChunk(ctx, v.uploadURL(), fields, part)
	})
	if err != nil {
		return "", err
	}
	done, err := v.uploadStep(ctx, xcall.Call{Form: url.Values{"command": {"FINALIZE"}, "media_id": {id}}})
	if err != nil {
		return "", err
	}
	return id, v.await(ctx, done.Processing, func(ctx context.Context) (*processing, error) {
		status, err := v.uploadStep(ctx, xcall.Call{
			Method: http.MethodGet, Endpoint: endpointStatus, Query: url.Values{"command": {"STATUS"}, "media_id": {id}},
		})
		return status.Processing, err
	})
}

func (v *v11) uploadURL() string { return v.config.UploadBase + "/1.1/media/upload.json" }

func (v *v11) uploadStep(ctx context.Context, what xcall.Call) (v11Upload, error) {
	what.URL = v.uploadURL()
	var u v11Upload
	a, err := v.step(ctx, what)
	if err != nil {
		return u, err
	}
	if err := a.Decode(opUpload, &u); err != nil {
		return u, err
	}
	return u, named(u.ID, u.Processing)
}
