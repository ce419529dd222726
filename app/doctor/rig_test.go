package doctor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/doctor"
	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/secret"
	"perch/bridge/sim"
	"perch/bridge/sim/freeport"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sqlite"
	"perch/bridge/webhook"
)

const (
	brandID    = "4337869213"
	replyToken = "THEREPLYTOKENOFTHISCHANNEL"
	tokenKey   = "reply_token/"
	proxyToken = "the-token-of-the-proxy"
)

// world is a set-up in which everything is fine, until a test spoils something.
type world struct {
	*testing.T
	doctor.Setup
	x      *sim.X
	motion *motionsim.Motion
	brand  sim.Account
	port   string
	issuer *issuer

	mu     sync.Mutex
	routes map[string]string // where addresses of the internet really are
	dialed map[string]error  // and those that cannot be reached
}

func mustWorld(t *testing.T, options ...func(*sim.XOptions)) *world {
	t.Helper()
	w := &world{T: t, routes: map[string]string{}, dialed: map[string]error{}, port: freePort(t), issuer: newIssuer(t)}
	xo := sim.XOptions{}
	for _, change := range options {
		change(&xo)
	}
	var err error
	if w.x, err = sim.StartX(xo); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.x.Close() })
	if w.motion, err = motionsim.Start(motionsim.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.motion.Close() })
	w.brand = w.x.AddAccount(sim.Account{ID: brandID, Handle: "acme_support", Name: "Acme Support"})
	home, err := config.FindHome(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.Listen = "127.0.0.1:" + w.port
	c.Channels = []config.Channel{w.channel("support")}
	w.Setup = doctor.Setup{
		Home: home, Config: c, Relay: &fakeRelay{}, TokenKey: tokenKey, Version: "test", Dial: w.dial, Roots: w.issuer.roots, OldPlugin: "127.0.0.1:1",
		Values: map[secret.Key]string{},
	}
	w.PublicURL = w.publicURL
	w.store("support", w.brand)
	w.motion.SetReplyURL("http://" + c.Listen + "/reply/" + replyToken)
	w.keepToken("support", replyToken)
	return w
}

func (w *world) channel(name string) config.Channel {
	ch := config.DefaultChannel(name)
	ch.X.APIBase, ch.X.UploadBase = w.x.URL(), w.x.URL()
	ch.Motion.ReceiveURL, ch.Motion.User = w.motion.ReceiveURL(), w.motion.Options().User
	return ch
}

func (w *world) ch() *config.Channel { return &w.Config.Channels[0] }

func (w *world) set(name, value string) { w.Values[secret.Key{Channel: "support", Name: name}] = value }

func (w *world) store(channel string, a sim.Account) {
	for name, value := range map[string]string{
		"x.consumer_key": a.ConsumerKey, "x.consumer_secret": a.ConsumerSecret, "x.access_token": a.AccessToken,
		"x.access_token_secret": a.AccessTokenSecret, "motion.password": w.motion.Options().Password,
	} {
		w.Values[secret.Key{Channel: channel, Name: name}] = value
	}
}

// keepToken puts a channel's reply token into the journal.
func (w *world) keepToken(channel, token string) {
	w.Helper()
	journal, err := sqlite.Open(w.Context(), w.Home.Journal(), slog.New(slog.DiscardHandler))
	if err != nil {
		w.Fatal(err)
	}
	ctx, end := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- journal.Run(ctx) }()
	err = journal.SetSetting(w.Context(), tokenKey+channel, token)
	end()
	if err := errors.Join(err, <-done, journal.Close()); err != nil {
		w.Fatal(err)
	}
}

// publicURL is what the program makes of the configuration.
func (w *world) publicURL(at string) string {
	r := w.Config.Reach
	if r.PublicURL == "" && r.MotionProxy.Host != "" {
		return endpoint.MotionProxyURL(r.MotionProxy.Host, r.MotionProxy.Port, at, w.Values[secret.Key{Name: "reach.proxy_token"}])
	}
	return strings.Replace(r.PublicURL, endpoint.PathEvents, at, 1)
}

