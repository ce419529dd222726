package control_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/engine"
	"perch/bridge/sqlite"
	"perch/bridge/xapi/payload"
)

// source is an X and a Motion that have files only.
type source struct {
	bridge.XClient
	bridge.MotionClient
	fetch func(bridge.Media) (bridge.File, error)
}

func (s *source) FetchMedia(_ context.Context, m bridge.Media) (bridge.File, error) {
	return s.fetch(m)
}

func (s *source) Download(context.Context, string) (bridge.File, error) {
	return bridge.File{Data: []byte("%PDF-1.7")}, nil
}

func (s *source) DMCall(to string, m bridge.Outgoing) bridge.Call {
	return bridge.Call{Method: "POST", URL: "https://x.example/to/" + to + "?token=hunter2", Body: []byte("text=" + m.Text), IsForm: true}
}

func (s *source) NotifyCall(n bridge.Notification) bridge.Call {
	body, _ := json.Marshal(n) // plain values only: cannot fail
	return bridge.Call{Method: "POST", URL: "https://motion.example/notify", Body: body}
}

// shown is a relay with one message in and one out.
type shown struct {
	*control.Client
	*source
	in, out int64
	socket  string
	journal *sqlite.Store
	bridge  *engine.Engine
}

func mustShow(t *testing.T) *shown {
	t.Helper()
	folder := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	journal, err := sqlite.Open(t.Context(), filepath.Join(folder, "perch.db"), log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &shown{source: &source{}, socket: filepath.Join(folder, "c.sock")}
	s.Client = control.NewClient(s.socket)
	b := engine.New(engine.Config{Channels: []bridge.Channel{{Name: "support", X: s.source, Motion: s.source}}, Journal: journal, Log: log, Read: payload.Read})
	s.journal, s.bridge = journal, b
	listener, err := control.Listen(ctx, s.socket)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { _ = journal.Run(ctx) })
	running.Go(func() { _ = control.NewServer(control.Relay{Console: b}, log).Serve(ctx, listener) })
	t.Cleanup(func() {
		s.Close()
		cancel()
		running.Wait()
		_ = journal.Close()
	})
	s.fill(t, journal)
	return s
}

func (s *shown) fill(t *testing.T, journal *sqlite.Store) {
	t.Helper()
	now := time.Now()
	in := &bridge.Delivery{
		Channel: "support", Direction: bridge.In, Kind: bridge.KindDM, State: bridge.Delivered, XID: "1", From: "annlee", Text: "look", ReceivedAt: now,
		Event: &bridge.Event{From: bridge.Person{ID: "7", Handle: "annlee"}, Media: []bridge.Media{{ID: "a", Type: bridge.Photo, Variants: []bridge.Variant{{URL: "https://x.example/a.png"}}}}},
		Media: []bridge.Attached{{Type: "image/png", Name: "a.png", Bytes: 4}}, Progress: bridge.Progress{TextDone: true, FilesDone: 1},
	}
	out := &bridge.Delivery{
		Channel: "support", Direction: bridge.Out, Kind: bridge.KindDM, State: bridge.Queued, PeerID: "7", Lane: "support/out/dm", Text: "hello", ReceivedAt: now,
		Reply: &bridge.Reply{MotionID: "m1", Body: "hello"},
	}
	err := journal.Keep(t.Context(), bridge.Post{ReceivedAt: now, Source: "x:support", Body: []byte(`{"id":1990000000000000077,"secret":"hunter2"}`)})
	if err == nil {
		in.Post = 1
		err = journal.Unpack(t.Context(), 1, bridge.Unpacked{Deliveries: []*bridge.Delivery{in}})
	}
	if err == nil {
		_, _, err = journal.Add(t.Context(), out, []byte(`{"body":"hello","apikey":"hunter2"}`))
	}
	if err != nil {
		t.Fatal(err)
	}
	s.in, s.out = in.ID, out.ID
}

func TestFilesGoThroughTheControlAPI(t *testing.T) {
	s := mustShow(t)
	data := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{0, 255, '\n'}, 1<<20)...)
	s.fetch = func(bridge.Media) (bridge.File, error) {
		return bridge.File{Name: `Größe "1"/../x.png`, Type: "text/html", Data: data}, nil
	}
	f, err := s.File(t.Context(), s.in, 0)
	if err != nil || !bytes.Equal(f.Data, data) || f.Type != "image/png" || f.Name != `Größe "1"/../x.png` {
		t.Errorf("File = %q %s, %d bytes, %v", f.Name, f.Type, len(f.Data), err)
	}
	for n, want := range map[int]string{1: "no file with the number 1", -1: "no file with the number -1"} {
		if _, err := s.File(t.Context(), s.in, n); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("file %d: %v", n, err)
		}
	}
	if _, err := s.File(t.Context(), 99, 0); err == nil || !strings.Contains(err.Error(), "no message 99") {
		t.Errorf("no message: %v", err)
	}
}

