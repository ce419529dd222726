package tlsport

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mholt/acmez/v3/acme"
	"go.uber.org/zap"

	"perch/bridge"
	"perch/bridge/reach/tunnel"
	"perch/bridge/reach/tunnel/tunneltest"
)

func TestACMEPutsProblemsIntoWords(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]struct {
		kind bridge.Kind
		word string
	}{
		"dns":                     {bridge.Operator, "A or AAAA record"},
		"connection":              {bridge.Operator, "forwarded"},
		"unauthorized":            {bridge.Operator, "proxy"}, //nolint:misspell // the protocol's word
		"rateLimited":             {bridge.Temporary, "tries again"},
		"rejectedIdentifier":      {bridge.Operator, "acme_domain"},
		"caa":                     {bridge.Operator, "CAA record"},
		"invalidContact":          {bridge.Operator, "acme_email"},
		"externalAccountRequired": {bridge.Operator, "key id"},
		"serverInternal":          {bridge.Temporary, "out of order"},
	} {
		problem := acme.Problem{Type: acme.ProblemTypeNamespace + kind, Status: 403, Detail: "out of order"}
		got := acmeError("perch.example", fmt.Errorf("obtaining: %w", problem))
		if text := got.Message + got.Remedy; got.Kind != want.kind || got.Code != "acme/"+kind || !strings.Contains(text, want.word) {
			t.Errorf("%s: %s %s: %s; %s", kind, got.Kind, got.Code, got.Message, got.Remedy)
		}
	}
	if got := acmeError("perch.example", errors.New("failed storage check: no space left")); got.Code != "acme/storage" {
		t.Errorf("a full disk: %v", got)
	}
}

func TestACMESaysThatTheAuthorityCannotBeReached(t *testing.T) {
	t.Parallel()
	tun := NewACME(ACMEConfig{
		Domain: "perch.example", Directory: "https://127.0.0.1:1/dir", Storage: filepath.Join(t.TempDir(), "acme"),
		Listen: net.JoinHostPort(loopback, strconv.Itoa(tunneltest.FreePort(t))), Log: slog.New(slog.DiscardHandler),
	})
	tunneltest.Serve(t, tun)
	s := tunneltest.Reaches(t, tun, tunnel.Degraded, "acme/unreachable")
	if s.PublicURL != "https://perch.example" || s.Remedy == "" || time.Until(s.RetryAt) < acmeFirst/4 {
		t.Errorf("state %+v", s)
	}
}

func TestLibraryLogGoesToOurs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := zap.New(&zapCore{log: slog.New(slog.NewTextHandler(&out, nil))}).With(zap.String("name", "perch.example"))
	logger.Info("not shown")
	logger.Error("shown", zap.Int("attempt", 3))
	if text := out.String(); strings.Contains(text, "not shown") || !strings.Contains(text, "level=WARN") ||
		!strings.Contains(text, "perch.example") || !strings.Contains(text, "attempt:3") {
		t.Errorf("log %q", text)
	}
}
