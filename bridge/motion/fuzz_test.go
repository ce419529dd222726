package motion_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/motion"
)

var numberPattern = regexp.MustCompile(`^[0-9]{1,20}$`)

// odd is what the server of a fuzz target answers.
type odd struct {
	status      int
	kind, later string
	body        []byte
}

// Whatever Motion, or what stands in its place, answers: nothing panics; an id is a number; what is not Motion's own is
// neither a success nor a verdict; an error says what, in words.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{
		`{"interaction":{"id":881,"threadId":null,"closed":false},"message":{"id":9,"body":"x"},"contact":{"id":4}}`, `{"id":83,"name":"a.png"}`, `{"id":"83 ","name":7}`,
		`{"count":1,"rows":[{"id":5,"mapKey":"twitter","replyUrl":"http://x"}]}`, `[{"id":5}]`, `{"message":"Not Found"}`, `{"error":{"message":"bad"}}`, `{"success":false}`,
		"<!DOCTYPE html><html><form action=login></form></html>", "", "null", "[]", "\xef\xbb\xbf{\"id\":83}", `{"id":1e400}`, "\x89PNG\r\n\x1a\n", "ok",
	} {
		for n := range 5 {
			f.Add(uint8(n), uint16(n*89), "application/json", "120", []byte(body))
			f.Add(uint8(n), uint16(3), "text/html", "Fri, 31 Dec 9999 23:59:59 GMT", []byte(body))
		}
	}
	var next atomic.Pointer[odd]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		a := next.Load()
		w.Header().Set("Content-Type", a.kind)
		w.Header().Set("Retry-After", a.later)
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	}))
	f.Cleanup(server.Close)
	config := motion.Config{ReceiveURL: server.URL + "/api/openchannel/accounts/5/notify", User: "admin", Password: "x", Log: slog.New(slog.DiscardHandler)}
	f.Fuzz(func(t *testing.T, n uint8, status uint16, kind, later string, body []byte) {
		a := &odd{200 + int(status)%400, kind, later, body}
		if status%3 == 0 {
			a.status = http.StatusOK
		}
		next.Store(a)
		c := motion.New(config)
		defer c.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		isJSON := loose.Check(body) == nil && json.Valid(loose.Trim(body))
		err := fuzzCall(ctx, t, c, int(n)%5, isJSON)
		if err == nil {
			return
		}
		e := bridge.AsError(err)
		if e.Kind == "" || e.Message == "" || !utf8.ValidString(e.Message) || len(e.Message) > 2000 {
			t.Errorf("says %.200q", e.Message)
		}
		isFinal := e.Kind == bridge.Rejected || e.Kind == bridge.Operator
		if isFinal && a.status/100 == 4 && !isJSON {
			t.Errorf("%d with %.40q is a verdict: %s %s", a.status, body, e.Kind, e.Message)
		}
		if !e.RetryAt.IsZero() && time.Until(e.RetryAt) > bridge.MaxWindow+time.Hour {
			t.Errorf("waits until %v", e.RetryAt)
		}
	})
}

// fuzzCall makes one of the calls, and checks what a success tells.
func fuzzCall(ctx context.Context, t *testing.T, c *motion.Client, n int, isJSON bool) error {
	t.Helper()
	switch n {
	case 0:
		receipt, err := c.Notify(ctx, bridge.Notification{From: "ann", Body: "hello"})
		if err == nil && (!isJSON || receipt.InteractionID == "" && receipt.MessageID == "") {
			t.Errorf("delivered, but Motion said %+v (JSON: %v)", receipt, isJSON)
		}
		return err
	case 1:
		id, err := c.Upload(ctx, bridge.File{Name: "a.png", Type: "image/png", Data: []byte("x")})
		if err == nil && !numberPattern.MatchString(id) {
			t.Errorf("took %q for the id of a file", id)
		}
		return err
	case 2:
		_, err := c.Download(ctx, "83")
		return err
	case 3:
		key, err := c.Check(ctx)
		if err == nil && (!isJSON || key == "") {
			t.Errorf("Motion is right, with Map Key %q (JSON: %v)", key, isJSON)
		}
		return err
	default:
		_, err := c.Accounts(ctx)
		return err
	}
}
