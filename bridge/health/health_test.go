package health_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/health"
)

// refusing is a journal whose steps end with an error.
type refusing struct {
	bridge.Journal
	err error
}

func (r refusing) Keep(context.Context, bridge.Post) error { return r.err }

// A relay that ends takes its questions back: that is no trouble of the journal. What fails for another reason is.
func TestWhatIsTakenBackIsNoTrouble(t *testing.T) {
	wrapped := func(cause error) error {
		return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "write to the journal", Message: "it did not work", Err: cause}
	}
	for name, tc := range map[string]struct {
		err     error
		isEnded bool
		isTold  bool
	}{
		"taken back":                   {wrapped(context.Canceled), true, false},
		"taken back, without a form":   {context.Canceled, true, false},
		"nobody has taken it back":     {wrapped(context.Canceled), false, true},
		"something else while it ends": {wrapped(errors.New("disk I/O error")), true, true},
		"too slow":                     {wrapped(context.DeadlineExceeded), false, true},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			h := health.Watch(refusing{err: tc.err}, slog.New(slog.NewTextHandler(&log, nil)), time.Now)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if tc.isEnded {
				cancel()
			}
			if err := h.Keep(ctx, bridge.Post{}); !errors.Is(err, tc.err) {
				t.Errorf("%v", err)
			}
			if isTold := log.Len() > 0; isTold != tc.isTold {
				t.Errorf("logged: %s", log.String())
			}
		})
	}
}
