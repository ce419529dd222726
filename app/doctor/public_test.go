package doctor_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/doctor"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/sim/fault"
)

const hookHost = "hook.example.com"

// at makes the public address one that X does not take.
func at(address string) func(*world) {
	return func(w *world) {
		w.byWebhook(nil)
		w.Config.Reach.PublicURL = address
	}
}

// front puts something between the internet and Perch.
func front(f http.HandlerFunc) func(*world) { return func(w *world) { w.byWebhook(f) } }

func behind(c func(*issuer) *certificate) func(*world) {
	return func(w *world) {
		w.byWebhook(nil)
		w.internet(hookHost, c(w.issuer), w.handOn())
	}
}

func status(code int) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) { http.Error(rw, http.StatusText(code), code) }
}

func TestWhatIsWrongWithThePublicAddress(t *testing.T) {
	for _, b := range []broken{
		{name: "none", check: "public-url", says: "no public address", spoil: func(w *world) { w.Config.Reach.Mode = config.ModeWebhook }},
		{name: "port in the URL", check: "public-url", says: "names a port", remedy: "443", spoil: at("https://hook.example.com:8443/api/messages")},
		{name: "http", check: "public-url", says: "https only", spoil: at("http://hook.example.com/api/messages")},
		{name: "too long", check: "public-url", says: "200 at most", spoil: at("https://hook.example.com/" + strings.Repeat("x", 180) + "/api/messages")},
		{name: "private address", check: "public-url", says: "inside your network", spoil: at("https://192.168.1.20/api/messages")},
		{name: "private name", check: "public-url", says: "inside your network", spoil: at("https://perch.local/api/messages")},
		{name: "no DNS", check: "public-answer", says: "DNS does not know", spoil: at("https://nowhere.example.com/api/messages")},
		{name: "refused", check: "public-answer", says: "refused", spoil: func(w *world) {
			w.byWebhook(nil)
			w.routes[hookHost+":443"] = "127.0.0.1:" + freePort(w.T)
		}},
		{name: "self-signed certificate", check: "public-answer", says: "self-signed", remedy: "public authority", spoil: behind(func(i *issuer) *certificate { return i.selfSigned(hookHost) })},
		{name: "expired certificate", check: "public-answer", says: "expired", spoil: behind(func(i *issuer) *certificate { return i.issue(hookHost, expired) })},
		{name: "chain incomplete", check: "public-answer", says: "incomplete", remedy: "fullchain.pem", spoil: behind(func(i *issuer) *certificate { return i.issue(hookHost).alone() })},
		{name: "name in the certificate", check: "public-answer", says: "another name", spoil: behind(func(i *issuer) *certificate { return i.issue("www.example.com") })},
		{name: "proxy sends a redirect", check: "public-answer", says: "redirects", spoil: front(func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "https://www.example.com"+r.URL.Path, http.StatusMovedPermanently)
		})},
		{name: "proxy path wrong", check: "public-answer", says: "404", remedy: "path", spoil: func(w *world) {
			w.byWebhook(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.fetch(rw, "/perch"+r.URL.Path, r.URL.Query()) }))
		}},
		{name: "proxy leads nowhere", check: "public-answer", says: "502", spoil: front(status(http.StatusBadGateway))},
		{name: "proxy drops the query", check: "public-answer", says: "400", spoil: func(w *world) {
			w.byWebhook(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.fetch(rw, r.URL.Path, nil) }))
		}},
		{name: "proxy token wrong", check: "public-answer", says: "403", remedy: "reach.proxy_token", spoil: func(w *world) {
			w.byMotionsProxy()
			w.Values[secret.Key{Name: "reach.proxy_token"}] = "another-token"
		}},
		{name: "proxy token missing", check: "public-answer", says: "403", remedy: "reach.proxy_token", spoil: func(w *world) {
			w.byMotionsProxy()
			delete(w.Values, secret.Key{Name: "reach.proxy_token"})
		}},
		{name: "path of Motion's proxy wrong", check: "public-url", says: "/api/message", remedy: "motion_proxy", spoil: func(w *world) {
			w.byMotionsProxy()
			w.Config.Reach.PublicURL = "https://motion.example.com/api/plugins/webhook?port=" + w.port + "&encoding=binary&path=/api/message&token=" + proxyToken
		}},
		{name: "encoding of Motion's proxy missing", check: "public-url", says: "encoding=binary", spoil: func(w *world) {
			w.byMotionsProxy()
			w.Config.Reach.PublicURL = "https://motion.example.com/api/plugins/webhook?port=" + w.port + "&path=/api/messages&token=" + proxyToken
		}},
		{name: "port of Motion's proxy wrong", check: "public-url", says: "hands on to port 1", spoil: func(w *world) {
			w.byMotionsProxy()
			w.Config.Reach.MotionProxy.Port = 1
		}},
		{name: "somebody else answers the challenge", check: "public-answer", says: "another consumer secret", spoil: front(oldPlugin().ServeHTTP)},
		{name: "a web page answers", check: "public-answer", says: "not Perch", spoil: front(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, "<html>Welcome</html>") })},
		{name: "too slow for X", check: "public-answer", says: "X gives up after 3 s", spoil: func(w *world) {
			w.byWebhook(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				time.Sleep(3100 * time.Millisecond)
				w.handOn().ServeHTTP(rw, r)
			}))
		}},
		{name: "no answer at all", check: "public-answer", says: "does not answer", spoil: front(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })},
		{name: "relay works with an older secret", check: "public-answer", says: "the relay itself", remedy: "perch reload", spoil: func(w *world) {
			w.set("x.consumer_secret", "the-older-secret")
			w.byWebhook(nil)
			w.runs(nil)
			w.set("x.consumer_secret", w.brand.ConsumerSecret)
		}},
	} {
		t.Run(b.name, b.run)
	}
}

