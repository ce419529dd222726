package xgate

import (
	"crypto/hmac"
	"net/http"
	"strconv"
	"strings"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xstate"
)

// clockTolerance is how far oauth_timestamp may be off.
const clockTolerance = 5 * time.Minute

// The refusals of keys (X docs: error codes).
var (
	errNotAuthenticated = fault.Fault{Status: http.StatusUnauthorized, Code: 32, Title: "Unauthorized", Detail: "Could not authenticate you."}
	errNoKeys           = fault.Fault{Status: http.StatusUnauthorized, Code: 215, Title: "Unauthorized", Detail: "Bad Authentication data."}
	errAppKeys          = fault.Fault{Status: http.StatusForbidden, Code: 99, Detail: "Unable to verify your credentials"}
)

// authenticate finds out who calls; nil when the keys are good and of a kind that the endpoint takes.
func (x *Gate) authenticate(in *Request) *serve.Answer {
	header := in.Header.Get("Authorization")
	scheme, rest, _ := strings.Cut(header, " ")
	switch {
	case header == "" && in.end.Auth&optional != 0:
		return nil
	case header == "":
		in.Violation("it has no Authorization header")
		return in.Refuse(errNoKeys)
	case strings.EqualFold(scheme, "OAuth"):
		return x.checkUserKeys(in, rest)
	case scheme == "Bearer":
		return x.checkBearer(in, rest)
	case scheme == "Basic" && in.end.Auth&basic != 0:
		return nil // the endpoint itself looks
	}
	in.Violation("its Authorization header is of no known kind")
	return in.Refuse(errNoKeys)
}

func (x *Gate) checkBearer(in *Request, token string) *serve.Answer {
	x.Lock()
	defer x.Unlock()
	if l := x.logins.access[token]; l != nil {
		return x.checkLogin(in, l)
	}
	if in.App = x.AppByBearer(token); in.App == nil {
		return in.Refuse(fault.Keys())
	}
	if in.end.Auth&Bearer == 0 {
		in.Violation("the endpoint does not take a Bearer token")
		return in.Refuse(fault.WrongAuth())
	}
	return nil
}

func (x *Gate) checkUserKeys(in *Request, header string) *serve.Answer {
	params, err := parseAuthorization(header)
	if err != nil {
		in.Violation("OAuth: %v", err)
		return in.Refuse(errNoKeys)
	}
	x.Lock()
	defer x.Unlock()
	account, refused := x.findAccount(in, params)
	if refused != nil {
		return refused
	}
	if refused := x.checkSignature(in, account, params); refused != nil {
		return refused
	}
	if x.refusesKeys(in.end.Name) {
		return in.Refuse(errLoginOnly)
	}
	own := *account // X may get new keys for it meanwhile
	in.Account, in.App = &own, x.App(own.ConsumerKey)
	if in.end.Auth&UserKeys == 0 {
		in.Violation("the endpoint does not take OAuth 1.0a user keys")
		return in.Refuse(fault.WrongAuth())
	}
	return nil
}

// findAccount finds whose keys they are. Wrong keys are the operator's mistake and no violation.
func (x *Gate) findAccount(in *Request, params map[string]string) (*xstate.Account, *serve.Answer) {
	if x.App(params["oauth_consumer_key"]) == nil {
		return nil, in.Refuse(errNotAuthenticated)
	}
	if a := x.AccountByToken(params["oauth_consumer_key"], params["oauth_token"]); a != nil {
		return a, nil
	}
	return nil, in.Refuse(fault.Keys())
}

func (x *Gate) checkSignature(in *Request, account *xstate.Account, params map[string]string) *serve.Answer {
	seconds, err := strconv.ParseInt(params["oauth_timestamp"], 10, 64)
	if err != nil || seconds <= 0 {
		in.Violation("OAuth: the timestamp is not a number of seconds")
		return in.Refuse(errNoKeys)
	}
	base, err := in.baseString(params)
	if err != nil {
		in.Violation("OAuth: %v", err)
		return in.Refuse(errNotAuthenticated)
	}
	want := oauthSignature(base, account.ConsumerSecret, account.AccessTokenSecret)
	if !hmac.Equal([]byte(want), []byte(params["oauth_signature"])) {
		in.Violation("OAuth: the signature does not match (or a secret is wrong); the base string is %s", base)
		return in.Refuse(errNotAuthenticated)
	}
	if x.Now().Sub(time.Unix(seconds, 0)).Abs() > clockTolerance {
		return in.Refuse(fault.Clock())
	}
	if !x.freshNonce(account.AccessToken+" "+params["oauth_timestamp"]+" "+params["oauth_nonce"], time.Unix(seconds, 0)) {
		in.Violation("OAuth: the nonce was used before")
		return in.Refuse(errNotAuthenticated)
	}
	return nil
}

// freshNonce remembers a nonce for as long as its timestamp would be accepted.
func (x *Gate) freshNonce(key string, stamp time.Time) bool {
	if _, used := x.nonces[key]; used {
		return false
	}
	const room = 4096
	if len(x.nonces) > room {
		for k, at := range x.nonces {
			if x.Now().Sub(at) > clockTolerance {
				delete(x.nonces, k)
			}
		}
	}
	x.nonces[key] = stamp
	return true
}

// baseString makes the base string that the client must have signed: query and form parameters count, JSON and
// multipart bodies do not.
func (in *Request) baseString(oauth map[string]string) (string, error) {
	params, err := decodeForm(in.URL.RawQuery)
	if err != nil {
		return "", err
	}
	if in.bodyKind() == FormBody {
		form, err := decodeForm(string(in.Raw))
		if err != nil {
			return "", err
		}
		params = append(params, form...)
	}
	for name, value := range oauth {
		if name != "oauth_signature" && name != "realm" {
			params = append(params, pair{name, value})
		}
	}
	return baseString(in.Method, baseAddress("http", in.Host, in.URL.EscapedPath()), params), nil
}
