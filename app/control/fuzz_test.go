package control_test

import (
	"context"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"perch/app/control"
	"perch/bridge"
)

// Whatever answers at the control socket: the client never panics, and an answer that it cannot use is an error in words,
// never an empty success.
func FuzzClient(f *testing.F) {
	for _, body := range []string{
		`{"state":"running","channels":[{"name":"support"}]}`, "", "null", "[]", "{}", `{"what":"read","message":"disk full","remedy":""}`, "<html></html>", `{"channels":{}}`,
		`[{"id":1,"received_at":"odd"}]`, `{"id":"1"}`, "{\"state\":\"running\"}{", "\x00", `[{"windows":[{"reset_at":"58876-01-01T00:00:00Z"}]}]`,
	} {
		for n := range 5 {
			f.Add(uint8(n), uint16(n), []byte(body))
		}
	}
	var next atomic.Pointer[struct {
		status int
		body   []byte
	}]
	socket := filepath.Join(f.TempDir(), "s")
	listener, err := control.Listen(f.Context(), socket)
	if err != nil {
		f.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		a := next.Load()
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	})}
	go func() { _ = server.Serve(listener) }()
	f.Cleanup(func() { _ = server.Close() })
	c := control.NewClient(socket)
	f.Cleanup(c.Close)
	f.Fuzz(func(t *testing.T, n uint8, status uint16, body []byte) {
		code := http.StatusOK
		if status%4 == 0 {
			code = 200 + int(status)%400
		}
		next.Store(&struct {
			status int
			body   []byte
		}{code, body})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var err error
		switch n % 5 {
		case 0:
			_, err = c.Status(ctx)
		case 1:
			_, err = c.Limits(ctx)
		case 2:
			_, err = c.Messages(ctx, control.Query{})
		case 3:
			_, err = c.Message(ctx, 1)
		default:
			err = c.Feed(ctx, control.Query{}, func(control.Message) {})
		}
		switch {
		case err == nil && code != http.StatusOK:
			t.Errorf("status %d is a success", code)
		case err == nil && len(body) == 0 && n%5 != 4:
			t.Error("an empty answer is a success")
		case err != nil && (bridge.AsError(err).Message == "" || !utf8.ValidString(bridge.AsError(err).Message)):
			t.Errorf("says %q", bridge.AsError(err).Message)
		}
	})
}
