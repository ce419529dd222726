package xapi

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"perch/bridge"
	"perch/bridge/loose"
)

// call is one request to X.
type call struct {
	// op says in words what is done; endpoint names it for the rate limits.
	op, endpoint string
	method, url  string
	query        url.Values
	form         url.Values
	json         any
	body         []byte
	contentType  string
	// mayBeEmpty is set where X answers with a success that has no body.
	mayBeEmpty bool
	// sends marks a call that makes X send something: it is never repeated, and a lost answer is unknown.
	sends bool
	// bearer, when set, is used in place of the OAuth 1.0a signature.
	bearer string
	// basic sends the consumer key and secret themselves in place of the signature.
	basic bool
	// limit bounds the call; zero means callTimeout.
	limit time.Duration
}

// answer is what X said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// decode reads the answer. Members of an unexpected type are left out, so who needs one has to look whether it is there.
func (a *answer) decode(op string, into any) error {
	if err := loose.Read(a.body, into); err != nil {
		return a.unexpected(op, err)
	}
	return nil
}

// unexpected is the error of an answer that does not hold what was asked for.
func (a *answer) unexpected(op string, err error) error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideX, Op: op, Message: "X's answer does not hold what was asked for",
		Code: strconv.Itoa(a.status), Err: err,
	}
}

// isSigned reports whether the call carries an OAuth 1.0a signature.
func (w call) isSigned() bool { return w.bearer == "" && !w.basic }
