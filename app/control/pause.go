package control

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"perch/bridge"
	"perch/bridge/schedule"
)

// shortestPause is the shortest time after which a pause can end by itself.
const shortestPause = time.Second

// paused is the answer to a pause. Until is nil for one that does not end by itself.
type paused struct {
	Until *time.Time `json:"until"`
}

// Pause stops deliveries both ways until Resume; what comes in is kept.
func (c *Client) Pause(ctx context.Context) error { return c.post(ctx, "/v1/pause", nil) }

// PauseFor stops deliveries both ways for a time, from a second to 30 days, and returns when they go on by themselves.
func (c *Client) PauseFor(ctx context.Context, d time.Duration) (until time.Time, err error) {
	var answer paused
	if err := c.post(ctx, "/v1/pause?"+url.Values{"for": {d.String()}}.Encode(), &answer); err != nil {
		return time.Time{}, err
	}
	if answer.Until == nil { // a relay from before there were such pauses has paused without an end
		return time.Time{}, &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "pause", Message: "the relay that runs is of an earlier version: deliveries are paused without an end",
			Remedy: "go on with: perch resume; and start this version with: perch restart",
		}
	}
	return *answer.Until, nil
}

func (s *Server) pause(w http.ResponseWriter, r *http.Request) {
	until, err := pauseEnd(r.URL.Query().Get("for"), time.Now())
	if err == nil {
		err = s.relay.Console.Pause(r.Context(), until)
	}
	s.answer(w, "pause", paused{orNil(until)}, err)
}

func pauseEnd(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < shortestPause || d > schedule.LongestPause {
		return time.Time{}, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "pause",
			Message: fmt.Sprintf("%q is no time after which a pause can end: it is from 1s to %dh", text, int(schedule.LongestPause.Hours())),
			Remedy:  "say for example: perch pause --for 30m", Err: err,
		}
	}
	return now.Add(d).Truncate(time.Millisecond), nil
}
