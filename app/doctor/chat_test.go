package doctor_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"perch/app/config"
	"perch/app/control"
	"perch/app/doctor"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/keys/keytest"
)

// chatFront is X with public keys of encrypted chat: what it does not know, the simulated X answers.
type chatFront struct {
	private keys.Private
	rows    []map[string]any
	refuse  int    // an HTTP status
	body    string // and what is answered with it
	events  []string
}

func (w *world) chatFront() *chatFront {
	w.Helper()
	f := &chatFront{private: keytest.Private(w.T)}
	f.register(w.T, f.private, "1765001112223")
	target, err := url.Parse(w.x.URL())
	if err != nil {
		w.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "GET /2/users/" + brandID + "/public_keys":
			f.serveKeys(rw, r)
		case "GET /2/activity/subscriptions":
			f.serveSubscriptions(rw)
		default:
			proxy.ServeHTTP(rw, r)
		}
	}))
	w.Cleanup(server.Close)
	w.ch().X.APIBase = server.URL
	w.set("x.chat_keys", f.private.Reveal())
	return f
}

func (f *chatFront) serveKeys(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "application/json")
	if r.URL.RawQuery != "" || r.Header.Get("Authorization") == "" {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	if f.refuse != 0 {
		rw.WriteHeader(f.refuse)
		_, _ = rw.Write([]byte(f.body))
		return
	}
	_ = json.NewEncoder(rw).Encode(map[string]any{"data": f.rows, "meta": map[string]any{"result_count": len(f.rows)}})
}

func (f *chatFront) serveSubscriptions(rw http.ResponseWriter) {
	rows := []map[string]any{}
	for i, kind := range append(f.events, "dm.received", "post.mention.create", "post.reply.create") {
		rows = append(rows, map[string]any{"subscription_id": "10" + string(rune('0'+i)), "event_type": kind, "filter": map[string]any{"user_id": brandID}})
	}
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(map[string]any{"data": rows, "meta": map[string]any{"result_count": len(rows)}})
}

func (f *chatFront) register(t *testing.T, private keys.Private, version string) {
	t.Helper()
	f.rows = append(f.rows, keytest.JSON(keytest.Row(t, private, version)))
}

const wantsLogin = `{"title":"Unsupported Authentication","detail":"Authenticating with OAuth 1.0a User Context is forbidden for this endpoint.` +
	` Supported authentication types are [OAuth 2.0 User Context].","type":"https://api.twitter.com/2/problems/unsupported-authentication","status":403}`

func TestWhatIsWrongWithEncryptedChat(t *testing.T) {
	for name, b := range map[string]struct {
		spoil  func(*world, *chatFront)
		check  string
		state  doctor.State
		says   string
		remedy string
	}{
		"nothing":      {nil, "chat-record", doctor.OK, "the keys are those of @acme_support, version 1765001112223", ""},
		"heard of":     {func(w *world, f *chatFront) { f.events = []string{"chat.received"}; w.runs(nil) }, "chat-events", doctor.OK, "X tells of", ""},
		"not running":  {nil, "chat-events", doctor.OK, "when it starts", ""},
		"no keys":      {func(w *world, _ *chatFront) { w.set("x.chat_keys", "planted, and no key") }, "chat-keys", doctor.Failed, "cannot be used", "perch chat import --channel support"},
		"reading only": {func(w *world, f *chatFront) { w.set("x.chat_keys", half(f.private)) }, "chat-keys", doctor.Warn, "no signing part", "64 bytes"},
		"no record":    {func(_ *world, f *chatFront) { f.rows = nil }, "chat-record", doctor.Failed, "never set up X Chat", "set a PIN"},
		"other keys":   {func(w *world, _ *chatFront) { w.set("x.chat_keys", keytest.Private(w.T).Reveal()) }, "chat-record", doctor.Failed, "do not belong to @acme_support", "perch chat unlock"},
		"older keys":   {func(w *world, f *chatFront) { f.register(w.T, keytest.Private(w.T), "1765001112224") }, "chat-record", doctor.Failed, "older keys", "perch chat unlock"},
		"a login":      {func(_ *world, f *chatFront) { f.refuse, f.body = http.StatusForbidden, wantsLogin }, "chat-record", doctor.Failed, "", "perch x login"},
		"no events":    {func(w *world, _ *chatFront) { w.runs(nil) }, "chat-events", doctor.Warn, "chat.received is missing", "perch x login"},
		"events off":   {func(w *world, _ *chatFront) { w.ch().X.Chat = false }, "chat-events", doctor.Warn, "chat is false", "chat = true"},
		"by asking":    {func(w *world, _ *chatFront) { w.Config.Reach.Mode = config.ModePoll; w.runs(nil) }, "chat-events", doctor.OK, "is asked for", ""},
		"the relay": {func(w *world, _ *chatFront) {
			w.runs(func(s *control.Status) {
				s.Channels[0].Chat = control.Chat{State: "wrong_keys", Detail: "they were reset"}
			})
		}, "relay", doctor.Failed, "Encrypted chat needs you: they were reset (channel support)", "perch chat status --channel support"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := mustWorld(t)
			f := w.chatFront()
			if b.spoil != nil {
				b.spoil(w, f)
			}
			findings := w.examine()
			found := of(findings, b.check)
			if found.State != b.state || !strings.Contains(found.Message, b.says) || !strings.Contains(found.Remedy, b.remedy) {
				t.Errorf("%+v\n%s", found, list(findings))
			}
		})
	}
}

func half(private keys.Private) string {
	raw, _ := base64.StdEncoding.DecodeString(private.Reveal())
	return base64.StdEncoding.EncodeToString(raw[:32])
}

func TestChannelsWithoutKeysAreNotAskedForChat(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.runs(func(s *control.Status) { s.Channels[0].Chat.State = "off" })
	for _, f := range w.examine() {
		if strings.HasPrefix(f.Check, "chat-") {
			t.Errorf("%+v", f)
		}
	}
}

func TestAChannelWithoutKeysIsToldWhatItMisses(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.runs(func(s *control.Status) { s.Channels[0].Encrypted = 3 })
	if f := of(w.examine(), "chat-keys"); f.State != doctor.Warn || !strings.Contains(f.Message, "3 encrypted messages") || !strings.Contains(f.Remedy, "perch chat unlock --channel support") {
		t.Errorf("%+v", f)
	}
}
