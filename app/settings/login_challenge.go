package settings

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"strings"

	"perch/bridge"
)

// loginScopes are what X Chat, its files and private events want (X docs: OAuth 2.0 scopes).
const loginScopes = "dm.read dm.write tweet.read users.read media.write offline.access"

// challenge is what ties the answer to the login that was begun here (RFC 7636, S256).
type challenge struct{ state, verifier string }

func newChallenge() challenge {
	raw := make([]byte, sha256.Size)
	_, _ = rand.Read(raw) // it never fails: a system that has no random bytes ends the program
	return challenge{state: rand.Text(), verifier: base64.RawURLEncoding.EncodeToString(raw)}
}

func (c challenge) hash() string {
	sum := sha256.Sum256([]byte(c.verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// isOf reports whether an answer is that of this login.
func (c challenge) isOf(answer url.Values) bool {
	return subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(c.state)) == 1
}

// loginAnswer is what the person decided: a code, or why there is none.
type loginAnswer struct {
	code string
	err  error
}

// maxCode bounds a code, in bytes; X's have about 90.
const maxCode = 1024

// read reads the answer that X gave to this login.
func (c challenge) read(answer url.Values) loginAnswer {
	code := answer.Get("code")
	switch {
	case answer.Get("error") == "access_denied":
		return loginAnswer{err: refusedAnswer("the login was refused at X", "if that was not meant, try again: perch x login")}
	case answer.Get("error") != "" || code == "" || len(code) > maxCode:
		return loginAnswer{err: refusedAnswer("X's answer holds no code", "try again: perch x login")}
	}
	return loginAnswer{code: code}
}

// pasted reads what a person pasted: the address that the browser ended at, what follows its question mark, or the code alone.
func (c challenge) pasted(text string) loginAnswer {
	text = strings.TrimSpace(text)
	_, query, isAddress := strings.Cut(text, "?")
	if !isAddress && strings.Contains(text, "=") {
		query, isAddress = text, true
	}
	if !isAddress {
		return c.read(url.Values{"code": {text}}) // the verifier alone ties it to this login
	}
	query, _, _ = strings.Cut(query, "#")
	answer, err := url.ParseQuery(query)
	if err != nil || !c.isOf(answer) {
		return loginAnswer{err: refusedAnswer("what was pasted is not the answer to this login", "paste the address that the browser shows at the end, all of it")}
	}
	return c.read(answer)
}

func refusedAnswer(message, remedy string) error {
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Op: opLogin, Message: message, Remedy: remedy}
}

// address is where the person agrees.
func (f *loginFlow) address() string {
	query := url.Values{
		"response_type": {"code"}, "client_id": {f.config.Login.ClientID}, "redirect_uri": {f.callback()}, "scope": {loginScopes},
		"state": {f.once.state}, "code_challenge": {f.once.hash()}, "code_challenge_method": {"S256"},
	}
	return authorizeBase(f.config.APIBase) + "/i/oauth2/authorize?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// authorizeBase is X's own site, which is no part of its API; a simulated X has both at one address.
func authorizeBase(apiBase string) string {
	if u, err := url.Parse(apiBase); err == nil {
		if ip := net.ParseIP(u.Hostname()); (ip != nil && ip.IsLoopback()) || u.Hostname() == "localhost" {
			return strings.TrimSuffix(apiBase, "/")
		}
	}
	return "https://x.com"
}

func (f *loginFlow) callback() string { return fmt.Sprintf("http://127.0.0.1:%d/callback", f.Port) }
