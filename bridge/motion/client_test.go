package motion_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
	"perch/bridge/motion"
	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
)

func start(t *testing.T, options motionsim.Options) (*motionsim.Motion, motion.Config) {
	t.Helper()
	m, err := motionsim.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, v := range m.Violations() {
			t.Error("Motion refused a malformed request:", v)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	o := m.Options()
	return m, motion.Config{ReceiveURL: m.ReceiveURL(), User: o.User, Password: o.Password, Log: slog.New(slog.DiscardHandler)}
}

func TestMessagesAndFilesBothWays(t *testing.T) {
	m, config := start(t, motionsim.Options{MapKey: "cf_7"})
	c := motion.New(config)
	key, err := c.Check(t.Context())
	if err != nil || key != "cf_7" || c.MapKey() != "cf_7" || c.AccountID() != "5" {
		t.Fatalf("Check = %q, %v; MapKey %q, AccountID %q", key, err, c.MapKey(), c.AccountID())
	}
	receipt, err := c.Notify(t.Context(), bridge.Notification{From: "annlee", Body: "hello <&> 漢字", FirstName: "Ann Lee (@annlee)"})
	if err != nil || receipt.InteractionID == "" {
		t.Fatalf("Notify = %+v, %v", receipt, err)
	}
	file := media.SamplePNG()
	id, err := c.Upload(t.Context(), bridge.File{Name: `a "b" é.png`, Type: "image/png", Data: file.Data})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Notify(t.Context(), bridge.Notification{From: "annlee", Body: "b.png", AttachmentID: id}); err != nil {
		t.Fatal(err)
	}
	back, err := c.Download(t.Context(), id)
	if err != nil || back.Type != "image/png" || string(back.Data) != string(file.Data) {
		t.Fatalf("Download = %s, %d bytes, %v", back.Type, len(back.Data), err)
	}
	if _, err := c.Download(t.Context(), "999"); bridge.KindOf(err) != bridge.Rejected {
		t.Errorf("missing file: %v; want rejected", err)
	}
	messages := m.Messages()
	if len(messages) != 2 || messages[0].Body != "hello <&> 漢字" || messages[1].AttachmentID == 0 {
		t.Errorf("messages = %+v", messages)
	}
}

func TestMapKeyFallsBackToTheOldPlugins(t *testing.T) {
	_, config := start(t, motionsim.Options{})
	config.Password = ""
	c := motion.New(config)
	if _, err := c.Notify(t.Context(), bridge.Notification{From: "annlee", Body: "hello"}); err != nil || c.MapKey() != "twitter" {
		t.Errorf("%v, map key %q", err, c.MapKey())
	}
}

func TestPinnedCertificate(t *testing.T) {
	m, config := start(t, motionsim.Options{TLS: true})
	hello := bridge.Notification{From: "annlee", Body: "hello"}
	_, err := motion.New(config).Notify(t.Context(), hello)
	if e := bridge.AsError(err); e == nil || e.Kind != bridge.Temporary || !strings.Contains(e.Remedy, "tls_pin") {
		t.Errorf("unknown certificate: %+v", e)
	}
	config.TLSPin = strings.ToUpper(m.Pin())
	if _, err := motion.New(config).Notify(t.Context(), hello); err != nil {
		t.Errorf("pinned certificate: %v", err)
	}
	config.TLSPin = strings.Repeat("0", 64)
	if _, err := motion.New(config).Notify(t.Context(), hello); err == nil {
		t.Error("a wrong pin was taken")
	}
}

func TestAnswersAreClassed(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fault motionsim.Fault
		kind  bridge.Kind
	}{
		{"refused credentials", motionsim.Fault{Status: 401}, bridge.Operator},
		{"wrong path", motionsim.Fault{Status: 404}, bridge.Operator},
		{"moved", motionsim.Fault{Status: 301, Header: map[string]string{"Location": "https://elsewhere.example/"}}, bridge.Operator},
		{"log-in page elsewhere", motionsim.Fault{Status: 302, Header: map[string]string{"Location": "https://elsewhere.example/"}}, bridge.Temporary},
		{"bad data", motionsim.Fault{Status: 422, RawBody: `{"message":"contact list is full"}`}, bridge.Rejected},
		{"limit", motionsim.Fault{Status: 429, Header: map[string]string{"Retry-After": "60"}}, bridge.RateLimited},
		{"error", motionsim.Fault{Status: 500, RawBody: "<html>"}, bridge.Temporary},
		{"no answer", motionsim.Fault{Drop: true}, bridge.Temporary},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, config := start(t, motionsim.Options{})
			config.MapKey = "twitter"
			m.Fault(tc.fault)
			_, err := motion.New(config).Notify(t.Context(), bridge.Notification{From: "annlee", Body: "hello"})
			e := bridge.AsError(err)
			if e == nil || e.Kind != tc.kind || e.Side != bridge.SideMotion || e.Message == "" {
				t.Fatalf("%+v; want %s", e, tc.kind)
			}
			if tc.name == "bad data" && !strings.Contains(e.Message, "contact list is full") {
				t.Errorf("%q does not tell Motion's reason", e.Message)
			}
			if tc.name == "limit" && time.Until(e.RetryAt) < 50*time.Second {
				t.Errorf("RetryAt = %v", e.RetryAt)
			}
		})
	}
}

