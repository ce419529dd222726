package ngrok

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/tunneltest"
)

func TestNgrokPutsErrorsIntoWordsWithoutTheToken(t *testing.T) {
	t.Parallel()
	const token = "2abcSECRET"
	for number, want := range map[string]struct {
		kind bridge.Kind
		code string
		word string
	}{
		"105":  {bridge.Operator, tunnel.CodeToken, "perch secret set reach.ngrok_token"},
		"107":  {bridge.Operator, tunnel.CodeToken, "perch secret set reach.ngrok_token"},
		"108":  {bridge.Operator, "ngrok/108", "session"},
		"320":  {bridge.Operator, "ngrok/320", "domain"},
		"334":  {bridge.Temporary, "ngrok/334", "online"},
		"9999": {bridge.Temporary, "ngrok/9999", "err_ngrok_9999"},
	} {
		err := fmt.Errorf("authentication failed: The authtoken is wrong. Your authtoken: %s\n\nERR_NGROK_%s", token, number)
		got := ngrokError(err)
		if text := got.Error() + got.Remedy; got.Kind != want.kind || got.Code != want.code || !strings.Contains(text, want.word) || strings.Contains(text, token) {
			t.Errorf("%s: %s %s: %s; %s", number, got.Kind, got.Code, got, got.Remedy)
		}
	}
	if got := ngrokError(errors.New("session closed, token " + token)); got.Code != "ngrok/lost" || strings.Contains(got.Error(), token) {
		t.Errorf("an error without a code: %v", got)
	}
}

// noNetwork is a dialer that reaches nothing.
type noNetwork struct{}

func (noNetwork) Dial(string, string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

func (d noNetwork) DialContext(_ context.Context, network, at string) (net.Conn, error) {
	return d.Dial(network, at)
}

func TestNgrokSaysThatItCannotBeReachedAndStops(t *testing.T) {
	t.Parallel()
	var log tunneltest.LockedBuffer
	tun := New(Config{
		Token: "2abcSECRET", Domain: "perch.ngrok.app", Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	tun.dialer = noNetwork{}
	ctx, cancel := context.WithCancel(t.Context())
	listener, err := tun.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s := tunneltest.Reaches(t, tun, tunnel.Degraded, "net/refused")
	if s.PublicURL != "https://perch.ngrok.app" || !strings.Contains(s.Remedy, "firewall") {
		t.Errorf("state %+v", s)
	}
	begun := time.Now()
	cancel()
	if _, err := listener.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept: %v", err)
	}
	tun.Wait()
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	if strings.Contains(log.String(), "SECRET") {
		t.Error("the token is in the log")
	}
}

func TestNgrokNeedsAToken(t *testing.T) {
	t.Parallel()
	tun := New(Config{Log: slog.New(slog.DiscardHandler)})
	tunneltest.Serve(t, tun)
	tunneltest.Reaches(t, tun, tunnel.Failed, tunnel.CodeToken)
	if _, err := New(Config{Domain: "https://x", Log: slog.New(slog.DiscardHandler)}).Listen(t.Context()); bridge.KindOf(err) != bridge.Invalid {
		t.Errorf("a domain that is a URL: %v", err)
	}
}
