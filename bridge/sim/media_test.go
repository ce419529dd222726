package sim_test

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
)

// uploadV2 uploads a file in two parts and returns its id and the answer to the last step.
func uploadV2(t *testing.T, w *world, f media.File, category string) (string, reply) {
	t.Helper()
	begun := w.client.post("/2/media/upload/initialize", map[string]any{
		"media_type": f.Type, "total_bytes": len(f.Data), "media_category": category, "shared": false,
	})
	id := begun.text("data", "id")
	if begun.status != 200 || id == "" {
		t.Fatalf("initialize: %d %s", begun.status, begun.body)
	}
	half := len(f.Data) / 2
	for i, part := range [][]byte{f.Data[:half], f.Data[half:]} {
		r := w.client.multipart("/2/media/upload/"+id+"/append", map[string]string{"segment_index": strconv.Itoa(i)}, "media", part)
		if r.status != 200 {
			t.Fatalf("append: %d %s", r.status, r.body)
		}
	}
	done := w.client.call("POST", "/2/media/upload/"+id+"/finalize", "", nil)
	if done.status != 200 {
		t.Fatalf("finalize: %d %s", done.status, done.body)
	}
	return id, done
}

func attach(w *world, id string) reply {
	return w.client.post("/2/dm_conversations/with/"+w.customer.ID+"/messages", map[string]any{"attachments": []any{map[string]any{"media_id": id}}})
}

func TestMedia_GoesOutOnceWithItsCategory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	id, done := uploadV2(t, w, media.SamplePNG(), "dm_image")
	if done.at("data", "processing_info") != nil {
		t.Errorf("a picture is processed: %s", done.body)
	}
	if r := attach(w, id); r.status != http.StatusCreated {
		t.Fatalf("send: %d %s", r.status, r.body)
	}
	data, category, found := w.Uploaded(id)
	if !found || category != "dm_image" || string(data) != string(media.SamplePNG().Data) || w.SentDMs()[0].MediaIDs[0] != id {
		t.Errorf("uploaded %d bytes as %s", len(data), category)
	}
	one := w.client.multipart("/2/media/upload", map[string]string{"media_category": "tweet_image"}, "media", media.SampleJPEG().Data)
	posted := one.text("data", "id")
	if r := w.client.post("/2/tweets", map[string]any{"media": map[string]any{"media_ids": []string{posted}}}); r.status != http.StatusCreated {
		t.Errorf("post: %d %s", r.status, r.body)
	}
	w.clean(t)
	other, _ := uploadV2(t, w, media.SamplePNG(), "tweet_image")
	for what, media := range map[string]string{"a second time": id, "of a post": other, "unknown": "5"} {
		if r := attach(w, media); r.status != http.StatusBadRequest || !strings.Contains(r.body, "not permitted to attach this media") {
			t.Errorf("%s: %d %s", what, r.status, r.body)
		}
	}
	if n := len(w.Violations()); n != 3 {
		t.Errorf("%d violations: %q", n, w.Violations())
	}
}

func TestMedia_ProcessesVideos(t *testing.T) {
	t.Parallel()
	watch := newClock()
	w := newWorld(t, sim.XOptions{Now: watch.Now, Processing: time.Minute})
	id, done := uploadV2(t, w, media.SampleMP4(), "dm_video")
	if done.text("data", "processing_info", "state") != "pending" || done.text("data", "processing_info", "check_after_secs") != "1" {
		t.Errorf("finalize: %s", done.body)
	}
	status := "/2/media/upload?command=STATUS&media_id=" + id
	if r := w.client.get(status); r.text("data", "processing_info", "state") != "in_progress" {
		t.Errorf("status: %s", r.body)
	}
	watch.add(time.Minute)
	w.client.shift = time.Until(watch.Now())
	if r := w.client.get(status); r.text("data", "processing_info", "state") != "succeeded" {
		t.Errorf("status: %s", r.body)
	}
	if r := attach(w, id); r.status != http.StatusCreated {
		t.Errorf("send: %d %s", r.status, r.body)
	}
	w.Fault(fault.Processing())
	if r := w.client.get(status); r.text("data", "processing_info", "state") != "failed" {
		t.Errorf("failed: %s", r.body)
	}
	w.clean(t)
}

func TestMedia_RefusesWhatWasNotAnnounced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	for _, body := range []string{
		`{"media_type":"image/png","total_bytes":0,"media_category":"dm_image"}`, `{"media_type":"image/png","media_category":"dm_image"}`,
		`{"media_type":"image/png","total_bytes":5242881,"media_category":"dm_image"}`, `{"media_type":"a/b","total_bytes":1,"media_category":"dm_image"}`,
		`{"media_type":"image/png","total_bytes":1,"media_category":"image"}`, `{"media_type":"image/png","total_bytes":1,"media_category":"dm_video"}`,
	} {
		if r := w.client.post("/2/media/upload/initialize", body); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d", body, r.status)
		}
	}
	id := w.client.post("/2/media/upload/initialize", `{"media_type":"image/png","total_bytes":4,"media_category":"dm_image"}`).text("data", "id")
	step := "/2/media/upload/" + id
	for what, r := range map[string]reply{
		"wrong part":    w.client.multipart(step+"/append", map[string]string{"segment_index": "0"}, "file", []byte("a")),
		"no index":      w.client.multipart(step+"/append", nil, "media", []byte("a")),
		"wrong field":   w.client.multipart(step+"/append", map[string]string{"segment_index": "0", "command": "APPEND"}, "media", []byte("a")),
		"form":          w.client.form(step+"/append", url.Values{"segment_index": {"0"}}),
		"not all bytes": w.client.call("POST", step+"/finalize", "", nil),
	} {
		if r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", what, r.status, r.body)
		}
	}
	w.client.multipart(step+"/append", map[string]string{"segment_index": "0"}, "media", []byte("GIF8"))
	if r := w.client.call("POST", step+"/finalize", "", nil); r.status != http.StatusBadRequest {
		t.Errorf("wrong type: %d", r.status)
	}
}
