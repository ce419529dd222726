package bridge

import "context"

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
	// Description and URL tell who writes, for a new contact.
	Description, URL string
}

// AutoResponse begins every line that Perch itself writes into an interaction, as the old plugin did.
const AutoResponse = "AUTO-RESPONSE: "

// Receipt is what Motion answered to a Notification; every field may be empty.
type Receipt struct {
	InteractionID string
	MessageID     string
	ContactID     string
	// IsPlain is set when Motion took the message only without Description and URL.
	IsPlain bool
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
