package control

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// WebCode lets one browser in.
type WebCode struct {
	// Address is where the page is, with the code in it: whoever opens it first is signed in, so it is a secret.
	Address string `json:"address"`
	// Listen is the host:port that the page is served at, for those who reach it through a tunnel.
	Listen string `json:"listen"`
	// PageVersion is that of the page's files; they are made for a relay of the same version.
	PageVersion string    `json:"page_version"`
	ExpiresAt   time.Time `json:"expires_at"`
}

// WebCodeRequest asks for a code.
type WebCodeRequest struct {
	// OnlyUser is the number of the one user of the relay's computer whose browser it lets in, as far as the relay can tell who
	// that is; nil for any. It is for an address that other users can see in the list of processes.
	OnlyUser *int `json:"only_user,omitempty"`
}

// WebSession is a browser that is signed in.
type WebSession struct {
	// ID names the session; it lets nobody in.
	ID         string    `json:"id"`
	SignedInAt time.Time `json:"signed_in_at"`
	// UsedAt is when somebody last did something there; a page that is only open does not count.
	UsedAt time.Time `json:"used_at"`
	// From is the address of the computer, Browser what it calls itself: not to be trusted.
	From    string `json:"from"`
	Browser string `json:"browser"`
}

// WebBackend keeps who may use the page. Implementations are safe for concurrent use; errors are *bridge.Error.
type WebBackend interface {
	WebCode(ctx context.Context, r WebCodeRequest) (WebCode, error)
	WebSessions(ctx context.Context) ([]WebSession, error)
	// EndWebSession signs a browser out, all of them with "all", and returns how many those were.
	EndWebSession(ctx context.Context, id string) (int, error)
}

var _ WebBackend = (*Client)(nil)

// HandleWeb lets the owner of the socket, and nobody else, decide who may use the page: what a browser is let in to has none
// of it. Call it before Serve, and at most once.
//
//	POST   /v1/web/codes          WebCodeRequest → WebCode
//	GET    /v1/web/sessions       []WebSession
//	DELETE /v1/web/sessions/{id}  → {"count"}
func (s *Server) HandleWeb(b WebBackend) {
	s.own.HandleFunc("POST /v1/web/codes", func(w http.ResponseWriter, r *http.Request) {
		var request WebCodeRequest
		if r.ContentLength != 0 && !read(w, r, "open the page", &request) { // without a body: for any user
			return
		}
		code, err := b.WebCode(r.Context(), request)
		s.answer(w, "open the page", code, err)
	})
	s.own.HandleFunc("GET /v1/web/sessions", func(w http.ResponseWriter, r *http.Request) {
		sessions, err := b.WebSessions(r.Context())
		s.answer(w, "list the page's sessions", sessions, err)
	})
	s.own.HandleFunc("DELETE /v1/web/sessions/{id}", func(w http.ResponseWriter, r *http.Request) {
		n, err := b.EndWebSession(r.Context(), r.PathValue("id"))
		s.answer(w, "sign a browser out", struct {
			Count int `json:"count"`
		}{n}, err)
	})
}

// WebCode implements WebBackend.
func (c *Client) WebCode(ctx context.Context, r WebCodeRequest) (WebCode, error) {
	var out WebCode
	err := c.exchange(ctx, http.MethodPost, "/v1/web/codes", r, &out)
	return out, err
}

// WebSessions implements WebBackend.
func (c *Client) WebSessions(ctx context.Context) ([]WebSession, error) {
	var out []WebSession
	err := c.exchange(ctx, http.MethodGet, "/v1/web/sessions", nil, &out)
	return out, err
}

// EndWebSession implements WebBackend.
func (c *Client) EndWebSession(ctx context.Context, id string) (int, error) {
	var answer struct{ Count int }
	err := c.exchange(ctx, http.MethodDelete, "/v1/web/sessions/"+url.PathEscape(id), nil, &answer)
	return answer.Count, err
}
