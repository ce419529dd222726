package xcall

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"perch/bridge"
	"perch/bridge/loose"
)

// Call is one request to X.
type Call struct {
	// Op says in words what is done; Endpoint names it for the rate limits.
	Op, Endpoint string
	Method, URL  string
	Query        url.Values
	Form         url.Values
	JSON         any
	Body         []byte
	ContentType  string
	// MayBeEmpty is set where X answers with a success that has no body.
	MayBeEmpty bool
	// Sends marks a call that makes X send something: it is never repeated, and a lost answer is unknown.
	Sends bool
	// Family names calls that X may want an OAuth 2.0 login for; "" for all others.
	Family Family
	// bearer, when set, is used in place of the OAuth 1.0a signature; isLogin tells that it is that of an OAuth 2.0 login.
	bearer  string
	isLogin bool
	// basic, when set, is a user and a password that are sent in place of the signature.
	basic *[2]string
	// isPlain sends no keys at all.
	isPlain bool
	// isFile marks a call whose success is any bytes, and may be long.
	isFile bool
	// Limit bounds the call; zero means callTimeout.
	Limit time.Duration
}

// Answer is what X said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	// file is the body where that is a file, and still to be read.
	file io.ReadCloser
	// byLogin tells that the call was made with an OAuth 2.0 login.
	byLogin bool
}

// Decode reads the answer. Members of an unexpected type are left out, so who needs one has to look whether it is there.
func (a *Answer) Decode(op string, into any) error {
	if err := loose.Read(a.Body, into); err != nil {
		return a.Unexpected(op, err)
	}
	return nil
}

// Unexpected is the error of an answer that does not hold what was asked for.
func (a *Answer) Unexpected(op string, err error) error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideX, Op: op, Message: "X's answer does not hold what was asked for",
		Code: strconv.Itoa(a.Status), Err: err,
	}
}

// isSigned reports whether the call carries an OAuth 1.0a signature.
func (w Call) isSigned() bool { return w.bearer == "" && w.basic == nil && !w.isPlain }
