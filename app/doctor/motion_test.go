package doctor_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"perch/app/config"
	"perch/app/doctor"
	"perch/bridge/secret"
	"perch/bridge/sim/motionsim"
)

const motionHost = "motion.example.com"

// overTLS puts Motion behind a certificate.
func overTLS(c func(*issuer) *certificate) func(*world) {
	return func(w *world) {
		w.ch().Motion.ReceiveURL = "https://" + motionHost + "/api/openchannel/accounts/5/notify"
		w.internet(motionHost, c(w.issuer), nil)
	}
}

// receive sets the Receive URL's path.
func receive(path string) func(*world) {
	return func(w *world) { w.ch().Motion.ReceiveURL = w.motion.URL() + path }
}

func motionFault(f motionsim.Fault) func(*world) { return func(w *world) { w.motion.Fault(f) } }

func replyURL(make func(*world) string) func(*world) {
	return func(w *world) { w.motion.SetReplyURL(make(w)) }
}

// otherMotion is a Motion with two accounts, of which the wrong one is in receive_url.
func otherMotion(w *world) {
	account := func(id, name, reply string) map[string]any {
		return map[string]any{"id": id, "name": name, "mapKey": "twitter", "replyUrl": reply}
	}
	accounts := []any{account("7", "Facebook", "http://elsewhere.example/reply"), account("5", "X", "http://"+w.Config.Listen+"/reply/"+replyToken)}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/openchannel/accounts":
			_ = json.NewEncoder(rw).Encode(accounts)
		case "/api/openchannel/accounts/7":
			_ = json.NewEncoder(rw).Encode(accounts[0])
		default:
			http.NotFound(rw, r)
		}
	}))
	w.Cleanup(s.Close)
	w.ch().Motion.ReceiveURL = s.URL + "/api/openchannel/accounts/7/notify"
}

func withMapKey(key string) func(*world) {
	return func(w *world) {
		m, err := motionsim.Start(motionsim.Options{MapKey: key})
		if err != nil {
			w.Fatal(err)
		}
		w.Cleanup(func() { _ = m.Close() })
		w.ch().Motion.ReceiveURL = m.ReceiveURL()
		w.set("motion.password", m.Options().Password)
		m.SetReplyURL(w.motion.ReplyURL())
	}
}