func TestKeyIsNeverInAnError(t *testing.T) {
	_, config := start(t, motionsim.Options{})
	config.APIKey, config.BaseURL = "very-secret-key", "http://127.0.0.1:1"
	_, err := motion.New(config).Check(t.Context())
	if err == nil || strings.Contains(err.Error(), "very-secret-key") {
		t.Errorf("%v", err)
	}
}

// Some installations insist on a phone, as the old plugin sent one.
func TestPhoneIsSentWhereMotionInsists(t *testing.T) {
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b strings.Builder
		_ = r.Write(&b)
		bodies = append(bodies, b.String())
		if !strings.Contains(b.String(), `"phone":"none"`) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"message":"phone is required"}`))
			return
		}
		_, _ = w.Write([]byte(`{"interaction":{"id":1}}`))
	}))
	defer server.Close()
	c := motion.New(motion.Config{ReceiveURL: server.URL + "/api/openchannel/accounts/5/notify?token=abc", MapKey: "twitter", Log: slog.New(slog.DiscardHandler)})
	if _, err := c.Notify(t.Context(), bridge.Notification{From: "annlee", Body: "hello"}); err != nil || len(bodies) != 2 {
		t.Errorf("%v after %d calls", err, len(bodies))
	}
	if !strings.Contains(bodies[0], "notify?token=abc") {
		t.Error("the Receive URL was not used verbatim")
	}
}

func TestWithKeepsTheMapKeyOfTheSameAccount(t *testing.T) {
	_, config := start(t, motionsim.Options{MapKey: "cf_7"})
	c := motion.New(config)
	if _, err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	same, other := config, config
	same.Password, other.ReceiveURL = "another", strings.Replace(config.ReceiveURL, "/5/", "/6/", 1)
	if got := c.With(same).MapKey(); got != "cf_7" {
		t.Errorf("with another password: %q", got)
	}
	if got := c.With(other).MapKey(); got != motion.DefaultMapKey {
		t.Errorf("with another account: %q", got)
	}
	if c.MapKey() != "cf_7" {
		t.Error("the client itself has changed")
	}
}

func TestTheCallIsShownAsItIsMade(t *testing.T) {
	var got []bridge.Call
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"interaction":{"id":1}}`))
		body, _ := io.ReadAll(r.Body)
		got = append(got, bridge.Call{Method: r.Method, URL: "http://" + r.Host + r.URL.String(), Body: body})
	}))
	defer server.Close()
	c := motion.New(motion.Config{ReceiveURL: server.URL + "/api/openchannel/accounts/5/notify?x=1", MapKey: "cf_7", Log: slog.New(slog.DiscardHandler)})
	var want []bridge.Call
	for _, n := range []bridge.Notification{
		{From: "annlee", Body: "hello <&> 漢字", FirstName: "Ann Lee (@annlee)", ThreadID: "1", ExternalURL: "https://x.com/annlee/status/1"},
		{From: "annlee", Body: "a.png", AttachmentID: "17"},
		{From: "annlee", Body: "a.png", AttachmentID: "(Motion's number of the file)"},
	} {
		want = append(want, c.NotifyCall(n))
		if _, err := c.Notify(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A Motion that knows no such fields of a contact gets the message without them, at once and once only.
func TestWhoWritesIsLeftOutWhereMotionRefusesIt(t *testing.T) {
	m, config := start(t, motionsim.Options{NotifyAuth: true})
	var log strings.Builder
	config.Log = slog.New(slog.NewTextHandler(&log, nil))
	c := motion.New(config)
	note := func(from string) bridge.Notification {
		return bridge.Notification{From: from, Body: "hello", Description: "Verified on X", URL: "https://x.com/" + from}
	}
	if r, err := c.Notify(t.Context(), note("ann")); err != nil || r.IsPlain {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := m.Contact("ann"); got["description"] != "Verified on X" || got["url"] != "https://x.com/ann" {
		t.Errorf("the contact is %v", got)
	}
	again := note("ann")
	again.Description = "something else"
	if _, err := c.Notify(t.Context(), again); err != nil || m.Contact("ann")["description"] != "Verified on X" {
		t.Errorf("%v, the contact is %v", err, m.Contact("ann"))
	}
	m.RefuseFields("description", "url")
	for _, name := range []string{"bob", "cid"} {
		if r, err := c.Notify(t.Context(), note(name)); err != nil || !r.IsPlain || r.InteractionID == "" || m.Contact(name)["url"] != "" {
			t.Errorf("%s: %+v, %v, %v", name, r, err, m.Contact(name))
		}
	}
	if n := len(m.Messages()); n != 4 || strings.Count(log.String(), "level=WARN") != 1 {
		t.Errorf("%d messages, logged %s", n, log.String())
	}
}

// What is refused for another reason stays refused, and one that wants a phone as well gets both.
func TestWhatElseMotionRefusesIsToldWithWhoWrites(t *testing.T) {
	for name, tc := range map[string]struct {
		answer func(body string) (int, string)
		calls  int
		isSent bool
	}{
		"another reason": {func(string) (int, string) { return 422, `{"message":"contact list is full"}` }, 2, false},
		"out of order":   {func(string) (int, string) { return 503, `` }, 1, false},
		"phone, then fields": {func(body string) (int, string) {
			switch {
			case !strings.Contains(body, `"phone"`):
				return 400, `{"message":"phone is required"}`
			case strings.Contains(body, `"description"`):
				return 400, `{"message":"description is not allowed"}`
			}
			return 200, `{"interaction":{"id":1}}`
		}, 3, true},
		"fields, then phone": {func(body string) (int, string) {
			switch {
			case strings.Contains(body, `"description"`):
				return 422, `{"message":"unknown member"}`
			case !strings.Contains(body, `"phone"`):
				return 400, `{"message":"phone is required"}`
			}
			return 200, `{"interaction":{"id":1}}`
		}, 3, true},
	} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls++
				body, _ := io.ReadAll(r.Body)
				status, text := tc.answer(string(body))
				w.WriteHeader(status)
				_, _ = io.WriteString(w, text)
			}))
			defer server.Close()
			c := motion.New(motion.Config{ReceiveURL: server.URL + "/api/openchannel/accounts/5/notify", MapKey: "twitter", Log: slog.New(slog.DiscardHandler)})
			r, err := c.Notify(t.Context(), bridge.Notification{From: "ann", Body: "hello", Description: "Verified on X", URL: "https://x.com/ann"})
			if (err == nil) != tc.isSent || calls != tc.calls || r.IsPlain != tc.isSent {
				t.Errorf("%+v, %v after %d calls", r, err, calls)
			}
		})
	}
}
