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

type v2Upload struct {
	Data struct {
		ID         loose.ID    `json:"id"`
		Processing *processing `json:"processing_info"`
	} `json:"data"`
}

func (v *v2) upload(ctx context.Context, file bridge.File, category string) (string, error) {
	begun, err := v.uploadStep(ctx, xcall.Call{
		URL:  v.calls.URLOf("/2/media/upload/initialize"),
		JSON: map[string]any{"media_type": file.Type, "total_bytes": len(file.Data), "media_category": category, "shared": false},
	})
	if err != nil {
		return "", err
	}
	id := string(begun.Data.ID)
	base := v.calls.URLOf("/2/media/upload/" + url.PathEscape(id))
	err = chunks(file.Data, func(i int, part []byte) error {
		return v.appendChunk(ctx, base+"/append", map[string]string{"segment_index": strconv.Itoa(i)}, part)
	})
	if err != nil {
		return "", err
	}
	done, err := v.uploadStep(ctx, xcall.Call{URL: base + "/finalize"})
	if err != nil {
		return "", err
	}
	return id, v.await(ctx, done.Data.Processing, func(ctx context.Context) (*processing, error) {
		status, err := v.uploadStep(ctx, xcall.Call{
			Method: http.MethodGet, Endpoint: endpointStatus, URL: v.calls.URLOf("/2/media/upload"),
			Query: url.Values{"command": {"STATUS"}, "media_id": {id}},
		})
		return status.Data.Processing, err
	})
}

func (v *v2) uploadStep(ctx context.Context, what xcall.Call) (v2Upload, error) {
	var u v2Upload
	what.Family = xcall.FamilyMedia
	a, err := v.step(ctx, what)
	if err == nil {
		err = a.Decode(opUpload, &u)
	}
	if err == nil {
		err = named(u.Data.ID, u.Data.Processing)
	}
	return u, err
}
