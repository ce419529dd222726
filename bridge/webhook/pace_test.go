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
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge/sim/xevents"
	"perch/bridge/webhook"
)

func doSized(h http.Handler, body []byte, length int64) int {
	r := httptest.NewRequest("POST", "/api/messages", io.NopCloser(bytes.NewReader(body)))
	r.ContentLength = length
	r.Header.Set(webhookSignature, xevents.Sign(vectorSecret, body))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// pipes is a listener of connections within a bubble of synctest.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	close func()
}

func newPipes() *pipes {
	p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.done) })
	return p
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.close()
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{} }

func (p *pipes) dial() net.Conn {
	mine, its := net.Pipe()
	p.conns <- its
	return mine
}

// inBubble runs a server whose time is the test's.
func inBubble(t *testing.T, s *counted, test func(t *testing.T, p *pipes)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		p := newPipes()
		served := make(chan error, 1)
		go func() { served <- webhook.Serve(ctx, p, handlerFor(s), slog.New(slog.DiscardHandler)) }()
		test(t, p)
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// drip sends a body piece by piece, with a pause before each, and returns the answer and when it came.
func drip(t *testing.T, p *pipes, head string, piece []byte, times int, pause time.Duration) (status int, answer string, after time.Duration) {
	t.Helper()
	c := p.dial()
	var sender sync.WaitGroup
	defer func() {
		_ = c.Close()
		sender.Wait()
	}()
	began := time.Now()
	sender.Go(func() {
		_, err := io.WriteString(c, head)
		for i := 0; i < times && err == nil; i++ {
			time.Sleep(pause)
			_, err = c.Write(piece)
		}
	})
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0, err.Error(), time.Since(began)
	}
	after = time.Since(began)
	words, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(words), after
}

func TestSlowBodiesAreCut(t *testing.T) {
	second := time.Second
	for _, tc := range []struct {
		name            string
		announced       int
		piece, times    int
		pause           time.Duration
		status          int
		earliest, until time.Duration
	}{
		{"nothing comes", 100, 1, 0, 0, 408, 10 * second, 11 * second},
		{"a byte a second", 100, 1, 100, second, 408, 10 * second, 11 * second},
		{"a byte a second of a large one", 16 << 20, 1, 100, second, 408, 10 * second, 11 * second},
		{"4 KB a second", 200 << 10, 4 << 10, 100, second, 408, 19 * second, 21 * second},
		{"much at once, then nothing", 16 << 20, 1 << 20, 3, 0, 408, 10 * second, 11 * second},
		{"9 KB a second", 180 << 10, 9 << 10, 20, second, 200, 20 * second, 21 * second},
		{"9 KB a second, for ever", 16 << 20, 9 << 10, 1000, second, 408, 30 * second, 31 * second},
		{"at once after 9 s", 50 << 10, 50 << 10, 1, 9 * second, 200, 9 * second, 10 * second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, &counted{}, func(t *testing.T, p *pipes) {
				body := bytes.Repeat([]byte(" "), tc.announced)
				head := fmt.Sprintf("POST /api/messages HTTP/1.1\r\nHost: perch\r\n%s: %s\r\nContent-Length: %d\r\n\r\n",
					webhookSignature, xevents.Sign(vectorSecret, body), tc.announced)
				status, answer, after := drip(t, p, head, body[:tc.piece], tc.times, tc.pause)
				if status != tc.status || after < tc.earliest || after > tc.until {
					t.Errorf("%d after %v: %s; want %d between %v and %v", status, after, answer, tc.status, tc.earliest, tc.until)
				}
				if tc.status == 408 && !strings.Contains(answer, "8 KB") {
					t.Errorf("the refusal does not say how fast is fast enough: %s", answer)
				}
			})
		})
	}
}

// A slow reply is refused in words for the agent.
func TestSlowReplyIsRefusedInWords(t *testing.T) {
	inBubble(t, &counted{}, func(t *testing.T, p *pipes) {
		status, answer, _ := drip(t, p, "POST /reply/"+token+" HTTP/1.1\r\nHost: perch\r\nContent-Length: 100\r\n\r\n", []byte("{"), 100, time.Second)
		if status != http.StatusRequestTimeout || !strings.Contains(answer, "the reply was not sent: ") {
			t.Errorf("%d %s", status, answer)
		}
	})
}

// The time limits of bodies end with the body: what is then done may take longer.
func TestTimeLimitsEndWithTheBody(t *testing.T) {
	for _, size := range []int{2, 60 << 10, 300 << 10} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprint(size, chunked), func(t *testing.T) {
				s := &counted{delay: 25 * time.Second}
				inBubble(t, s, func(t *testing.T, p *pipes) {
					body := bytes.Repeat([]byte(" "), size)
					head := fmt.Sprintf("POST /api/messages HTTP/1.1\r\nHost: perch\r\n%s: %s\r\n", webhookSignature, xevents.Sign(vectorSecret, body))
					if chunked {
						head += "Transfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n", size)
						body = append(body, "\r\n0\r\n\r\n"...)
					} else {
						head += fmt.Sprintf("Content-Length: %d\r\n\r\n", size)
					}
					if status, answer, _ := drip(t, p, head, body, 1, 0); status != 200 || len(s.contextErrors) > 0 {
						t.Errorf("%d %s, %v", status, answer, s.contextErrors)
					}
				})
			})
		}
	}
}
