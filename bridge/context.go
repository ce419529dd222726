package bridge

import (
	"context"
	"strings"
)

// Verification is what X says of whether an account is verified.
type Verification string

// The verifications.
const (
	// VerifiedUntold is set where X did not say it.
	VerifiedUntold Verification = ""
	// VerifiedNo is an account that is not verified, VerifiedYes one of which X did not say how.
	VerifiedNo  Verification = "no"
	VerifiedYes Verification = "yes"
	// VerifiedBlue pays for X, VerifiedBusiness is a company's and VerifiedGovernment an authority's.
	VerifiedBlue       Verification = "blue"
	VerifiedBusiness   Verification = "business"
	VerifiedGovernment Verification = "government"
)

// Profile is what X tells of whoever writes beside id, handle and name; any field may be empty.
type Profile struct {
	Verified Verification `json:"verified,omitempty"`
	// Followers counts once HasFollowers is set.
	Followers    int  `json:"followers,omitempty"`
	HasFollowers bool `json:"has_followers,omitempty"`
	// Text is what the person says of itself, shortened.
	Text string `json:"text,omitempty"`
}

// Cited is a public post that another one answers or quotes.
type Cited struct {
	ID string `json:"id"`
	// Handle is its author's, without "@"; empty where nobody told it.
	Handle string `json:"handle,omitempty"`
	// Text has no HTML entities, and may be shortened; empty for a post of files only.
	Text string `json:"text,omitempty"`
	// IsGone is set for a post that X has no more.
	IsGone bool `json:"is_gone,omitempty"`
}

// Cites is the id of the post that the event is about: the one that it answers, else the one that it quotes; empty for none.
func (e *Event) Cites() (id string, isQuote bool) {
	switch {
	case IsPostID(e.InReplyTo):
		return e.InReplyTo, false
	case IsPostID(e.Quotes):
		return e.Quotes, true
	}
	return "", false
}

// maxPostDigits is how many digits the id of a post may have: they are below 2^64 (X docs: twitter IDs).
const maxPostDigits = 20

// IsPostID reports whether an id can be that of a post, so that it may stand in an address.
func IsPostID(id string) bool {
	return id != "" && len(id) <= maxPostDigits && strings.Trim(id, "0123456789") == ""
}

// DropUnwanted takes out of an event what the channel has no use for: what X tells of people beside their messages is kept where it is wanted only.
func (a Agents) DropUnwanted(e *Event) {
	if !a.WhoWrites {
		e.Profile = Profile{}
	}
	if !a.AnsweredPost {
		e.Cited = nil
	}
}

// ProfileURL is where people see an account.
func ProfileURL(handle string) string { return "https://x.com/" + handle }

// PostSource looks posts up.
type PostSource interface {
	// Post looks up one public post. The Code of the error is CodeNoPost when X has it no more.
	Post(ctx context.Context, id string) (Cited, error)
}

// CodeNoPost is how X's client marks its answer that there is no such post (any more).
const CodeNoPost = "post/none"
