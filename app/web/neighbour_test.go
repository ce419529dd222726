package web_test

import (
	"net"
	"net/http"
	"strings"
	"testing"
)

// Cookies know no ports: a program at another port of the same name gets ours, and can set one like it.
func TestAProgramAtAnotherPortNeitherEntersNorLocksOut(t *testing.T) {
	s := mustServe(t, local())
	mine := s.mustSignIn()
	if response, _ := s.ask(http.MethodGet, "/api/v1/status", "", func(r *http.Request) { r.AddCookie(mine.Cookie) }); response.StatusCode != http.StatusUnauthorized {
		t.Errorf("with the cookie alone: %d", response.StatusCode)
	}
	response, text := s.ask(http.MethodGet, "/api/v1/status", "", func(r *http.Request) {
		r.Header.Set("Cookie", mine.Name+"=set-elsewhere; "+mine.Name+"="+mine.Value)
		r.Header.Set("Perch-Key", mine.key)
	})
	if response.StatusCode != http.StatusOK {
		t.Errorf("beside a cookie of the same name: %d %s", response.StatusCode, text)
	}
	if gone, _ := s.ask(http.MethodDelete, "/session", "", func(r *http.Request) { r.AddCookie(mine.Cookie) }); gone.StatusCode != http.StatusNoContent {
		t.Errorf("signing out: %d", gone.StatusCode)
	}
	if response, _ := s.ask(http.MethodGet, "/api/v1/status", "", mine.show); response.StatusCode != http.StatusOK {
		t.Errorf("the cookie alone has signed out: %d", response.StatusCode)
	}
	other := mustServe(t, local())
	if theirs := other.mustSignIn(); theirs.Name == mine.Name {
		t.Errorf("two pages at one name have one cookie, %s: each sign-in ends the other's", mine.Name)
	}
}

// When the page moves, whoever listens at the old place next is sent what the browser still has.
func TestSessionsEndWhenThePageMoves(t *testing.T) {
	s := mustServe(t, local())
	mine := s.mustSignIn()
	moved := local()
	moved.Listen = "localhost:0"
	old := s.address
	s.wanted.Store(&moved)
	s.server.Poke()
	if !s.await(func() bool { list, _ := s.server.WebSessions(t.Context()); return len(list) == 0 }, patience) {
		t.Error("the session goes on")
	}
	s.address, _, _ = strings.Cut(s.mustCode(), "/#")
	if s.address == old {
		t.Fatal("it has not moved")
	}
	if response, _ := s.ask(http.MethodGet, "/api/v1/status", "", mine.show); response.StatusCode != http.StatusUnauthorized {
		t.Errorf("at the new place: %d", response.StatusCode)
	}
}

func TestWhoIsSlowKeepsNobodyOut(t *testing.T) {
	s := mustServe(t, local())
	cookie := s.mustSignIn()
	for range 60 {
		conn, err := net.Dial("tcp", s.address[len("http://"):])
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-")); err != nil {
			t.Fatal(err)
		}
	}
	if response, _ := s.ask(http.MethodGet, "/api/v1/status", "", cookie.show); response.StatusCode != http.StatusOK {
		t.Errorf("beside 60 that are slow: %d", response.StatusCode)
	}
}

// What a browser or a stranger may send besides: none of it is answered with more than the page itself.
func TestOtherMethodsGetNothing(t *testing.T) {
	s := mustServe(t, local())
	cookie := s.mustSignIn()
	before := s.called.Load()
	for _, path := range []string{"/", "/session", "/api/v1/status", "/app/abc/perch.wasm"} {
		for _, method := range []string{"HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "PROPFIND"} {
			r, _ := http.NewRequestWithContext(t.Context(), method, s.address+path, nil)
			r.AddCookie(cookie.Cookie)
			r.Header.Set("Range", "bytes=0-0")
			response, err := s.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if isPage := method == "HEAD" && (path == "/" || path == "/app/abc/perch.wasm"); (response.StatusCode < 400) != isPage {
				t.Errorf("%s %s: %d", method, path, response.StatusCode)
			}
			if h := response.Header; h.Get("Access-Control-Allow-Origin") != "" || h.Get("Set-Cookie") != "" || h.Get("Content-Security-Policy") == "" {
				t.Errorf("%s %s: %v", method, path, h)
			}
		}
	}
	if s.called.Load() != before {
		t.Error("the relay was called")
	}
}
