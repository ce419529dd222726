package xv2chat_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/media"
	"perch/bridge/sim/simtest"
	"perch/bridge/xchat"
	"perch/bridge/xchat/stream"
	"perch/bridge/xchat/wire"
)

// talking is a brand in a conversation.
func talking(t *testing.T, options sim.ChatOptions, first sim.Note) (*brand, *xchat.Message) {
	t.Helper()
	b := newBrand(t, sim.XOptions{})
	b.ChangeChat(func(o *sim.ChatOptions) { *o = options })
	b.Write(b.Customer.ID, b.Brand.ID, first)
	m, ok := b.fetch()[0].(*xchat.Message)
	if !ok {
		t.Fatal("the first message cannot be read")
	}
	return b, m
}

func (b *brand) key(version string) *[stream.KeySize]byte {
	return (*[stream.KeySize]byte)(b.ring[b.pair][version].Reveal())
}

func TestX_HostsFilesOfCustomers(t *testing.T) {
	t.Parallel()
	files := []media.File{media.SamplePNG(), media.SampleMP4(), {Name: "a.gif", Data: []byte("GIF89a and more")}}
	b, m := talking(t, sim.ChatOptions{}, sim.Note{Text: "look", Files: files})
	if len(m.Attachments) != len(files) {
		t.Fatalf("%d files", len(m.Attachments))
	}
	for i, a := range m.Attachments {
		r := b.Client.Get("/2/chat/media/" + b.pair.Path() + "/" + a.Media.HashKey)
		plain, err := io.ReadAll(stream.Open(b.key(m.KeyVersion), bytes.NewReader([]byte(r.Body)), a.Media.Size))
		if err != nil || !bytes.Equal(plain, files[i].Data) || a.Media.Type != wire.MediaType([]int{1, 3, 2}[i]) || a.Media.Filename != files[i].Name {
			t.Errorf("file %d: %v, %+v", i, err, a.Media)
		}
	}
	key := m.Attachments[0].Media.HashKey
	b.Clean(t)
	if r := b.Client.Get("/2/chat/media/" + b.Customer.ID + "/" + key); r.Status != http.StatusBadRequest {
		t.Errorf("by the id of the other alone: %d", r.Status)
	}
	if r := b.Client.Get("/2/chat/media/" + b.pair.Path() + "/abc"); r.Status != http.StatusNotFound {
		t.Errorf("no such file: %d", r.Status)
	}
	for _, how := range []string{"cut", "swap", "flip", "gone"} {
		b, m := talking(t, sim.ChatOptions{}, sim.Note{Files: []media.File{{Name: "big.png", Data: bytes.Repeat([]byte("picture "), 1000)}}})
		b.SpoilChatMedia(b.Customer.ID, b.Brand.ID, how)
		r := b.Client.Get("/2/chat/media/" + b.pair.Path() + "/" + m.Attachments[0].Media.HashKey)
		_, err := io.ReadAll(stream.Open(b.key(m.KeyVersion), bytes.NewReader([]byte(r.Body)), m.Attachments[0].Media.Size))
		if err == nil || (r.Status == http.StatusNotFound) != (how == "gone") {
			t.Errorf("%s: %d, %v", how, r.Status, err)
		}
	}
}

// upload uploads an encrypted file in parts; change may spoil a step's body.
func (b *brand) upload(sealed []byte, size int, change func(step string, body map[string]any)) (string, simtest.Reply) {
	b.t.Helper()
	call := func(step, path string, body map[string]any) simtest.Reply {
		if change != nil {
			change(step, body)
		}
		return b.Client.Post("/2/chat/media/upload/"+path, body)
	}
	r := call("initialize", "initialize", map[string]any{"conversation_id": b.pair.Path(), "total_bytes": len(sealed)})
	key, session, n := r.Text("data", "media_hash_key"), r.Text("data", "session_id"), 0
	for from := 0; from < len(sealed) && r.Status == http.StatusOK; from += size {
		r = call("append", session+"/append", map[string]any{
			"conversation_id": b.pair.Path(), "media_hash_key": key, "segment_index": n,
			"media": base64.StdEncoding.EncodeToString(sealed[from:min(from+size, len(sealed))]),
		})
		n++
	}
	if r.Status == http.StatusOK {
		r = call("finalize", session+"/finalize", map[string]any{"conversation_id": b.pair.Path(), "media_hash_key": key, "num_parts": strconv.Itoa(n)})
	}
	return key, r
}

func (b *brand) sealFile(data []byte) []byte {
	sealed, _ := io.ReadAll(stream.Seal(b.key(b.newest), bytes.NewReader(data)))
	return sealed
}

