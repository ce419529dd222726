package xv2

import (
	"net/http"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
)

var errManyStreams = fault.Fault{
	Status: http.StatusTooManyRequests, Title: "ConnectionException", Type: fault.Problems + "streaming-connection",
	Detail: "This stream is currently at the maximum allowed connection limit.",
}

// openStream takes the connection over. Nothing is counted as open before that, so that a fault leaves nothing behind.
func (x *api) openStream(in *xgate.Request) *serve.Answer {
	back := time.Duration(in.Number("backfill_minutes", 0)) * time.Minute
	a := &serve.Answer{Status: http.StatusOK}
	a.Stream = func(w http.ResponseWriter) {
		if !x.ServeStream(in.Context(), w, in.App, back) {
			in.Refuse(errManyStreams).Write(w)
		}
	}
	return a
}
