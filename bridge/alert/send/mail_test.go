package send_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/alert"
	"perch/bridge/alert/send"
	"perch/bridge/sim/mailsim"
)

func mailServer(t *testing.T, o mailsim.Options) (*mailsim.Server, send.Target) {
	t.Helper()
	server, err := mailsim.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server, send.Target{
		Name: "mail", Kind: send.Email, Server: server.Address(), IsTLS: o.IsTLS, User: o.User, Password: o.Password, From: "perch@example.com",
		To: []string{"ann@example.com", "bob@example.com"}, Host: "büro 1", Version: "1.2.3",
	}
}

func TestMail_ArrivesWhole(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]mailsim.Options{
		"starttls, no user": {}, "starttls": {User: "u", Password: "p w"}, "tls": {IsTLS: true, User: "u", Password: "p"}, "tls, no user": {IsTLS: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, target := mailServer(t, o)
			if warning, err := send.New(server.Roots()).Send(t.Context(), target, notice("x", "Ärger mit X")); err != nil || warning != "" {
				t.Fatal(warning, err)
			}
			got := server.Messages()
			if len(got) != 2 || got[0].To[0] != "ann@example.com" || got[1].To[0] != "bob@example.com" || len(got[0].To) != 1 {
				t.Fatalf("%+v", got)
			}
			h := got[0].Header
			if h.Get("Auto-Submitted") != "auto-generated" || !strings.Contains(h.Get("Message-Id"), "perch.mail-") || h.Get("Importance") != "high" || h.Get("Subject") == "" {
				t.Errorf("%v", h)
			}
			if !strings.Contains(got[0].Body, "Perch 1.2.3") {
				t.Error(got[0].Body)
			}
		})
	}
}

// A notice that is sent again has the same Message-ID, so that it is shown once.
func TestMail_KeepsItsID(t *testing.T) {
	t.Parallel()
	server, target := mailServer(t, mailsim.Options{})
	target.To = target.To[:1]
	n := notice("x", "t")
	for range 2 {
		if _, err := send.New(server.Roots()).Send(t.Context(), target, n); err != nil {
			t.Fatal(err)
		}
	}
	if got := server.Messages(); got[0].Header.Get("Message-Id") != got[1].Header.Get("Message-Id") {
		t.Errorf("%v", got)
	}
}

// One address that is refused keeps no other from it, and is told.
func TestMail_OneAddressIsRefused(t *testing.T) {
	t.Parallel()
	server, target := mailServer(t, mailsim.Options{})
	server.Refuse("ann@example.com")
	warning, err := send.New(server.Roots()).Send(t.Context(), target, notice("x", "t"))
	if err != nil || !strings.Contains(warning, "ann@example.com") || len(server.Messages()) != 1 {
		t.Error(warning, err, server.Messages())
	}
	server.Refuse("bob@example.com")
	if _, err = send.New(server.Roots()).Send(t.Context(), target, notice("x", "t")); bridge.KindOf(err) != bridge.Operator {
		t.Error(err)
	}
}

func TestMail_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		options  mailsim.Options
		change   func(*mailsim.Server, *send.Target)
		distrust bool
		kind     bridge.Kind
		want     string
	}{
		"wrong password": {options: mailsim.Options{User: "u", Password: "right"}, change: func(_ *mailsim.Server, t *send.Target) { t.Password = "SECRETWRONG" }, kind: bridge.Operator, want: "refuses the user or the password"},
		"no user":        {options: mailsim.Options{User: "u", Password: "right"}, change: func(_ *mailsim.Server, t *send.Target) { t.User = "" }, kind: bridge.Operator, want: "refuses the user or the password"},
		"no starttls":    {options: mailsim.Options{NoTLS: true, User: "u", Password: "p"}, kind: bridge.Operator, want: "does not offer STARTTLS"},
		"no sign-in":     {change: func(_ *mailsim.Server, t *send.Target) { t.User = "u" }, kind: bridge.Operator, want: "no way to sign in"},
		"busy":           {change: func(s *mailsim.Server, _ *send.Target) { s.Fail(451) }, kind: bridge.Temporary, want: "cannot take it now (answer 451)"},
		"refused":        {change: func(s *mailsim.Server, _ *send.Target) { s.Fail(554) }, kind: bridge.Operator, want: "refuses the message (answer 554)"},
		"unknown issuer": {distrust: true, kind: bridge.Operator, want: "from nobody that this computer trusts"},
		"gone":           {change: func(s *mailsim.Server, _ *send.Target) { _ = s.Close() }, kind: bridge.Temporary, want: "cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, target := mailServer(t, tc.options)
			if tc.change != nil {
				tc.change(server, &target)
			}
			roots := server.Roots()
			if tc.distrust {
				other, err := mailsim.Start(mailsim.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = other.Close() }()
				roots = other.Roots()
			}
			_, err := send.New(roots).Send(t.Context(), target, notice("x", "t"))
			e := bridge.AsError(err)
			if e == nil || e.Kind != tc.kind || !strings.Contains(e.Message, tc.want) || e.Remedy == "" || strings.Contains(e.Error(), "SECRETWRONG") || len(server.Messages()) > 0 {
				t.Errorf("%+v", e)
			}
		})
	}
}

// A server that says nothing, for ever, holds nobody up when Perch ends.
func TestMail_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, isTLS := range []bool{false, true} {
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = listener.Close() }()
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		began := time.Now()
		_, err = send.New(nil).Send(ctx, send.Target{Name: "m", Kind: send.Email, Server: listener.Addr().String(), IsTLS: isTLS, From: "a@example.com", To: []string{"b@example.com"}, Host: "h"}, notice("x", "t"))
		cancel()
		if took := time.Since(began); err == nil || took > 5*time.Second {
			t.Errorf("tls %v: %v after %v", isTLS, err, took)
		}
	}
}

func notice(key, title string) alert.Notice {
	now := time.Now()
	return alert.Notice{ID: 7, Place: "ops", Made: now, Items: []alert.Item{{State: alert.Open, Cause: alert.Cause{
		Key: key, Side: "x", Channel: "support", Level: alert.NeedsYou, Title: title, What: "X refuses the keys", Remedy: "store new ones", Since: now,
	}}}}
}