func TestWhyAFileCannotBeHadArrivesInWords(t *testing.T) {
	s := mustShow(t)
	s.fetch = func(bridge.Media) (bridge.File, error) {
		return bridge.File{}, &bridge.Error{Kind: bridge.Rejected, Message: "X does not have it any more", Remedy: "look at it on X"}
	}
	_, err := s.File(t.Context(), s.in, 0)
	if message, remedy := control.Explain(err); message != "X does not have it any more" || remedy != "look at it on X" {
		t.Errorf("%q, %q", message, remedy)
	}
	s.fetch = func(bridge.Media) (bridge.File, error) {
		return bridge.File{Data: make([]byte, control.MaxFile+1)}, nil
	}
	if _, err = s.File(t.Context(), s.in, 0); err == nil || !strings.Contains(err.Error(), "at most 25 MB are shown") {
		t.Errorf("a file that is too large: %v", err)
	}
}

func TestAFileIsNeverTakenForAPage(t *testing.T) {
	s := mustShow(t)
	s.fetch = func(bridge.Media) (bridge.File, error) {
		return bridge.File{Name: "a\r\nX-Evil: 1.html", Data: []byte("<html><script>alert(1)</script>")}, nil
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return control.Dial(ctx, s.socket)
	}}}
	defer client.CloseIdleConnections()
	r, err := client.Get("http://perch/v1/messages/1/files/0")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	h := r.Header
	if r.StatusCode != 200 || h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") ||
		!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("X-Evil") != "" || len(body) == 0 {
		t.Errorf("%d %v", r.StatusCode, h)
	}
	if r, err = client.Get("http://perch/v1/messages/1/files/zero"); err != nil || r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a file without a number: %+v, %v", r, err)
	}
	_ = r.Body.Close()
}

func TestBothSidesAreShownWithoutSecrets(t *testing.T) {
	s := mustShow(t)
	in, err := s.Message(t.Context(), s.in)
	if err != nil || in.Received == nil || !strings.Contains(in.Received.Text, "1990000000000000077") || in.StoredAt == nil || len(in.Calls) != 2 {
		t.Fatalf("Message = %+v, %v", in, err)
	}
	if in.Calls[0].Call != "POST https://motion.example/notify" || !strings.Contains(in.Calls[0].Text, `"Body": "look"`) ||
		!strings.Contains(in.Calls[1].Text, `"Body": "a.png"`) {
		t.Errorf("to Motion: %+v", in.Calls)
	}
	out, err := s.Message(t.Context(), s.out)
	if err != nil || out.Received == nil || len(out.Calls) != 1 || !strings.Contains(out.Calls[0].Text, `"text": "hello"`) {
		t.Fatalf("Message = %+v, %v", out, err)
	}
	for _, d := range []control.Detail{in, out} {
		if all, _ := json.Marshal(d); strings.Contains(string(all), "hunter2") || !strings.Contains(string(all), "…") {
			t.Errorf("shown as %s", all)
		}
	}
}

func TestFilesAreSavedSafely(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "folder")
	for name, want := range map[string]string{
		"a.png": "12-0-a.png", "": "12-0-file", "../../etc/passwd": "12-0-_.._etc_passwd", `C:\x\y.png`: "12-0-C__x_y.png", "...": "12-0-file",
		"CON": "12-0-CON", "\x00\n\u202egnp.exe": "12-0-___gnp.exe", "bad\xff": "12-0-bad_",
		strings.Repeat("ä", 200) + ".png": "12-0-" + strings.Repeat("ä", 55) + ".png",
	} {
		path, err := control.File{Name: name, Data: []byte("data")}.Save(folder, 12, 0)
		if err != nil || path != filepath.Join(folder, want) {
			if errors.Is(err, os.ErrExist) {
				continue // two names may become one
			}
			t.Errorf("%q is saved as %s, %v", name, path, err)
			continue
		}
		if info, err := os.Stat(path); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
			t.Errorf("%v, %v", info, err)
		}
	}
	target := filepath.Join(t.TempDir(), "target")
	link := filepath.Join(folder, "12-1-link")
	err := os.Symlink(target, link)
	if _, statErr := os.Lstat(link); err != nil || statErr != nil { // Wine makes none and says nothing
		t.Skip("there are no links here: ", err)
	}
	if _, err := (control.File{Name: "link"}).Save(folder, 12, 1); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a link is followed: %v", err)
	}
	if _, err := (control.File{Name: "a.png", Data: []byte("other")}).Save(folder, 12, 0); err == nil {
		t.Error("a file is replaced")
	}
	if data, err := os.ReadFile(filepath.Join(folder, "12-0-a.png")); err != nil || string(data) != "data" {
		t.Errorf("%s, %v", data, err)
	}
}
