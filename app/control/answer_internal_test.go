package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// stubborn is what JSON cannot hold at all.
type stubborn struct{ ID int64 }

func (stubborn) MarshalJSON() ([]byte, error) { return nil, errors.New("it will not be shown") }

func TestAnswersAreWholeOrSayWhy(t *testing.T) {
	far, now := time.UnixMilli(1795000000557000), time.Now().UTC().Truncate(time.Second)
	var log bytes.Buffer
	s := &Server{log: slog.New(slog.NewTextHandler(&log, nil))}
	for name, tc := range map[string]struct {
		body any
		code int
		want []string
	}{
		"limits": {[]Limit{
			{Endpoint: "dm.send", Windows: []Window{{Name: "15min", Limit: 15, ResetAt: far}}}, {Endpoint: "users.me", Windows: []Window{{ResetAt: now}}},
		}, 200, []string{`"endpoint":"dm.send"`, `"limit":15`, `"reset_at":"0001-01-01T00:00:00Z"`, `"endpoint":"users.me"`, now.Format(time.RFC3339)}},
		"a status with an odd gap": {
			Status{State: StateRunning, Reach: Reach{Gaps: []Gap{{From: far, To: now}}}, Started: &far},
			200,
			[]string{`"state":"running"`, now.Format(time.RFC3339)},
		},
		"a message whose content will not": {
			Detail{Message: Message{ID: 9, Text: "hello"}, Content: stubborn{}},
			200,
			[]string{`"id":9`, `"text":"hello"`, `"content":null`, "cannot be shown"},
		},
		"an odd time in the content": {Detail{Message: Message{ID: 9}, Content: &struct{ At time.Time }{far}}, 200, []string{`"content":{"At":"0001-01-01T00:00:00Z"}`}},
		"one of several":             {[]any{Message{ID: 1}, stubborn{2}, Message{ID: 3}}, 200, []string{`"id":1`, `"id":3`}},
		"nothing that can be shown":  {stubborn{}, 422, []string{`"what":"answer"`, "it will not be shown", `"remedy":"`}},
		"an empty list":              {[]Message{}, 200, []string{"[]"}},
	} {
		w := httptest.NewRecorder()
		s.reply(w, tc.body)
		if w.Code != tc.code || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		for _, part := range tc.want {
			if !strings.Contains(w.Body.String(), part) {
				t.Errorf("%s: %s is not in %s", name, part, w.Body)
			}
		}
	}
	if !strings.Contains(log.String(), "answer is shown in part") {
		t.Error("the log does not say what was left out")
	}
}
