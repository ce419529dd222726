package control_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge"
)

// farAway is a year that JSON cannot hold: milliseconds that were taken for seconds.
var farAway = time.UnixMilli(1795000000557000)

// TestAnOddTimeHidesNothingElse lets one message wait until the year 58850 and looks at it in every way.
func TestAnOddTimeHidesNothingElse(t *testing.T) {
	s := mustShow(t)
	if err := s.journal.Update(t.Context(), s.out, func(d *bridge.Delivery) (bridge.Result, error) {
		d.DueAt = farAway
		return bridge.Result{Delivery: d, Attempt: bridge.Attempt{At: farAway, Outcome: bridge.Queued}}, nil
	}); err != nil {
		t.Fatal(err)
	}
	list, err := s.Messages(t.Context(), control.Query{})
	if err != nil || len(list) != 2 {
		t.Fatalf("%d messages, %v", len(list), err)
	}
	odd, fine := list[0], list[1]
	if odd.ID != s.out || odd.Text != "hello" || odd.DueAt != nil || odd.Error == nil || !strings.Contains(odd.Error.Message, "cannot be shown") {
		t.Errorf("the odd one is %+v, %+v", odd, odd.Error)
	}
	if fine.ID != s.in || fine.Error != nil || fine.ReceivedAt.IsZero() {
		t.Errorf("the other one is %+v", fine)
	}
	d, err := s.Message(t.Context(), s.out)
	if err != nil || d.Text != "hello" || len(d.History) == 0 || !d.History[0].At.IsZero() || d.Received == nil {
		t.Errorf("in full it is %+v, %v", d, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	go func() {
		for ; ctx.Err() == nil; time.Sleep(10 * time.Millisecond) { // until somebody listens
			s.bridge.Feed().Publish(&bridge.Delivery{ID: s.out, State: bridge.Queued, DueAt: farAway, ReceivedAt: time.Now()})
		}
	}()
	var told control.Message
	err = s.Feed(ctx, control.Query{}, func(m control.Message) {
		told = m
		cancel()
	})
	if err != nil || told.ID != s.out || told.DueAt != nil || told.Error == nil {
		t.Errorf("the feed told %+v, %v", told, err)
	}
}

// TestAnAnswerThatIsNoneIsTold lets a relay answer nothing, and half.
func TestAnAnswerThatIsNoneIsTold(t *testing.T) {
	for name, tc := range map[string]struct{ body, length, want string }{
		"empty":    {"", "0", "was empty"},
		"cut":      {`[{"id":1,`, "900", "was cut off"},
		"no JSON":  {"<html>", "6", "cannot be read"},
		"half one": {`[{"id":1}`, "9", "was cut off"},
	} {
		socket := filepath.Join(t.TempDir(), "c.sock")
		l, err := control.Listen(t.Context(), socket)
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", tc.length)
			_, _ = w.Write([]byte(tc.body))
		})}
		go func() { _ = server.Serve(l) }()
		client := control.NewClient(socket)
		_, listErr := client.Messages(t.Context(), control.Query{})
		for what, err := range map[string]error{"traffic": listErr, "pause": client.Pause(t.Context())} {
			var e *bridge.Error
			if !errors.As(err, &e) || !strings.Contains(e.Message, tc.want) || e.Remedy == "" {
				t.Errorf("%s of an answer that is %s: %v", what, name, err)
			}
		}
		client.Close()
		_ = server.Close()
	}
}
