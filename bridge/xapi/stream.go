package xapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"perch/bridge/xapi/xcall"
)

const (
	// CodeStreamSilent is the code of a stream that was silent for too long.
	CodeStreamSilent = xcall.CodeSilent
	// MaxBackfill is how many minutes back a stream can begin (X's OpenAPI).
	MaxBackfill = 5

	endpointStream = "activity.stream"
)

// Stream opens the activity stream, beginning backfill minutes ago (0 to MaxBackfill), and calls handle for each line,
// one after another. An empty line is X's sign of life; the first comes when the stream is open. A line that handle
// returns an error for ends the stream, and that error is returned. handle must not keep hold of the line. Stream
// returns when the stream breaks, is silent for more than 30 s, or ctx ends; the error is never nil.
func (c *base) Stream(ctx context.Context, backfill int, handle func(line []byte) error) error {
	what := xcall.Call{Op: "listen to X's activity stream", Endpoint: endpointStream, Method: http.MethodGet, URL: c.calls.URLOf("/2/activity/stream")}
	if backfill > 0 {
		what.Query = url.Values{"backfill_minutes": {strconv.Itoa(min(backfill, MaxBackfill))}}
	}
	return c.calls.Lines(ctx, what, handle)
}
