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

// Sent is a message that X says this account has sent.
type Sent struct {
	// XID is its id at X.
	XID string
	// PeerID is the recipient of a direct message; ThreadID the post that was answered.
	PeerID, ThreadID string
	Text             string
	HasMedia         bool
	CreatedAt        time.Time
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

// Lookback finds what was already sent, newest first. An empty answer proves nothing.
type Lookback interface {
	// SentDMs lists recent direct messages from this account to one person.
	SentDMs(ctx context.Context, personID string) ([]Sent, error)
	// SentPosts lists recent posts of this account.
	SentPosts(ctx context.Context) ([]Sent, error)
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

// XCalls shows the calls of Sender without making them.
type XCalls interface {
	DMCall(recipientID string, message Outgoing) Call
	ReplyCall(threadID string, author Person, message Outgoing) Call
}

// XClient is all that a channel needs of X.
type XClient interface {
	Directory
	Sender
	Lookback
	MediaSource
	XCalls
}

// Notification is one call of Motion's Receive URL. Body is never empty.
type Notification struct {
	// From is the customer's handle without "@", the value of the Map Key.
	From string
	Body string
	// FirstName names a new contact, "Name (@handle)".
	FirstName    string
	ThreadID     string
	ExternalURL  string
	AttachmentID string
}

// Receipt is what Motion answered to a Notification; every field may be empty.
type Receipt struct {
	InteractionID string
	MessageID     string
	ContactID     string
}

// MotionClient is all that a channel needs of Motion. Every error is an *Error.
type MotionClient interface {
	// Notify posts to the Receive URL. Motion knows no idempotency key, so a repeat may show twice.
	Notify(ctx context.Context, n Notification) (Receipt, error)
	// NotifyCall shows the call of Notify without making it.
	NotifyCall(n Notification) Call
	// Upload stores a file and returns its attachment id.
	Upload(ctx context.Context, file File) (string, error)
	// Download fetches an agent's file by its attachment id; Name is left empty.
	Download(ctx context.Context, attachmentID string) (File, error)
	// Check asks whether Motion answers and takes the admin credentials, and returns the account's Map Key.
	Check(ctx context.Context) (mapKey string, err error)
}

// Window is one rate-limit window of an endpoint as X's headers told it.
type Window struct {
	// Name is "15min" for the plain headers, "user_24h" and "app_24h" for the daily ones.
	Name             string
	Limit, Remaining int
	// Reset is when the window is full again.
	Reset time.Time
}

// Quota keeps what X told about its limits. It is safe for concurrent use.
type Quota interface {
	// Admit returns a RateLimited *Error without any call when a known window of the endpoint is used up.
	Admit(endpoint string) error
	// Observe takes in the windows of an answer; limited is set for a 429.
	Observe(endpoint string, windows []Window, limited bool)
}

// Limits of files, in bytes.
const (
	// MaxInboundFile is the most that is fetched from X (Motion's "Max attachment size" allows 1 to 25 MB).
	MaxInboundFile = 25 << 20
	// MaxShownFile is the most that is handed to people who look at a message.
	MaxShownFile = MaxInboundFile
	// MaxImage, MaxGIF and MaxVideo are X's upload limits (X docs: media best practices).
	MaxImage = 5 << 20
	MaxGIF   = 15 << 20
	MaxVideo = 512 << 20
)
