package control_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/bridge"
)

// chatBackend remembers what it was asked.
type chatBackend struct {
	asked []string
	left  int
}

func (b *chatBackend) note(what, channel string) (control.ChatResult, error) {
	b.asked = append(b.asked, what+" "+channel)
	if channel == "nobody" {
		return control.ChatResult{}, &bridge.Error{Kind: bridge.Operator, Message: "there is no such channel", Remedy: "look"}
	}
	return control.ChatResult{Account: "acme", Fingerprint: "f", Version: "17", CanSign: true, Message: what}, nil
}

func (b *chatBackend) ImportChat(_ context.Context, channel, pasted string) (control.ChatResult, error) {
	return b.note("import "+pasted, channel)
}

func (b *chatBackend) UnlockChat(_ context.Context, channel, pin string, confirm func(int) bool) (control.ChatResult, error) {
	if b.left <= control.FewGuesses && !confirm(b.left) {
		return control.ChatResult{Left: &b.left}, &bridge.Error{Kind: bridge.Operator, Code: control.CodeFewGuesses, Message: "few guesses are left", Remedy: "say yes"}
	}
	return b.note("unlock "+pin, channel)
}

func (b *chatBackend) CheckChat(_ context.Context, channel string) (control.ChatResult, error) {
	return b.note("check", channel)
}

func (b *chatBackend) ForgetChat(_ context.Context, channel string) (control.ChatResult, error) {
	return b.note("forget", channel)
}

func TestChatOverTheSocket(t *testing.T) {
	b := &chatBackend{left: 19}
	client := mustServe(t, nil, func(s *control.Server) { s.HandleChat(b) })
	for _, act := range []func() (control.ChatResult, error){
		func() (control.ChatResult, error) { return client.ImportChat(t.Context(), "support", "k k\n") },
		func() (control.ChatResult, error) { return client.UnlockChat(t.Context(), "support", "1234", nil) },
		func() (control.ChatResult, error) { return client.CheckChat(t.Context(), "") },
		func() (control.ChatResult, error) { return client.ForgetChat(t.Context(), "support") },
	} {
		if r, err := act(); err != nil || r.Account != "acme" || r.Fingerprint != "f" || r.Version != "17" || !r.CanSign || r.Left != nil {
			t.Errorf("%+v, %v", r, err)
		}
	}
	want := []string{"import k k\n support", "unlock 1234 support", "check ", "forget support"}
	if diff := cmp.Diff(want, b.asked); diff != "" {
		t.Error(diff)
	}
	_, err := client.ImportChat(t.Context(), "nobody", "planted-key")
	if message, remedy := control.Explain(err); message != "there is no such channel" || remedy != "look" || strings.Contains(fmt.Sprintf("%v %#v", err, err), "planted") {
		t.Errorf("%q, %q", message, remedy)
	}
}

func TestFewGuessesOverTheSocket(t *testing.T) {
	b := &chatBackend{left: 2}
	client := mustServe(t, nil, func(s *control.Server) { s.HandleChat(b) })
	r, err := client.UnlockChat(t.Context(), "support", "planted-pin", func(int) bool { return false })
	if bridge.CodeOf(err) != control.CodeFewGuesses || r.Left == nil || *r.Left != 2 || strings.Contains(fmt.Sprintf("%v %#v", err, err), "planted") {
		t.Errorf("%+v, %v", r, err)
	}
	asked := 0
	if _, err = client.UnlockChat(t.Context(), "support", "1", func(left int) bool { asked = left; return true }); err != nil || asked != control.LeftUnknown {
		t.Errorf("said yes: %v, asked with %d", err, asked)
	}
}

// An attempt whose answer is lost must not look like one that was never made: whoever tries again spends a guess.
func TestALostAttemptIsNotOneThatWasNeverMade(t *testing.T) {
	nobody := control.NewClient(filepath.Join(t.TempDir(), "none.sock"))
	if _, err := nobody.UnlockChat(t.Context(), "support", "1", nil); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("no relay: %v", err)
	}
	if _, err := mustServe(t, nil).UnlockChat(t.Context(), "support", "1", nil); !errors.Is(err, control.ErrNoSettings) {
		t.Errorf("a relay that knows nothing of it: %v", err)
	}
	socket := filepath.Join(t.TempDir(), "c.sock")
	listener, err := control.Listen(t.Context(), socket)
	if err != nil {
		t.Fatal(err)
	}
	answers := make(chan string, 3)
	for _, answer := range []string{"", "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"account\":", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"} {
		answers <- answer
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = connection.Write([]byte(<-answers))
			_ = connection.Close()
		}
	}))
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	defer server.Close()
	client := control.NewClient(socket)
	defer client.Close()
	for range 3 {
		_, err := client.UnlockChat(t.Context(), "support", "1", nil)
		if errors.Is(err, control.ErrNotRunning) || bridge.KindOf(err) != bridge.OutcomeUnknown || !strings.Contains(err.Error(), "may have cost a guess") {
			t.Errorf("a lost answer: %v", err)
		}
	}
}