// dial reaches this computer and the routes, and nothing else.
func (w *world) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	to, err := w.routes[address], w.dialed[address]
	w.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case to != "":
		address = to
	case net.ParseIP(address[:strings.LastIndex(address, ":")]) == nil:
		return nil, &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// examine runs the doctor and holds what every run promises.
func (w *world) examine() []doctor.Finding {
	w.Helper()
	began := time.Now()
	findings := doctor.Examine(w.Context(), w.Setup)
	if took := time.Since(began); took > 15*time.Second {
		w.Errorf("it took %v", took)
	}
	for _, f := range findings {
		if f.Check == "" || f.Title == "" || f.Message == "" || (f.State == doctor.Failed || f.State == doctor.Warn) != (f.Remedy != "") {
			w.Errorf("a finding says too little or too much: %+v", f)
		}
		for _, value := range w.Values {
			if value != "" && strings.Contains(f.Message+f.Remedy, value) {
				w.Errorf("a finding holds a secret: %+v", f)
			}
		}
		if strings.Contains(f.Message+f.Remedy, replyToken) {
			w.Errorf("a finding holds the reply token: %+v", f)
		}
	}
	return findings
}

// broken is a set-up with one thing wrong, and what the first finding has to say.
type broken struct {
	name   string
	spoil  func(w *world)
	check  string
	says   string
	state  doctor.State // Failed when empty
	remedy string       // a part of it, where that matters
	x      func(*sim.XOptions)
}

func (b broken) run(t *testing.T) {
	t.Parallel()
	var options []func(*sim.XOptions)
	if b.x != nil {
		options = append(options, b.x)
	}
	w := mustWorld(t, options...)
	b.spoil(w)
	findings := w.examine()
	first, _ := doctor.First(findings)
	want := b.state
	if want == "" {
		want = doctor.Failed
	}
	if first.Check != b.check || first.State != want || !strings.Contains(first.Message, b.says) || !strings.Contains(first.Remedy, b.remedy) || first.Remedy == "" {
		t.Errorf("first finding: %s %s: %s; %s\nwant %s %s: …%s…; …%s…\n%s", first.State, first.Check, first.Message, first.Remedy,
			want, b.check, b.says, b.remedy, list(findings))
	}
	if testing.Verbose() {
		t.Logf("%s: %s; %s", first.Check, first.Message, first.Remedy)
	}
}

func list(findings []doctor.Finding) string {
	var all strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&all, "  %-8s %-16s %-8s %4d ms  %s; %s\n", f.State, f.Check, f.Channel, f.TookMS, f.Message, f.Remedy)
	}
	return all.String()
}

func of(findings []doctor.Finding, check string) doctor.Finding {
	for _, f := range findings {
		if f.Check == check {
			return f
		}
	}
	return doctor.Finding{}
}

// fakeRelay is a relay that is not running, or one that says what it is told to.
type fakeRelay struct {
	status *control.Status
	urls   []control.URLs
	err    error
	checks map[string]control.CheckResult
}

var _ doctor.Relay = (*control.Client)(nil)

func (r *fakeRelay) Status(context.Context) (control.Status, error) {
	switch {
	case r.err != nil:
		return control.Status{}, r.err
	case r.status == nil:
		return control.Status{}, &bridge.Error{Kind: bridge.Operator, Message: "the relay is not running", Err: control.ErrNotRunning}
	}
	return *r.status, nil
}

func (r *fakeRelay) URLs(context.Context) ([]control.URLs, error) { return r.urls, nil }

func (r *fakeRelay) CheckSettings(_ context.Context, what string, _ control.CheckRequest) (control.CheckResult, error) {
	if c, ok := r.checks[what]; ok {
		return c, nil
	}
	return control.CheckResult{OK: true, Message: "fine"}, nil
}

