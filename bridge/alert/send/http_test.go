package send_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/alert"
	"perch/bridge/alert/send"
)

// caught is a call that a server got.
type caught struct {
	method, path string
	header       http.Header
	body         []byte
}

func catcher(t *testing.T, answer http.HandlerFunc) (*httptest.Server, func() caught) {
	t.Helper()
	var last atomic.Pointer[caught]
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		last.Store(&caught{r.Method, r.URL.Path, r.Header, body})
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server, func() caught {
		if c := last.Load(); c != nil {
			return *c
		}
		return caught{}
	}
}

func senderFor(t *testing.T, server *httptest.Server) *send.Sender {
	t.Helper()
	s := send.New(server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs) //nolint:forcetypeassert // httptest says so
	t.Cleanup(s.Close)
	return s
}

func TestWebhook_IsSignedAndWhole(t *testing.T) {
	t.Parallel()
	server, last := catcher(t, nil)
	target := send.Target{Name: "ops", Kind: send.Webhook, URL: server.URL + "/in", Key: "k", Host: "h1", Version: "1.2.3"}
	n := notice("x/support", "Trouble with X")
	if _, err := senderFor(t, server).Send(t.Context(), target, n); err != nil {
		t.Fatal(err)
	}
	c := last()
	stamp := c.header.Get("X-Perch-Timestamp")
	if c.method != http.MethodPost || c.header.Get("X-Perch-Signature") != send.Sign("k", stamp, c.body) || c.header.Get("X-Perch-Id") == "" {
		t.Errorf("%+v", c)
	}
	var body send.WebhookBody
	if err := json.Unmarshal(c.body, &body); err != nil {
		t.Fatal(err)
	}
	if body.Version != 1 || body.Event != "trouble" || body.Host != "h1" || len(body.Causes) != 1 || body.Causes[0].Key != "x/support" || body.ID != c.header.Get("X-Perch-Id") ||
		!strings.Contains(body.Title, "Perch on h1: Trouble with X (support)") || body.Causes[0].Until != nil {
		t.Errorf("%s", c.body)
	}
}

// The vector that docs/alerts.md shows.
func TestSign_Vector(t *testing.T) {
	t.Parallel()
	if got := send.Sign("secret", "1700000000", []byte(`{"version":1}`)); got != "sha256=6c49492c841520e805df0f6652ac4859b2bf8a94b97b7fe2664f0c02e62d2c85" {
		t.Error(got)
	}
}

func TestForms_AreWhatTheirServicesTake(t *testing.T) {
	t.Parallel()
	server, last := catcher(t, nil)
	n := notice("dead/support", "Messages could not be delivered")
	n.Items[0].Messages = []string{"Message 1 from @ann: <!channel> <users/all> [click](https://evil.example) *b*"}
	for kind, want := range map[string][]string{
		send.Slack:      {`"type":"header"`, `&lt;!channel&gt;`, `"type":"mrkdwn"`},
		send.Teams:      {`"contentType":"application/vnd.microsoft.card.adaptive"`, `\\[click\\](https`, `"type":"AdaptiveCard"`},
		send.GoogleChat: {`"text":"*Perch on h`, `‹users/all›`},
	} {
		if _, err := senderFor(t, server).Send(t.Context(), send.Target{Name: "a", Kind: kind, URL: server.URL, Key: "k", Host: "h"}, n); err != nil {
			t.Fatal(err)
		}
		c := last()
		var anything any
		if err := json.Unmarshal(c.body, &anything); err != nil {
			t.Error(kind, err)
		}
		body := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(c.body))
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s lacks %s:\n%s", kind, w, body)
			}
		}
		if kind != send.Teams && strings.Contains(body, "<!channel>") || kind != send.Teams && strings.Contains(body, "<users/all>") || c.header.Get("X-Perch-Signature") != "" {
			t.Errorf("%s: %s", kind, body)
		}
	}
}

// However much is out of order, no service refuses a notice for its size.
func TestForms_AreBounded(t *testing.T) {
	t.Parallel()
	server, last := catcher(t, nil)
	n := notice("x", strings.Repeat("é", 3000))
	for len(n.Items) < 300 {
		n.Items = append(n.Items, n.Items[0])
	}
	for _, kind := range []string{send.Slack, send.Teams, send.GoogleChat} {
		if _, err := senderFor(t, server).Send(t.Context(), send.Target{Name: "a", Kind: kind, URL: server.URL, Host: "h"}, n); err != nil {
			t.Fatal(err)
		}
		var slack struct{ Blocks []any }
		if err := json.Unmarshal(last().body, &slack); err != nil || len(slack.Blocks) > 50 {
			t.Errorf("%s: %d blocks, %v", kind, len(slack.Blocks), err)
		}
	}
}

func TestCall_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	var other atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { other.Add(1) }))
	defer elsewhere.Close()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		kind   bridge.Kind
		want   string
	}{
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusPermanentRedirect)
		}, bridge.Operator, "leads on to another"},
		"gone":      {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no_service", http.StatusNotFound) }, bridge.Operator, "does not exist"},
		"forbidden": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusForbidden) }, bridge.Operator, "refuses what comes from Perch"},
		"invalid":   {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "invalid_payload", http.StatusBadRequest) }, bridge.Operator, "with 400: invalid_payload"},
		"a page":    {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", http.StatusTeapot) }, bridge.Operator, "refuses it with 418"},
		"broken":    {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusBadGateway) }, bridge.Temporary, "out of order"},
		"cut":       {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, bridge.Temporary, "cannot be reached"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			for r.Context().Err() == nil {
				_, _ = w.Write(make([]byte, 1<<16))
			}
		}, bridge.Temporary, "out of order"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := catcher(t, tc.answer)
			_, err := senderFor(t, server).Send(t.Context(), send.Target{Name: "a", Kind: send.Webhook, URL: server.URL + "/T000/SECRETPATH"}, notice("x", "t"))
			e := bridge.AsError(err)
			if e == nil || e.Kind != tc.kind || !strings.Contains(e.Message, tc.want) || e.Remedy == "" {
				t.Errorf("%+v", e)
			}
			if e != nil && strings.Contains(e.Error()+e.Remedy, "SECRETPATH") {
				t.Error("the address is told:", e)
			}
		})
	}
	if other.Load() != 0 {
		t.Error("a redirect was followed")
	}
	if _, err := send.New(nil).Send(t.Context(), send.Target{Name: "a", Kind: send.Slack}, notice("x", "t")); bridge.KindOf(err) != bridge.Operator {
		t.Error(err)
	}
}

func TestCall_WaitsAsLongAsItIsAskedTo(t *testing.T) {
	t.Parallel()
	server, _ := catcher(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	_, err := senderFor(t, server).Send(t.Context(), send.Target{Name: "a", Kind: send.Slack, URL: server.URL}, notice("x", "t"))
	if at := bridge.AsError(err).RetryAt; time.Until(at) < time.Minute || time.Until(at) > 3*time.Minute {
		t.Error(at)
	}
}

func TestBeat_IsAGet(t *testing.T) {
	t.Parallel()
	server, last := catcher(t, nil)
	if err := senderFor(t, server).Beat(t.Context(), send.Target{Name: "a", Kind: send.Heartbeat, URL: server.URL + "/ping"}); err != nil || last().method != http.MethodGet || last().path != "/ping" {
		t.Error(err, last())
	}
	hangs, _ := catcher(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if e := bridge.AsError(senderFor(t, hangs).Beat(ctx, send.Target{Name: "a", URL: hangs.URL})); e == nil || !strings.Contains(e.Message, "does not answer in time") {
		t.Error(e)
	}
}

var _ = alert.Open
