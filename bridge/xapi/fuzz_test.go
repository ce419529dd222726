package xapi_test

import (
	"bytes"
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
	"perch/bridge/xapi"
	"perch/bridge/xchat"
)

// fuzzWait bounds a call of a fuzz target: an upload waits for X as long as X says.
const fuzzWait = 150 * time.Millisecond

var idPattern = regexp.MustCompile(`^[0-9]{1,20}$`)

// odd is what the server of a fuzz target answers.
type odd struct {
	status      int
	kind, reset string
	body        []byte
}

// fuzzClient returns a client of a server that answers what is put into next.
func fuzzClient(f *testing.F, profile string, quota bridge.Quota) (c *xapi.Client, next *atomic.Pointer[odd]) {
	next = &atomic.Pointer[odd]{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		a := next.Load()
		w.Header().Set("Content-Type", a.kind)
		w.Header().Set("X-Rate-Limit-Limit", "15")
		w.Header().Set("X-Rate-Limit-Remaining", "0")
		w.Header().Set("X-Rate-Limit-Reset", a.reset)
		w.Header().Set("Retry-After", a.reset)
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	}))
	f.Cleanup(server.Close)
	c = xapi.New(xapi.Config{
		Channel: "support", Profile: profile, APIBase: server.URL, UploadBase: server.URL, MediaHosts: []string{server.Listener.Addr().String()},
		Quota: quota, Log: slog.New(slog.DiscardHandler), Keys: xapi.Keys{ConsumerKey: "a", ConsumerSecret: "b", AccessToken: "c", AccessTokenSecret: "d"},
	})
	c.Know(bridge.Account{Person: bridge.Person{ID: "4337869213", Handle: "acme_support"}, CanDM: true, CanWrite: true})
	return c, next
}

// calls are the questions to X whose answers are read; each returns the ids and times that it learned.
var fuzzCalls = []func(context.Context, *xapi.Client) (ids []string, times []time.Time, err error){
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		p, err := c.User(ctx, annID)
		return []string{p.ID}, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		p, err := c.UserByHandle(ctx, "annlee")
		return []string{p.ID}, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		id, err := c.SendDM(ctx, annID, bridge.Outgoing{Text: "hello"})
		return []string{id}, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		id, err := c.SendReply(ctx, "777", bridge.Person{ID: annID}, bridge.Outgoing{Text: "hello"})
		return []string{id}, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		list, err := c.SentDMs(ctx, annID)
		return nil, sentTimes(list), err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		list, err := c.SentPosts(ctx)
		return nil, sentTimes(list), err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		_, err := c.PostMedia(ctx, "777")
		return nil, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		_, err := c.DMMedia(ctx, "777")
		return nil, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		page, err := c.MissedDMs(ctx, 10, "")
		return nil, missedTimes(page), err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		page, err := c.MissedMentions(ctx, "", 10, "")
		return nil, missedTimes(page), err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		_, err := c.Webhooks(ctx)
		return nil, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		_, err := c.Subscriptions(ctx)
		return nil, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		id, err := c.UploadMedia(ctx, bridge.File{Name: "a.png", Type: "image/png", Data: []byte("\x89PNG")}, true)
		return []string{id}, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		account, err := c.Me(ctx)
		return []string{account.ID}, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		_, err := c.ChatRecords(ctx, annID)
		return nil, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		list, err := c.ChatConversations(ctx, "")
		var times []time.Time
		for _, one := range list.Conversations {
			times = append(times, one.UpdatedAt)
		}
		return nil, times, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		page, err := c.ChatEvents(ctx, annID, "", 10)
		var times []time.Time
		for _, e := range page.Events {
			times = append(times, e.CreatedAt)
		}
		return nil, times, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		_, err := c.SendChat(ctx, annID, post)
		return nil, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		return nil, nil, c.SendChatKeys(ctx, annID, xchat.KeysPost{})
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		_, err := c.UploadChatMedia(ctx, annID, bytes.NewReader([]byte("sealed")), 6)
		return nil, nil, err
	},
	func(ctx context.Context, c *xapi.Client) ([]string, []time.Time, error) {
		post, err := c.Post(ctx, "777")
		return []string{post.ID}, nil, err
	},
}

