package control

import (
	"context"
	"net/http"
	"net/url"
)

// ReplyURL compares the Reply URL of a channel with the one that Motion has.
type ReplyURL struct {
	Channel string `json:"channel"`
	// URL is the channel's.
	URL string `json:"url"`
	// InMotion is what the Open Channel account has; empty for none, and where Motion does not tell.
	InMotion string `json:"in_motion"`
	// IsSet is set when both are the same.
	IsSet bool `json:"is_set"`
	// CanWrite is set when Motion tells its Reply URL, so that Perch can write it there.
	CanWrite bool `json:"can_write"`
}

// ReplyURLs lets the Reply URL be written into Motion. Implementations are safe for concurrent use; errors are
// *bridge.Error, of kind Rejected where a person has to paste it.
type ReplyURLs interface {
	// ReplyURL looks at what Motion has.
	ReplyURL(ctx context.Context, channel string) (ReplyURL, error)
	// WriteReplyURL writes the channel's and reads it again. Call it only after a person has said yes to replacing
	// inMotion; where Motion has another one meanwhile, nothing is written.
	WriteReplyURL(ctx context.Context, channel, inMotion string) (ReplyURL, error)
}

var _ ReplyURLs = (*Client)(nil)

// HandleReplyURLs lets clients compare and write Reply URLs. Call it before Serve, and at most once.
//
//	GET /v1/reply-url/{channel}   ReplyURL
//	PUT /v1/reply-url/{channel}   {"in_motion"} → ReplyURL
func (s *Server) HandleReplyURLs(b ReplyURLs) {
	s.mux.HandleFunc("GET /v1/reply-url/{channel}", func(w http.ResponseWriter, r *http.Request) {
		now, err := b.ReplyURL(r.Context(), r.PathValue("channel"))
		s.answer(w, "look at Motion's Reply URL", now, err)
	})
	s.mux.HandleFunc("PUT /v1/reply-url/{channel}", func(w http.ResponseWriter, r *http.Request) {
		var body replaced
		if !read(w, r, "write the Reply URL into Motion", &body) {
			return
		}
		now, err := b.WriteReplyURL(r.Context(), r.PathValue("channel"), body.InMotion)
		s.answer(w, "write the Reply URL into Motion", now, err)
	})
}

// ReplyURL implements ReplyURLs.
func (c *Client) ReplyURL(ctx context.Context, channel string) (ReplyURL, error) {
	var out ReplyURL
	err := c.exchange(ctx, http.MethodGet, "/v1/reply-url/"+url.PathEscape(channel), nil, &out)
	return out, err
}

// replaced is what the person was shown who said yes.
type replaced struct {
	InMotion string `json:"in_motion"`
}

// WriteReplyURL implements ReplyURLs.
func (c *Client) WriteReplyURL(ctx context.Context, channel, inMotion string) (ReplyURL, error) {
	var out ReplyURL
	err := c.exchange(ctx, http.MethodPut, "/v1/reply-url/"+url.PathEscape(channel), replaced{inMotion}, &out)
	return out, err
}
