package xv2_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/simtest"
)

// uploadV2 uploads a file in two parts and returns its id and the answer to the last step.
func uploadV2(t *testing.T, w *simtest.World, f media.File, category string) (string, simtest.Reply) {
	t.Helper()
	begun := w.Client.Post("/2/media/upload/initialize", map[string]any{
		"media_type": f.Type, "total_bytes": len(f.Data), "media_category": category, "shared": false,
	})
	id := begun.Text("data", "id")
	if begun.Status != 200 || id == "" {
		t.Fatalf("initialize: %d %s", begun.Status, begun.Body)
	}
	half := len(f.Data) / 2
	for i, part := range [][]byte{f.Data[:half], f.Data[half:]} {
		r := w.Client.Multipart("/2/media/upload/"+id+"/append", map[string]string{"segment_index": strconv.Itoa(i)}, "media", part)
		if r.Status != 200 {
			t.Fatalf("append: %d %s", r.Status, r.Body)
		}
	}
	done := w.Client.Call("POST", "/2/media/upload/"+id+"/finalize", "", nil)
	if done.Status != 200 {
		t.Fatalf("finalize: %d %s", done.Status, done.Body)
	}
	return id, done
}

func attach(w *simtest.World, id string) simtest.Reply {
	return w.Client.Post("/2/dm_conversations/with/"+w.Customer.ID+"/messages", map[string]any{"attachments": []any{map[string]any{"media_id": id}}})
}

func TestMedia_GoesOutOnceWithItsCategory(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	id, done := uploadV2(t, w, media.SamplePNG(), "dm_image")
	if done.At("data", "processing_info") != nil {
		t.Errorf("a picture is processed: %s", done.Body)
	}
	if r := attach(w, id); r.Status != http.StatusCreated {
		t.Fatalf("send: %d %s", r.Status, r.Body)
	}
	data, category, found := w.Uploaded(id)
	if !found || category != "dm_image" || string(data) != string(media.SamplePNG().Data) || w.SentDMs()[0].MediaIDs[0] != id {
		t.Errorf("uploaded %d bytes as %s", len(data), category)
	}
	one := w.Client.Multipart("/2/media/upload", map[string]string{"media_category": "tweet_image"}, "media", media.SampleJPEG().Data)
	posted := one.Text("data", "id")
	if r := w.Client.Post("/2/tweets", map[string]any{"media": map[string]any{"media_ids": []string{posted}}}); r.Status != http.StatusCreated {
		t.Errorf("post: %d %s", r.Status, r.Body)
	}
	w.Clean(t)
	other, _ := uploadV2(t, w, media.SamplePNG(), "tweet_image")
	for what, media := range map[string]string{"a second time": id, "of a post": other, "unknown": "5"} {
		if r := attach(w, media); r.Status != http.StatusBadRequest || !strings.Contains(r.Body, "not permitted to attach this media") {
			t.Errorf("%s: %d %s", what, r.Status, r.Body)
		}
	}
	if n := len(w.Violations()); n != 3 {
		t.Errorf("%d violations: %q", n, w.Violations())
	}
}

func TestMedia_ProcessesVideos(t *testing.T) {
	t.Parallel()
	watch := simtest.NewClock()
	w := simtest.NewWorld(t, sim.XOptions{Now: watch.Now, Processing: time.Minute})
	id, done := uploadV2(t, w, media.SampleMP4(), "dm_video")
	if done.Text("data", "processing_info", "state") != "pending" || done.Text("data", "processing_info", "check_after_secs") != "1" {
		t.Errorf("finalize: %s", done.Body)
	}
	status := "/2/media/upload?command=STATUS&media_id=" + id
	if r := w.Client.Get(status); r.Text("data", "processing_info", "state") != "in_progress" {
		t.Errorf("status: %s", r.Body)
	}
	watch.Add(time.Minute)
	w.Client.Shift = time.Until(watch.Now())
	if r := w.Client.Get(status); r.Text("data", "processing_info", "state") != "succeeded" {
		t.Errorf("status: %s", r.Body)
	}
	if r := attach(w, id); r.Status != http.StatusCreated {
		t.Errorf("send: %d %s", r.Status, r.Body)
	}
	w.Fault(fault.Processing())
	if r := w.Client.Get(status); r.Text("data", "processing_info", "state") != "failed" {
		t.Errorf("failed: %s", r.Body)
	}
	w.Clean(t)
}

func TestMedia_RefusesWhatWasNotAnnounced(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	for _, body := range []string{
		`{"media_type":"image/png","total_bytes":0,"media_category":"dm_image"}`, `{"media_type":"image/png","media_category":"dm_image"}`,
		`{"media_type":"image/png","total_bytes":5242881,"media_category":"dm_image"}`, `{"media_type":"a/b","total_bytes":1,"media_category":"dm_image"}`,
		`{"media_type":"image/png","total_bytes":1,"media_category":"image"}`, `{"media_type":"image/png","total_bytes":1,"media_category":"dm_video"}`,
	} {
		if r := w.Client.Post("/2/media/upload/initialize", body); r.Status != http.StatusBadRequest {
			t.Errorf("%s: %d", body, r.Status)
		}
	}
	id := w.Client.Post("/2/media/upload/initialize", `{"media_type":"image/png","total_bytes":4,"media_category":"dm_image"}`).Text("data", "id")
	step := "/2/media/upload/" + id
	for what, r := range map[string]simtest.Reply{
		"wrong part":    w.Client.Multipart(step+"/append", map[string]string{"segment_index": "0"}, "file", []byte("a")),
		"no index":      w.Client.Multipart(step+"/append", nil, "media", []byte("a")),
		"wrong field":   w.Client.Multipart(step+"/append", map[string]string{"segment_index": "0", "command": "APPEND"}, "media", []byte("a")),
		"form":          w.Client.Form(step+"/append", url.Values{"segment_index": {"0"}}),
		"not all bytes": w.Client.Call("POST", step+"/finalize", "", nil),
	} {
		if r.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", what, r.Status, r.Body)
		}
	}
	w.Client.Multipart(step+"/append", map[string]string{"segment_index": "0"}, "media", []byte("GIF8"))
	if r := w.Client.Call("POST", step+"/finalize", "", nil); r.Status != http.StatusBadRequest {
		t.Errorf("wrong type: %d", r.Status)
	}
}
