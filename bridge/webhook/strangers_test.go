package webhook_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/sim/xevents"
	"perch/bridge/webhook"
)

// falseSignature has the form of one of X's.
const falseSignature = "sha256=c/FJoLq2UtE+0trxA5z7iJMJ90PDMfyDDYEbmqMdno0="

// counted is a sink for many at a time.
type counted struct {
	mu            sync.Mutex
	posts         int
	bytes         int
	replies       int
	delay         time.Duration
	contextErrors []error
}

func (s *counted) AcceptX(ctx context.Context, _ []string, body []byte) error {
	s.wait(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts, s.bytes = s.posts+1, s.bytes+len(body)
	return nil
}

func (s *counted) AcceptReply(ctx context.Context, _ string, _ bridge.Reply, _ []byte) (bridge.Outcome, error) {
	s.wait(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies++
	return bridge.Outcome{Status: bridge.StatusSent}, nil
}

func (s *counted) wait(ctx context.Context) {
	if s.delay == 0 {
		return
	}
	time.Sleep(s.delay)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		s.contextErrors = append(s.contextErrors, err)
	}
}

func handlerFor(s *counted) *webhook.Handler {
	return webhook.New(webhook.Config{
		Apps:     []webhook.App{{Channels: []string{"support"}, ConsumerSecret: vectorSecret}},
		Channels: []webhook.Channel{{Name: "support", Token: token, MapKey: func() string { return "twitter" }}},
		Events:   s, Replies: s, Log: slog.New(slog.DiscardHandler),
	})
}

// serve serves on a real socket and returns its address.
func serve(t *testing.T, s *counted) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- webhook.Serve(ctx, listener, handlerFor(s), slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// hold opens connections that say something and are kept open until the test ends. What they were not let say is no matter.
func hold(t *testing.T, address string, n int, say func(i int) string) {
	t.Helper()
	var held []net.Conn
	t.Cleanup(func() {
		for _, c := range held {
			_ = c.Close()
		}
	})
	for i := range n {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
		_ = c.SetWriteDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.WriteString(c, say(i))
	}
}

func chunkedHead(path, signature string) string {
	return "POST " + path + " HTTP/1.1\r\nHost: perch\r\n" + webhookSignature + ": " + signature + "\r\nTransfer-Encoding: chunked\r\n\r\n"
}

const webhookSignature = "X-Twitter-Webhooks-Signature"

func chunk(size int) string { return fmt.Sprintf("%x\r\n%s\r\n", size, strings.Repeat("a", size)) }

// strangers are the ways of holding on.
var strangers = map[string]func(int) string{
	"unsigned, never ending": func(int) string {
		return "POST /api/messages HTTP/1.1\r\nHost: perch\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"
	},
	"unsigned, large":        func(int) string { return chunkedHead("/api/messages", "") + chunk(100<<10) },
	"falsely signed, large":  func(int) string { return chunkedHead("/api/messages", falseSignature) + chunk(100<<10) },
	"announced 16 MB":        func(int) string { return announced("/api/messages", 16<<20) },
	"announced, wrong token": func(int) string { return announced("/reply/guess", 1<<20) },
	"half a header":          func(int) string { return "POST /api/messages HTTP/1.1\r\nHost: pe" },
	"silent":                 func(int) string { return "" },
}

func announced(path string, n int) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: perch\r\n%s: %s\r\nContent-Length: %d\r\n\r\n{", path, webhookSignature, falseSignature, n)
}

// send posts a body without announcing its length.
func send(t *testing.T, client *http.Client, url string, body []byte) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url, io.MultiReader(bytes.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(webhookSignature, xevents.Sign(vectorSecret, body))
	response, err := client.Do(request)
	if err != nil {
		t.Error(err)
		return 0
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode
}

// friends checks that X and Motion are served at once: in less than a second where nothing else keeps the computer busy.
func friends(t *testing.T, address string, large bool) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	reply := `{"id":1,"body":"hi","Contact":{"twitter":"annlee"}}`
	for _, one := range []struct {
		name, path string
		body       []byte
		within     time.Duration
	}{
		{"a signed post", "/api/messages", []byte(`{"for_user_id":"1"}`), 3 * time.Second},
		{"a signed post of 16 MB", "/api/messages", bytes.Repeat([]byte(" "), 16<<20), 8 * time.Second},
		{"Motion's reply", "/reply/" + token, []byte(reply), 3 * time.Second},
		{"Motion's reply of 1 MB", "/reply/" + token, append([]byte(reply), bytes.Repeat([]byte(" "), 1<<20-len(reply))...), 8 * time.Second},
	} {
		if !large && len(one.body) > 1<<10 {
			continue
		}
		began := time.Now()
		if status := send(t, client, "http://"+address+one.path, one.body); status != http.StatusOK || time.Since(began) > one.within {
			t.Errorf("%s: %d after %v; want 200 within %v", one.name, status, time.Since(began), one.within)
		}
		client.CloseIdleConnections() // each time a newcomer
	}
}

func TestStrangersHoldNobodyUp(t *testing.T) {
	const endless = "unsigned, never ending"
	for name, say := range strangers {
		t.Run(name+", 64", func(t *testing.T) {
			address := serve(t, &counted{})
			hold(t, address, 64, say)
			friends(t, address, name == endless)
		})
	}
	t.Run(endless+", 4", func(t *testing.T) {
		address := serve(t, &counted{})
		hold(t, address, 4, strangers[endless])
		friends(t, address, false)
	})
	t.Run("5 that take all the room", func(t *testing.T) {
		address := serve(t, &counted{})
		hold(t, address, 5, func(int) string { return chunkedHead("/api/messages", falseSignature) + chunk(15<<20) })
		friends(t, address, true)
	})
	t.Run("1,100 of all kinds", func(t *testing.T) {
		address := serve(t, &counted{})
		var kinds []func(int) string
		for _, say := range strangers {
			kinds = append(kinds, say)
		}
		hold(t, address, 1100, func(i int) string { return kinds[i%len(kinds)](i) })
		friends(t, address, true)
	})
}

// X keeps its connection; strangers who come afterwards do not take it.
func TestKnownConnectionOutlastsStrangers(t *testing.T) {
	address := serve(t, &counted{})
	dials := 0
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
		dials++
		return (&net.Dialer{}).DialContext(ctx, network, to)
	}}}
	defer client.CloseIdleConnections()
	url := "http://" + address + "/api/messages"
	for round := range 2 {
		if status := send(t, client, url, []byte(`{}`)); status != http.StatusOK {
			t.Fatalf("round %d: %d", round, status)
		}
		hold(t, address, 1100*round, func(int) string { return "" })
	}
	if status := send(t, client, url, []byte(`{}`)); status != http.StatusOK || dials != 1 {
		t.Errorf("%d over %d connections; want 200 over the first one", status, dials)
	}
}