func TestX_TakesFilesOfTheBrand(t *testing.T) {
	t.Parallel()
	b, _ := talking(t, sim.ChatOptions{}, sim.Note{Text: "send me a picture"})
	data := bytes.Repeat([]byte("picture "), 4000)
	key, r := b.upload(b.sealFile(data), 10_000, nil)
	if r.Text("data", "success") != "true" {
		t.Fatalf("upload: %d %s", r.Status, r.Body)
	}
	file := wire.Media{HashKey: key, Width: 4, Height: 3, Type: wire.MediaImage, Size: int64(len(data)), Filename: "a.png"}
	b.answer(b.draft(xchat.Draft{Text: "here", Files: []wire.Media{file}}))
	read := b.ChatRead(b.Customer.ID, b.Brand.ID)
	if len(read) != 1 || len(read[0].Files) != 1 || !bytes.Equal(read[0].Files[0].Data, data) || read[0].Files[0].Name != "a.png" {
		t.Errorf("the customer reads %+v", read)
	}
	b.Clean(t)
	file.Size++
	b.answer(b.draft(xchat.Draft{Files: []wire.Media{file}}))
	file.HashKey = "nothing"
	b.answer(b.draft(xchat.Draft{Files: []wire.Media{file}}))
	if v := b.Violations(); len(v) != 2 {
		t.Errorf("violations: %v", v)
	}
}

func TestX_TakesPartsOfFilesAsForms(t *testing.T) {
	t.Parallel()
	b, _ := talking(t, sim.ChatOptions{}, sim.Note{Text: "hello"})
	sealed := b.sealFile([]byte("small"))
	r := b.Client.Post("/2/chat/media/upload/initialize", map[string]any{"conversation_id": b.pair.Path(), "total_bytes": len(sealed)})
	fields := map[string]string{"conversation_id": b.pair.Path(), "media_hash_key": r.Text("data", "media_hash_key"), "segment_index": "0"}
	r = b.Client.Multipart("/2/chat/media/upload/"+r.Text("data", "session_id")+"/append", fields, "media", sealed)
	if r.Status != http.StatusOK || r.Text("data", "expires_at") == "" {
		t.Errorf("append: %d %s", r.Status, r.Body)
	}
	b.Clean(t)
}

func TestX_RefusesWrongUploads(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options sim.ChatOptions
		change  func(step string, body map[string]any)
		noted   int
	}{
		"the wrong size":    {change: func(_ string, b map[string]any) { more(b, "total_bytes", 1) }, noted: 1},
		"an unlikely size":  {change: func(_ string, b map[string]any) { set(b, "total_bytes", 25) }, noted: 1},
		"too large":         {change: func(_ string, b map[string]any) { set(b, "total_bytes", 26<<20) }},
		"the wrong order":   {change: func(_ string, b map[string]any) { more(b, "segment_index", 1) }, noted: 1},
		"no index":          {change: func(_ string, b map[string]any) { delete(b, "segment_index") }, noted: 1},
		"no base64":         {change: func(_ string, b map[string]any) { set(b, "media", "<>") }, noted: 1},
		"an empty part":     {change: func(_ string, b map[string]any) { set(b, "media", "") }, noted: 1},
		"another count":     {change: func(_ string, b map[string]any) { set(b, "num_parts", "9") }, noted: 1},
		"a count as number": {change: func(_ string, b map[string]any) { set(b, "num_parts", 4) }, noted: 1},
		"another file":      {change: func(_ string, b map[string]any) { set(b, "media_hash_key", "abc") }, noted: 1},
		"a colon":           {change: func(_ string, b map[string]any) { set(b, "conversation_id", "3001969357:4337869213") }},
		"a hyphen":          {options: sim.ChatOptions{MediaColon: true}},
		"too late":          {options: sim.ChatOptions{UploadLife: time.Nanosecond}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := talking(t, c.options, sim.Note{Text: "hello"})
			_, r := b.upload(b.sealFile(bytes.Repeat([]byte("x"), 3000)), 1000, c.change)
			if r.Status != http.StatusBadRequest || len(b.Violations()) != c.noted {
				t.Errorf("%d %s, violations %v", r.Status, r.Body, b.Violations())
			}
		})
	}
}

func set(body map[string]any, name string, value any) {
	if _, isThere := body[name]; isThere {
		body[name] = value
	}
}

func more(body map[string]any, name string, n int) {
	if now, isNumber := body[name].(int); isNumber {
		body[name] = now + n
	}
}
