package motion

import (
	"net/http"
	"strconv"

	"perch/bridge"
)

// classify turns an unsuccessful answer into an error that says what happens next. A refusal counts only in the form in
// which Motion refuses; a page of something in between is no word of Motion's.
func classify(op string, a *answer) *bridge.Error {
	if isIntermediary(a) {
		return foreign(op, a)
	}
	e := &bridge.Error{Side: bridge.SideMotion, Op: op, Code: strconv.Itoa(a.status)}
	switch s := a.status; {
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		e.Kind, e.Message = bridge.Operator, "Motion refused the user or password"
		e.Remedy = "check user in perch.toml and the secret motion.password (or motion.api_key), then: perch reload"
	case s == http.StatusNotFound:
		e.Kind, e.Message = bridge.Operator, "Motion does not know this address"
		e.Remedy = "copy the Receive URL again from Motion (Open Channel account, Settings) into perch.toml, then: perch reload"
	case s == http.StatusTooManyRequests:
		e.Kind, e.Message, e.RetryAt = bridge.RateLimited, "Motion asks for fewer calls", retryAfter(a.header)
	case s/100 == 3:
		e.Kind, e.Message = bridge.Operator, "Motion's address answers with a redirect, which Perch does not follow"
		e.Remedy = "put the final address (https instead of http?) into receive_url in perch.toml, then: perch reload"
	case s == http.StatusRequestTimeout || s == http.StatusTooEarly || s >= http.StatusInternalServerError:
		e.Kind, e.Message, e.RetryAt = bridge.Temporary, "Motion is out of order at the moment", retryAfter(a.header)
		e.Remedy = "look at Motion's logs if it lasts; Perch keeps trying"
	default:
		e.Kind, e.Message = bridge.Rejected, "Motion refused it: "+said(a)
		e.Remedy = "read Motion's reason, mend it there, then: perch retry"
	}
	return e
}