// What nobody will read is not waited for.
func TestWrongTokenIsRefusedBeforeItsBody(t *testing.T) {
	address := serve(t, &counted{})
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	began := time.Now()
	_, _ = io.WriteString(c, announced("/reply/guess", 1000))
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || response.StatusCode != http.StatusNotFound || time.Since(began) > 3*time.Second {
		t.Errorf("%+v, %v after %v; want 404 within 3 s", response, err, time.Since(began))
	}
}

func TestOddFormsOfGoodBodiesAreTaken(t *testing.T) {
	for _, contentType := range []string{"", "text/plain", "application/json; charset=utf-16", ";;;", "multipart/form-data"} {
		for _, body := range []string{"{}", "\xef\xbb\xbf{}", "", "\x00"} {
			s := &sink{}
			response := do(newHandler(s, false), "POST", "/api/messages", body, webhookSignature, xevents.Sign(vectorSecret, []byte(body)), "Content-Type", contentType)
			if response.StatusCode != http.StatusOK || len(s.bodies) != 1 || s.bodies[0] != body {
				t.Errorf("%q as %q: %d, kept %q", body, contentType, response.StatusCode, s.bodies)
			}
		}
	}
}

// Bodies of every size around the borders of how they are read arrive byte for byte.
func TestBodiesOfAllSizesArriveWhole(t *testing.T) {
	for _, n := range []int{0, 1, 8<<10 - 1, 8 << 10, 8<<10 + 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 128 << 10, 128<<10 + 1, 1 << 20, 16 << 20} {
		body := bytes.Repeat([]byte("0123456789abcdef!"), n/17+1)[:n]
		s := &sink{}
		h := newHandler(s, false)
		for _, length := range []int64{int64(n), -1} {
			if status := doSized(h, body, length); status != http.StatusOK || s.bodies[len(s.bodies)-1] != string(body) {
				t.Errorf("%d bytes, announced %d: %d, or changed", n, length, status)
			}
		}
	}
}