// knows puts an X before the simulated one that lists a webhook, which the simulated one could not reach by its name.
func (w *world) knows(address string, isValid bool) {
	w.Helper()
	to, err := url.Parse(w.x.URL())
	if err != nil {
		w.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/2/webhooks" {
			_ = json.NewEncoder(rw).Encode(map[string]any{"data": []any{map[string]any{"id": "17", "url": address, "valid": isValid}}})
			return
		}
		proxy.ServeHTTP(rw, r)
	}))
	w.Cleanup(s.Close)
	w.ch().X.APIBase = s.URL
}

const hookURL = "https://" + hookHost + "/api/messages"

func TestWhatIsWrongWithTheWebhook(t *testing.T) {
	running := func(address string, isValid bool) func(*world) {
		return func(w *world) {
			w.byWebhook(nil)
			w.runs(nil)
			w.knows(address, isValid)
		}
	}
	for _, b := range []broken{
		{name: "not registered", check: "webhook", says: "no webhook", spoil: func(w *world) {
			w.byWebhook(nil)
			w.runs(nil)
		}},
		{name: "invalid", check: "webhook", says: "marked the webhook invalid", remedy: "look again", spoil: running(hookURL, false)},
		{name: "invalid, before the start", check: "webhook", says: "marked the webhook invalid", remedy: "perch start", state: doctor.Warn, spoil: func(w *world) {
			w.byWebhook(nil)
			w.knows(hookURL, false)
		}},
		{name: "another address registered", check: "webhook", says: "X calls another address: old.example.com", remedy: "old plugin", spoil: running("https://old.example.com/hook", true)},
		{name: "no subscription", check: "subscription", says: "dm.received", spoil: running(hookURL, true)},
		{name: "list refused", check: "webhook", says: "Project", spoil: func(w *world) {
			f := fault.NotEnrolled()
			f.Endpoint = "webhooks"
			w.x.Fault(f)
			w.byWebhook(nil)
		}},
	} {
		t.Run(b.name, b.run)
	}
}

func TestWhatIsWrongWithTheRelay(t *testing.T) {
	running := func(change func(*control.Status)) func(*world) {
		return func(w *world) {
			w.Config.Reach.Mode = config.ModePoll
			w.runs(change)
		}
	}
	for _, b := range []broken{
		{name: "not running", check: "relay", says: "not running", remedy: "perch start", state: doctor.Warn, spoil: nothing},
		{name: "backup failed", check: "backup", says: "the disk is full", remedy: "perch backup", state: doctor.Warn, spoil: running(func(s *control.Status) { s.Backup.Error = "the disk is full" })},
		{name: "paused", check: "relay", says: "paused", remedy: "perch resume", state: doctor.Warn, spoil: running(func(s *control.Status) { s.State = control.StatePaused })},
		{name: "another version", check: "relay", says: "version 0.9", remedy: "perch restart", state: doctor.Warn, spoil: running(func(s *control.Status) { s.Version = "0.9" })},
		{name: "trouble with Motion", check: "relay", says: "Motion does not know this address", spoil: running(func(s *control.Status) {
			s.State, s.Channels[0].Motion = control.StateDegraded, control.Link{State: bridge.LinkPaused, Detail: "Motion does not know this address"}
		})},
		{name: "way in degraded", check: "relay", says: "the stream is silent", spoil: running(func(s *control.Status) {
			s.State, s.Reach.State, s.Reach.Detail = control.StateDegraded, bridge.LinkDegraded, "the stream is silent"
		})},
		{name: "dead messages", check: "relay", says: "3 messages", state: doctor.Warn, spoil: running(func(s *control.Status) { s.Channels[0].Inbound.Dead = 3 })},
		{name: "undecided messages", check: "relay", says: "2 messages", state: doctor.Warn, spoil: running(func(s *control.Status) { s.Channels[0].Outbound.Undecided = 2 })},
		{name: "listens elsewhere", check: "listen", says: "perch.toml says", remedy: "perch restart", state: doctor.Warn, spoil: func(w *world) {
			running(nil)(w)
			w.Config.Listen = "127.0.0.1:" + freePort(w.T)
		}},
		{name: "does not answer as it should", check: "relay", says: "does not answer", spoil: func(w *world) {
			w.Relay = &fakeRelay{err: &bridge.Error{Kind: bridge.Temporary, Message: "the relay's answer cannot be read"}}
		}},
		{name: "knows the secrets alone", check: "x-permissions", says: "may only read", spoil: func(w *world) {
			running(nil)(w)
			w.Values, w.SecretsErr = nil, &bridge.Error{Kind: bridge.Operator, Message: "no passphrase", Remedy: "give it", Err: secret.ErrNoPassphrase}
			w.Relay.(*fakeRelay).checks = map[string]control.CheckResult{control.CheckXPermissions: {Message: "the keys may only read", Remedy: "change it"}}
		}},
	} {
		t.Run(b.name, b.run)
	}
}

// A relay that holds the folder and cannot be asked is not said to be stopped: who believes that starts another.
func TestARelayThatIsSilentIsNotSaidToBeStopped(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.Lock = (&fakeLock{err: doctor.ErrHeld}).take
	if f := of(w.examine(), "relay"); f.State != doctor.Failed || !strings.Contains(f.Message, "does not answer") || strings.Contains(f.Message, "not running") || !strings.Contains(f.Remedy, "pgrep") {
		t.Errorf("%+v", f)
	}
}