// runs makes the relay run, in words and on its port. change alters what it says of itself.
func (w *world) runs(change func(*control.Status)) {
	w.Helper()
	s := control.Status{State: control.StateRunning, Listen: w.Config.Listen, Version: "test", PID: 42, Reach: control.Reach{Mode: w.Config.Reach.Mode, State: bridge.LinkOK}}
	s.Channels = []control.Channel{{Name: "support", X: control.Link{State: bridge.LinkOK}, Motion: control.Link{State: bridge.LinkOK}}}
	if change != nil {
		change(&s)
	}
	s = s.Judged(time.Now())
	r := &fakeRelay{status: &s, urls: []control.URLs{{Channel: "support", ReplyURL: "http://" + w.Config.Listen + "/reply/" + replyToken}}}
	w.Relay = r
	w.serve(webhook.New(webhook.Config{
		Apps:     []webhook.App{{Channels: []string{"support"}, ConsumerSecret: w.Values[secret.Key{Channel: "support", Name: "x.consumer_secret"}]}},
		Channels: []webhook.Channel{{Name: "support", Token: replyToken, MapKey: func() string { return "twitter" }}}, Log: slog.New(slog.DiscardHandler),
	}))
}

// serve listens on the port of the configuration.
func (w *world) serve(handler http.Handler) {
	w.Helper()
	l, err := net.Listen("tcp", w.Config.Listen)
	if err != nil {
		w.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(l) }()
	w.Cleanup(func() { _ = server.Close() })
}

// oldPlugin answers X's challenges and knows nothing of Perch.
func oldPlugin() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/messages" {
			http.Error(rw, "Cannot GET "+r.URL.Path, http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(rw, `{"response_token":"`+endpoint.Sign("its secret", []byte(r.URL.Query().Get("crc_token")))+`"}`)
	})
}

// internet puts a host of the internet on this computer; handler nil only answers connections.
func (w *world) internet(host string, certificate *certificate, handler http.Handler) {
	w.Helper()
	w.routes[host+":443"] = certificate.serve(w.T, handler)
}

// byWebhook makes X's events come by webhook, to a front on the internet that hands on what it gets.
func (w *world) byWebhook(front http.Handler) {
	w.Helper()
	w.Config.Reach.Mode, w.Config.Reach.PublicURL = config.ModeWebhook, "https://hook.example.com/api/messages"
	if front == nil {
		front = w.handOn()
	}
	w.internet("hook.example.com", w.issuer.issue("hook.example.com"), front)
}

// handOn is a proxy to Perch.
func (w *world) handOn() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.fetch(rw, r.URL.Path, r.URL.Query()) })
}

func (w *world) fetch(rw http.ResponseWriter, path string, q url.Values) {
	response, err := http.Get("http://" + w.Config.Listen + path + "?" + q.Encode())
	if err != nil {
		http.Error(rw, "bad gateway", http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	rw.WriteHeader(response.StatusCode)
	_, _ = io.Copy(rw, response.Body)
}

// byMotionsProxy makes X's events come through Motion's webhook proxy, with a token.
func (w *world) byMotionsProxy() {
	w.Helper()
	w.Config.Reach.Mode, w.Config.Reach.MotionProxy.Host = config.ModeWebhook, "motion.example.com"
	w.Config.Reach.MotionProxy.Port = atoi(w.port)
	w.Values[secret.Key{Name: "reach.proxy_token"}] = proxyToken
	w.internet("motion.example.com", w.issuer.issue("motion.example.com"), http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		switch {
		case r.URL.Path != "/api/plugins/webhook":
			http.NotFound(rw, r)
		case q.Get("token") != proxyToken:
			http.Error(rw, `{"message":"Forbidden"}`, http.StatusForbidden)
		default:
			w.fetch(rw, q.Get("path"), q)
		}
	}))
}

func atoi(text string) (n int) {
	_, _ = fmt.Sscan(text, &n)
	return n
}

// freePort returns a port that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	n, err := freeport.Next()
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(n)
}

func mustWrite(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
