package juicebox_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"perch/bridge/xchat/juicebox"
	"perch/bridge/xchat/juicebox/realm"
)

const (
	user  = "1111"
	token = "token-of-1111"
	base  = "http://127.0.0.1:1"
)

var pin = []byte("2580")

// network is what is between a client and a set of realms, without a network.
type network struct {
	http.Handler
	mu     sync.Mutex
	number int
	again  bool // net/http could send a request again by itself
	// around, if set, stands before a request (counted from 1) and may answer in its place.
	around func(n int, req *http.Request, pass func() *http.Response) (*http.Response, error)
}

func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	n.mu.Lock()
	n.number++
	n.again = n.again || req.GetBody != nil
	number := n.number
	n.mu.Unlock()
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil } // for step
	pass := func() *http.Response {
		recorder := httptest.NewRecorder()
		n.ServeHTTP(recorder, req.Clone(context.Background()))
		response := recorder.Result()
		response.Request = req
		return response
	}
	if n.around != nil {
		return n.around(number, req, pass)
	}
	return pass(), nil
}

// scene is a set of realms with a secret in it and a client that reaches them.
type scene struct {
	set    *realm.Set
	net    *network
	client *juicebox.Client
	cfg    *juicebox.Configuration
	secret []byte
}

func newScene(tb testing.TB, threshold int, secure ...bool) *scene {
	tb.Helper()
	set := realm.NewSet(threshold, secure...)
	set.Fast = true
	set.Allow(token, user)
	s := &scene{set: set, net: &network{Handler: set}, secret: random(64)}
	s.attach(tb)
	set.Register(user, pin, s.secret, realm.MaxGuesses)
	return s
}

// attach makes the client of a set.
func (s *scene) attach(tb testing.TB) {
	tb.Helper()
	s.client = &juicebox.Client{HTTP: &http.Client{Transport: s.net}, Local: true}
	s.cfg = configuration(tb, s.set.Configuration(base, token))
}

// asX is a scene with the realms that X has.
func asX(tb testing.TB) *scene {
	tb.Helper()
	return newScene(tb, 2, false, true, true)
}

// plain is a scene with software realms only, whose requests can be read.
func plain(tb testing.TB) *scene {
	tb.Helper()
	return newScene(tb, 2, false, false, false)
}

func (s *scene) recover(pin []byte) ([]byte, error) {
	return s.client.Recover(context.Background(), s.cfg, pin)
}

// index is which realm a request goes to.
func (s *scene) index(req *http.Request) int {
	for i, r := range s.cfg.Realms {
		if bytes.HasPrefix([]byte(req.URL.Path), []byte(r.Address.Path)) {
			return i
		}
	}
	return -1
}

// step is the step of a request to a software realm.
func step(req *http.Request) string {
	body, err := req.GetBody()
	if err != nil {
		return ""
	}
	raw, _ := io.ReadAll(body)
	for _, name := range []string{"Recover1", "Recover2", "Recover3"} {
		if bytes.Contains(raw, []byte(name)) {
			return name
		}
	}
	return ""
}

func configuration(tb testing.TB, raw []byte) *juicebox.Configuration {
	tb.Helper()
	cfg, err := juicebox.ParseConfiguration(raw)
	if err != nil {
		tb.Fatal(err)
	}
	return cfg
}

func random(size int) []byte {
	out := make([]byte, size)
	_, _ = rand.Read(out)
	return out
}
