package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/quick"

	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/sim"
	"perch/bridge/webhook"
)

const (
	vectorSecret = "TestConsumerSecret-0123456789abcdef"
	otherSecret  = "another-app's-consumer-secret"
	token        = "reply-token"
)

// sink keeps what it is given, or fails.
type sink struct {
	bodies   []string
	channels []string
	replies  []bridge.Reply
	outcome  bridge.Outcome
	err      error
}

func (s *sink) AcceptX(_ context.Context, channels []string, body []byte) error {
	if s.err == nil {
		s.bodies, s.channels = append(s.bodies, string(body)), channels
	}
	return s.err
}

func (s *sink) AcceptReply(_ context.Context, channel string, r bridge.Reply, _ []byte) (bridge.Outcome, error) {
	s.replies, s.channels = append(s.replies, r), []string{channel}
	return s.outcome, s.err
}

func newHandler(s *sink, legacy bool) *webhook.Handler {
	key := func() string { return "twitter" }
	return webhook.New(webhook.Config{
		Apps:     []webhook.App{{Channels: []string{"support", "sales"}, ConsumerSecret: vectorSecret}, {Channels: []string{"press"}, ConsumerSecret: otherSecret}},
		Channels: []webhook.Channel{{Name: "support", Token: token, AccountID: "5", MapKey: key}, {Name: "press", Token: "other", AccountID: "6", MapKey: key}},
		Events:   s, Replies: s, LegacyReplyPath: legacy, Log: slog.New(slog.DiscardHandler),
	})
}

func do(h http.Handler, method, target, body string, header ...string) *http.Response {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// The vectors were computed independently of this program.
func TestCRC(t *testing.T) {
	h := newHandler(&sink{}, false)
	for _, target := range []string{
		"/api/messages?crc_token=Y3JjLXRva2VuLWV4YW1wbGUtMDE&nonce=x",
		"/api/messages/support?port=3002&path=/api/messages&crc_token=Y3JjLXRva2VuLWV4YW1wbGUtMDE",
	} {
		response := do(h, "GET", target, "")
		var answer map[string]string
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		if want := "sha256=ElZmn04FKL5tRVSkj/hn1ikm5tXiUtudgIhxHjtPuTw="; response.StatusCode != 200 || answer["response_token"] != want ||
			!strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: %d %v", target, response.StatusCode, answer)
		}
	}
	for _, bad := range []string{
		"", "crc_token=", "crc_token=short", "crc_token=" + strings.Repeat("a", 129), `crc_token={"for_user_id":"1234567890"}`,
		"crc_token=" + url.QueryEscape(`{"for_user_id":"1234567890"}`), "crc_token=aaaaaaaaaaaaaaaa&crc_token=bbbbbbbbbbbbbbbb",
		"crc_token=aaaaaaaaaaaaaaaa%0a", "crc_token=%zz", "CRC_TOKEN=aaaaaaaaaaaaaaaa",
	} {
		r := httptest.NewRequest("GET", "/api/messages", nil)
		r.URL.RawQuery = bad
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), "sha256=") {
			t.Errorf("%q: %d %s; want 400", bad, w.Code, w.Body)
		}
	}
}

func TestSignatures(t *testing.T) {
	vectors := map[string]string{
		`{"for_user_id":"1"}`: "sha256=c/FJoLq2UtE+0trxA5z7iJMJ90PDMfyDDYEbmqMdno0=",
		`{"t":"é👍"}`:          "sha256=/pEph+EbnJYAq6dbEKUe+YUmtelojkXdtvweWmSoZjM=",
	}
	for body, signature := range vectors {
		s := &sink{}
		if response := do(newHandler(s, false), "POST", "/api/messages", body, "x-twitter-webhooks-signature", signature); response.StatusCode != 200 ||
			len(s.bodies) != 1 || s.bodies[0] != body {
			t.Errorf("%s: %d, kept %q", body, response.StatusCode, s.bodies)
		}
	}
	body := `{"for_user_id":"1"}`
	good := vectors[body]
	for _, bad := range []string{"", "sha256=", good[:len(good)-1], strings.TrimPrefix(good, "sha256="), "sha1=" + good[7:], good + "=", sim.Sign("wrong", []byte(body)), "sha256=!!!!"} {
		s := &sink{}
		if response := do(newHandler(s, false), "POST", "/api/messages", body, "x-twitter-webhooks-signature", bad); response.StatusCode != 401 || len(s.bodies) != 0 {
			t.Errorf("signature %q: %d, kept %q; want 401 and nothing kept", bad, response.StatusCode, s.bodies)
		}
	}
}