func sentTimes(list []bridge.Sent) (all []time.Time) {
	for _, s := range list {
		all = append(all, s.CreatedAt)
	}
	return all
}

func missedTimes(page xapi.Page) (all []time.Time) {
	for _, m := range page.Events {
		all = append(all, m.CreatedAt)
	}
	return all
}

// Whatever X, or what stands in its place, answers: nothing panics; an id is one; times are sane; an error says what, in
// words; and a page is no verdict.
func FuzzAnswers(f *testing.F) {
	for i, body := range []string{
		`{"data":{"id":"1","username":"ann","name":"Ann"}}`, `{"data":{"dm_event_id":"7","dm_conversation_id":"1-2"}}`, `{"errors":[{"code":"349","message":"no"}]}`,
		`{"data":[{"id":"7","text":"x","created_at":"58876-01-01T00:00:00Z"}],"meta":{"next_token":7}}`, `{"title":"Forbidden","detail":"\u001b]0;x","status":"403"}`,
		"<html><body>Sign in</body></html>", "", "null", `{"data":[{"public_key_version":1,"public_key":"I","encoded_event":"CwAB","created_at":7}],"meta":{"conversation_key_events":[1]}}`,
		`{"data":{"session_id":"../me","media_hash_key":"a/b","encoded_message_event":5}}`, `{"data":{"id":"1","processing_info":{"state":"in_progress","error":{"message":"bad"}}}}`,
		`{"errors":{"code":50}}`, `[{"id_str":"../me","created_at":""}]`, "\xef\xbb\xbf{}", `{"data":[{"subscription_id":["1"],"event_type":7}]}`,
	} {
		for n := i % 4; n < len(fuzzCalls)*len(profiles); n += 7 {
			f.Add(uint8(n), uint16(n*97), "application/json", "1764237600000000", []byte(body))
		}
	}
	quota := noQuota{map[string][]bridge.Window{}}
	clients, nexts := map[string]*xapi.Client{}, map[string]*atomic.Pointer[odd]{}
	for _, profile := range profiles {
		clients[profile], nexts[profile] = fuzzClient(f, profile, quota)
	}
	f.Fuzz(func(t *testing.T, n uint8, status uint16, kind, reset string, body []byte) {
		profile := profiles[int(n)/len(fuzzCalls)%len(profiles)]
		a := &odd{200 + int(status)%400, kind, reset, body}
		if status%3 == 0 {
			a.status = http.StatusOK
		}
		nexts[profile].Store(a)
		ctx, cancel := context.WithTimeout(t.Context(), fuzzWait)
		defer cancel()
		ids, times, err := fuzzCalls[int(n)%len(fuzzCalls)](ctx, clients[profile])
		for _, at := range times {
			if !at.IsZero() && (at.Year() < 1999 || at.Year() > 2100) {
				t.Errorf("took over the time %v", at)
			}
		}
		if err == nil {
			for _, id := range ids {
				if !idPattern.MatchString(id) {
					t.Errorf("took %q for an id", id)
				}
			}
			return
		}
		mustBeInWords(t, err)
		e := bridge.AsError(err)
		isFinal := e.Kind == bridge.Rejected || e.Kind == bridge.Operator
		if isFinal && a.status/100 == 4 && !json.Valid(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf"))) {
			t.Errorf("%d with %.40q is a verdict: %s %s", a.status, body, e.Kind, e.Message)
		}
		if !e.RetryAt.IsZero() && time.Until(e.RetryAt) > bridge.MaxWindow+time.Hour {
			t.Errorf("waits until %v", e.RetryAt)
		}
	})
}

// mustBeInWords checks that an error can be shown to people.
func mustBeInWords(t *testing.T, err error) {
	t.Helper()
	e := bridge.AsError(err)
	const most = 2000
	for _, text := range []string{e.Message, e.Remedy} {
		if !utf8.ValidString(text) || len(text) > most {
			t.Errorf("says %d bytes: %.100q", len(text), text)
		}
	}
	if e.Kind == "" || e.Message == "" || e.Side == "" {
		t.Errorf("says too little: %+v", e)
	}
}
