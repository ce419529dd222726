package bridge

import (
	"context"
	"time"
)

// Account is the X account that a channel speaks for.
type Account struct {
	Person
	// CanDM is false when X said that the keys lack the direct-message permission.
	CanDM bool
	// CanWrite is false when X said that the keys may only read.
	CanWrite bool
}

// Outgoing is the content of one direct message or public reply: a text, a file, or a file with a text beside it.
type Outgoing struct {
	Text string
	// MediaID is the id that Sender.UploadMedia returned.
	MediaID string
}

// Directory finds accounts. Errors are *Error; an account that does not exist is Rejected.
type Directory interface {
	// Me returns the account that the keys belong to. It is the cheap probe of keys, credits and permission.
	Me(ctx context.Context) (Account, error)
	// User finds an account by its id.
	User(ctx context.Context, id string) (Person, error)
	// UserByHandle finds an account by its handle, which has no leading "@".
	UserByHandle(ctx context.Context, handle string) (Person, error)
}

// Sender sends to X. Every error is an *Error; when X may have taken the message although no answer came, its
// kind is OutcomeUnknown. Nothing here repeats a call by itself.
type Sender interface {
	// SendDM sends a direct message and returns its id at X.
	SendDM(ctx context.Context, recipientID string, message Outgoing) (string, error)
	// SendReply answers the public post threadID, written by author (whose handle may be empty), and returns the
	// new post's id.
	SendReply(ctx context.Context, threadID string, author Person, message Outgoing) (string, error)
	// UploadMedia uploads a file for a direct message or, when public is set, for a post, waits until X has
	// processed it and returns the media id. Its failures are never OutcomeUnknown: an upload can be repeated.
	UploadMedia(ctx context.Context, file File, public bool) (string, error)
}

// Moderator hides what customers have written.
type Moderator interface {
	// HidePost hides a public reply in a conversation that the account has begun. One that is hidden already is a success, so a
	// call can be repeated. Errors are *Error; what X does not let be hidden is Rejected.
	HidePost(ctx context.Context, postID string) error
}

// Lookback finds what was already sent, newest first. An empty answer proves nothing.
type Lookback interface {
	// SentDMs lists recent direct messages from this account to one person.
	SentDMs(ctx context.Context, personID string) ([]Sent, error)
	// SentPosts lists recent posts of this account.
	SentPosts(ctx context.Context) ([]Sent, error)
}

// Clock compares X's clock with this computer's. It is not X's to be wrong about the times in its own answers.
type Clock interface {
	// ClockAhead is how far X's clock was ahead of this computer's in X's last answer, exact to some seconds; negative when it
	// was behind, 0 when X has not answered yet.
	ClockAhead() time.Duration
}

// MediaSource fetches customers' files from X, from allowed hosts only and never beyond MaxInboundFile bytes.
type MediaSource interface {
	// FetchMedia downloads the best variant that fits the size limit. A file that can never be had is Rejected.
	FetchMedia(ctx context.Context, media Media) (File, error)
	// PostMedia looks up the files of a post whose payload did not describe them.
	PostMedia(ctx context.Context, postID string) ([]Media, error)
	// DMMedia looks up the files of a direct message whose payload did not describe them.
	DMMedia(ctx context.Context, messageID string) ([]Media, error)
}

// Call is a request to the other side, for people to look at. It carries no keys, but its URL may: whoever shows it
// takes them out.
type Call struct {
	Method, URL string
	// Body is JSON, or a form when IsForm is set.
	Body   []byte
	IsForm bool
}

// XCalls shows the calls of Sender and Moderator without making them.
type XCalls interface {
	DMCall(recipientID string, message Outgoing) Call
	ReplyCall(threadID string, author Person, message Outgoing) Call
	// HideCall is that of Moderator; false where the API has none.
	HideCall(postID string) (Call, bool)
}

// XClient is all that a channel needs of X.
type XClient interface {
	Directory
	Sender
	Moderator
	Lookback
	Clock
	MediaSource
	PostSource
	XCalls
}