func TestSeveralApps(t *testing.T) {
	body := `{"for_user_id":"1"}`
	for _, tc := range []struct {
		path, secret string
		status       int
		channels     string
	}{
		{"/api/messages", otherSecret, 200, "press"},
		{"/api/messages", vectorSecret, 200, "support,sales"},
		{"/api/messages/press", otherSecret, 200, "press"},
		{"/api/messages/press", vectorSecret, 401, ""},
		{"/api/messages/sales", vectorSecret, 200, "support,sales"},
		{"/api/messages/nobody", vectorSecret, 404, ""},
		{"/api/messages/", vectorSecret, 404, ""},
	} {
		s := &sink{}
		response := do(newHandler(s, false), "POST", tc.path, body, "x-twitter-webhooks-signature", sim.Sign(tc.secret, []byte(body)))
		if response.StatusCode != tc.status || strings.Join(s.channels, ",") != tc.channels {
			t.Errorf("%s: %d for %v; want %d for %s", tc.path, response.StatusCode, s.channels, tc.status, tc.channels)
		}
	}
}

func TestNothingIsAcknowledgedThatWasNotKept(t *testing.T) {
	s := &sink{err: errors.New("disk full")}
	body := `{"for_user_id":"1"}`
	response := do(newHandler(s, false), "POST", "/api/messages", body, "x-twitter-webhooks-signature", sim.Sign(vectorSecret, []byte(body)))
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Errorf("%d; want 503 with Retry-After", response.StatusCode)
	}
	response = do(newHandler(s, false), "POST", "/reply/"+token, `{"id":1,"body":"hi","Contact":{"twitter":"annlee"}}`)
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%d; want 503", response.StatusCode)
	}
}

func TestReplies(t *testing.T) {
	good := `{"id":9001,"body":"Hi","AttachmentId":null,"Contact":{"twitter":"@annlee"},"Interaction":{"id":812,"threadId":null}}`
	for _, tc := range []struct {
		name, method, path, body string
		outcome                  bridge.Outcome
		status                   int
		answer                   string
	}{
		{"sent", "POST", "/reply/" + token, good, bridge.Outcome{Status: "sent", XID: "7"}, 200, `"status":"sent"`},
		{"queued", "POST", "/reply/" + token, good, bridge.Outcome{Status: "queued"}, 200, `"status":"queued"`},
		{"undecided", "POST", "/reply/" + token, good, bridge.Outcome{Status: "undecided"}, 200, `"status":"undecided"`},
		{"refused", "POST", "/reply/" + token, good, bridge.Outcome{Status: "refused", Message: "too long"}, 422, `"message":"too long"`},
		{"internal", "POST", "/reply/" + token, `{"secret":true,"body":"x"}`, bridge.Outcome{}, 200, `"status":"ignored"`},
		{"wrong token", "POST", "/reply/guess", good, bridge.Outcome{}, 404, "message"},
		{"no token", "POST", "/reply/", good, bridge.Outcome{}, 404, "message"},
		{"wrong method", "GET", "/reply/" + token, "", bridge.Outcome{}, 405, "message"},
		{"no JSON", "POST", "/reply/" + token, "hello", bridge.Outcome{}, 400, "message"},
		{"empty", "POST", "/reply/" + token, "", bridge.Outcome{}, 400, "message"},
		{"no recipient", "POST", "/reply/" + token, `{"body":"hi"}`, bridge.Outcome{}, 400, "message"},
		{"legacy path", "POST", "/sendMessage", good, bridge.Outcome{}, 403, "message"},
		{"unknown path", "POST", "/", good, bridge.Outcome{}, 404, "message"},
		{"health", "GET", "/healthz", "", bridge.Outcome{}, 200, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			response := do(newHandler(&sink{outcome: tc.outcome}, false), tc.method, tc.path, tc.body)
			answer, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != tc.status || !strings.Contains(string(answer), tc.answer) {
				t.Errorf("%d %s, %v; want %d %s", response.StatusCode, answer, err, tc.status, tc.answer)
			}
		})
	}
}