func TestWhatIsWrongWithMotion(t *testing.T) {
	for _, b := range []broken{
		{name: "no DNS", check: "motion-reach", says: "DNS does not know " + motionHost, spoil: func(w *world) {
			w.ch().Motion.ReceiveURL = "https://" + motionHost + "/api/openchannel/accounts/5/notify"
		}},
		{name: "connection refused", check: "motion-reach", says: "refused", spoil: func(w *world) {
			w.ch().Motion.ReceiveURL = "http://127.0.0.1:" + freePort(w.T) + "/api/openchannel/accounts/5/notify"
		}},
		{name: "self-signed certificate", check: "motion-reach", says: "self-signed", remedy: "tls_pin = \"", spoil: overTLS(func(i *issuer) *certificate { return i.selfSigned(motionHost) })},
		{name: "expired certificate", check: "motion-reach", says: "expired", remedy: "renew", spoil: overTLS(func(i *issuer) *certificate { return i.issue(motionHost, expired) })},
		{name: "certificate that begins later", check: "motion-reach", says: "begins on", spoil: overTLS(func(i *issuer) *certificate { return i.issue(motionHost, early) })},
		{name: "chain incomplete", check: "motion-reach", says: "chain of Motion is incomplete", remedy: "fullchain.pem", spoil: overTLS(func(i *issuer) *certificate { return i.issue(motionHost).alone() })},
		{name: "authority unknown", check: "motion-reach", says: "unknown", remedy: "tls_pin", spoil: func(w *world) {
			other := newIssuer(w.T)
			c := other.issue(motionHost)
			c.chain = append(c.chain, other.root.certificate.Raw)
			overTLS(func(*issuer) *certificate { return c })(w)
		}},
		{name: "name in the certificate", check: "motion-reach", says: "another name (other.example.com)", spoil: overTLS(func(i *issuer) *certificate { return i.issue("other.example.com") })},
		{name: "wrong pin", check: "motion-reach", says: "tls_pin", remedy: "renewed", spoil: func(w *world) {
			overTLS(func(i *issuer) *certificate { return i.selfSigned(motionHost) })(w)
			w.ch().Motion.TLSPin = strings.Repeat("00", 32)
		}},
		{name: "https where there is http", check: "motion-reach", says: "does not speak TLS", spoil: func(w *world) {
			w.ch().Motion.ReceiveURL = strings.Replace(w.motion.ReceiveURL(), "http://", "https://", 1)
		}},
		{name: "Receive URL without account", check: "motion-url", says: "404", remedy: "copy the Receive URL", spoil: receive("/api/openchannel/notify")},
		{name: "Receive URL with a wrong path", check: "motion-url", says: "404", remedy: "copy the Receive URL", spoil: receive("/motion/accounts/5/notify")},
		{name: "Receive URL of no account", check: "motion-account", says: "no Open Channel account 6", remedy: "copy the Receive URL", spoil: receive("/api/openchannel/accounts/6/notify")},
		{name: "Receive URL of another account", check: "motion-account", says: "of another account (7 Facebook)", spoil: otherMotion},
		{name: "another program than Motion", check: "motion-account", says: "404", spoil: func(w *world) {
			s := httptest.NewServer(http.NotFoundHandler())
			w.Cleanup(s.Close)
			w.ch().Motion.ReceiveURL = s.URL + "/api/openchannel/accounts/5/notify"
		}},
		{name: "web page in place of the API", check: "motion-account", says: "something else than the account", spoil: motionFault(motionsim.Fault{Status: 200, RawBody: "<html>"})},
		{name: "wrong password", check: "motion-account", says: "refuses the user", remedy: "motion.password", spoil: func(w *world) { w.set("motion.password", "wrong-password") }},
		{name: "wrong API key", check: "motion-account", says: "refuses the API key", spoil: func(w *world) { w.set("motion.api_key", "wrong-api-key") }},
		{name: "user locked", check: "motion-account", says: "locked the user", remedy: "unlock", spoil: motionFault(motionsim.Fault{Status: 401, RawBody: `{"message":"User is locked, too many attempts"}`})},
		{name: "user may not look", check: "motion-account", says: "does not let the user", remedy: "admin", spoil: motionFault(motionsim.Fault{Path: "/api/openchannel", Status: 403})},
		{name: "user without rights for attachments", check: "motion-files", says: "attachments", remedy: "admin rights", spoil: motionFault(motionsim.Fault{Path: "/api/attachments", Status: 403})},
		{name: "files too large for nginx", check: "motion-files", says: "larger than Motion allows", spoil: motionFault(motionsim.Fault{Path: "/api/attachments", Status: 413})},
		{name: "redirect to https", check: "motion-account", says: "redirect", remedy: "https", spoil: motionFault(motionsim.Fault{Status: 301, Header: map[string]string{"Location": "https://" + motionHost}})},
		{name: "out of order", check: "motion-account", says: "out of order (502)", spoil: motionFault(motionsim.Fault{Status: 502})},
		{name: "Map Key not a field", check: "motion-map-key", says: "\"twitterHandle\" is not a field", spoil: withMapKey("twitterHandle")},
		{name: "Map Key differs", check: "motion-map-key", says: "in Motion it is \"twitter\"", remedy: "take map_key out", spoil: func(w *world) { w.ch().Motion.MapKey = "cf_7" }},
		{name: "Reply URL empty", check: "reply-url", says: "empty in Motion", remedy: "perch urls", spoil: replyURL(func(*world) string { return "" })},
		{name: "Reply URL with an old token", check: "reply-url", says: "old token", remedy: "perch urls", spoil: replyURL(func(w *world) string { return "http://" + w.Config.Listen + "/reply/OLD" })},
		{name: "Reply URL elsewhere", check: "reply-url", says: "leads elsewhere", spoil: replyURL(func(*world) string { return "http://192.0.2.1:9000/hook" })},
		{name: "Reply URL of the old plugin", check: "reply-url", says: "old plugin", spoil: replyURL(func(*world) string { return "http://localhost:3002/sendMessage" })},
		{name: "Reply URL with a wrong port", check: "reply-url", says: "refused", remedy: "listen", spoil: replyURL(func(w *world) string { return "http://127.0.0.1:" + freePort(w.T) + "/reply/" + replyToken })},
		{name: "Reply URL at another program", check: "reply-url", says: "something else answers (404)", spoil: replyURL(func(w *world) string {
			s := httptest.NewServer(http.NotFoundHandler())
			w.Cleanup(s.Close)
			return s.URL + "/reply/" + replyToken
		})},
		{name: "Reply URL is no address", check: "reply-url", says: "not an address", spoil: replyURL(func(*world) string { return "motion" })},
		{name: "Reply URL beside the tunnel", check: "reply-url", says: "the tunnel listens on 127.0.0.1:3002", spoil: func(w *world) {
			w.Config.Reach.Tunnel = config.TunnelSSH
			w.motion.SetReplyURL("http://127.0.0.1:3003/reply/" + replyToken)
		}},
		{name: "Reply URL of another channel", check: "reply-url", says: "that of channel sales", spoil: func(w *world) {
			w.keepToken("sales", "THEOTHERREPLYTOKEN")
			ch := w.channel("sales")
			ch.Motion.ReceiveURL = w.motion.URL() + "/api/openchannel/accounts/5/notify?of=sales"
			w.Config.Channels = append(w.Config.Channels, ch)
			w.store("sales", w.brand)
			w.motion.SetReplyURL("http://" + w.Config.Listen + "/reply/THEOTHERREPLYTOKEN")
		}},
		{name: "Motion's clock", check: "motion-clock", says: "by Motion's", state: doctor.Warn, spoil: motionFault(motionsim.Fault{
			Path: "/api/openchannel", Status: 200, RawBody: `{"id":5,"mapKey":"twitter"}`, Header: map[string]string{"Date": "Mon, 02 Jan 2006 15:04:05 GMT"},
		})},
	} {
		if b.spoil != nil {
			t.Run(b.name, b.run)
		}
	}
}

// Motion locks accounts: a password that was refused once is not tried for another channel.
func TestAWrongPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	for _, name := range []string{"sales", "press", "jobs"} {
		w.Config.Channels = append(w.Config.Channels, w.channel(name))
		w.store(name, w.brand)
	}
	for key := range w.Values {
		if key.Name == "motion.password" {
			w.Values[secret.Key{Channel: key.Channel, Name: key.Name}] = "wrong-password"
		}
	}
	findings := w.examine()
	if first, _ := doctor.First(findings); first.Check != "motion-account" || w.motion.Calls("GET /api/openchannel/accounts/{id}") != 1 {
		t.Errorf("%d calls\n%s", w.motion.Calls("GET /api/openchannel/accounts/{id}"), list(findings))
	}
}