func TestLegacyPathPicksTheAccount(t *testing.T) {
	s := &sink{outcome: bridge.Outcome{Status: "sent"}}
	h := newHandler(s, true)
	for body, channel := range map[string]string{
		`{"OpenchannelAccountId":6,"body":"x","to":"annlee"}`:   "press",
		`{"OpenchannelAccountId":"6","body":"x","to":"annlee"}`: "press",
		`{"OpenchannelAccountId":9,"body":"x","to":"annlee"}`:   "support",
		`{"body":"x","to":"annlee"}`:                            "support",
	} {
		if response := do(h, "POST", "/sendMessage", body); response.StatusCode != 200 || s.channels[0] != channel {
			t.Errorf("%s: %d to %v; want %s", body, response.StatusCode, s.channels, channel)
		}
	}
}

func TestLargeBodiesAreRefused(t *testing.T) {
	s := &sink{}
	h := newHandler(s, false)
	if response := do(h, "POST", "/api/messages", strings.Repeat("a", 17<<20)); response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d; want 413", response.StatusCode)
	}
	r := httptest.NewRequest("POST", "/api/messages", io.NopCloser(strings.NewReader(strings.Repeat("a", 17<<20))))
	r.ContentLength = -1
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("without a length: %d; want 413", w.Code)
	}
}

// Nothing on any path ever redirects, whatever its form.
func TestNeverRedirects(t *testing.T) {
	h := newHandler(&sink{}, false)
	check := func(path string) bool {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = "/" + path
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code/100 != 3 && w.Code < 500
	}
	for _, path := range []string{"api/messages/", "api//messages", "api/../api/messages", "reply", "healthz/"} {
		if !check(path) {
			t.Errorf("/%s redirects", path)
		}
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
}

func FuzzCRC(f *testing.F) {
	for _, q := range []string{"crc_token=Y3JjLXRva2VuLWV4YW1wbGUtMDE", "crc_token=a%2Bb/c==aaaaaaaaaaaa&nonce=1", "crc_token=%7B%22a%22%3A1%7D", "&&==&crc_token"} {
		f.Add(q)
	}
	h := newHandler(&sink{}, false)
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest("GET", "/api/messages", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch {
		case w.Code == http.StatusOK:
			if strings.ContainsAny(query, "{}\"") && !strings.Contains(query, "&") {
				t.Errorf("signed something that is no token: %q", query)
			}
		case w.Code != http.StatusBadRequest:
			t.Errorf("%q: %d", query, w.Code)
		}
	})
}

func TestUpdateChangesWhoIsServed(t *testing.T) {
	s := &sink{outcome: bridge.Outcome{Status: bridge.StatusSent}}
	h := newHandler(s, false)
	key := func() string { return "cf_7" }
	h.Update(webhook.Config{
		Apps:     []webhook.App{{Channels: []string{"support"}, ConsumerSecret: otherSecret}},
		Channels: []webhook.Channel{{Name: "support", Token: token, AccountID: "5", MapKey: key}}, LegacyReplyPath: true,
	})
	body := `{"id":1,"body":"hi","Contact":{"cf_7":"annlee"}}`
	tests := []struct {
		name, method, target, body, secret string
		want                               int
	}{
		{"the old secret", "POST", endpoint.PathEvents, "{}", vectorSecret, 401},
		{"the new secret", "POST", endpoint.PathEvents, "{}", otherSecret, 200},
		{"a channel that is gone", "GET", endpoint.PathEvents + "/press?crc_token=Y3JjLXRva2VuLWV4YW1wbGUtMDE", "", "", 404},
		{"its reply URL", "POST", endpoint.PathReply + "/other", body, "", 404},
		{"the legacy path", "POST", endpoint.PathLegacy, body, "", 200},
	}
	for _, tt := range tests {
		response := do(h, tt.method, tt.target, tt.body, "X-Twitter-Webhooks-Signature", endpoint.Sign(tt.secret, []byte(tt.body)))
		if response.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, response.StatusCode, tt.want)
		}
	}
	if len(s.replies) != 1 || s.replies[0].Handle != "annlee" {
		t.Errorf("replies: %+v", s.replies)
	}
}
