package bridge

import (
	"context"
	"time"
)

// JournalPause is the wait after a step of the journal that failed.
const JournalPause = time.Second

// Post is one body that came in from outside, exactly as it came.
type Post struct {
	// Seq is given by the journal and grows.
	Seq        int64
	ReceivedAt time.Time
	// KeptAt is when it was on disk; zero where that is not known. Only History.Source tells it.
	KeptAt time.Time
	// Source names the X app's channels ("x:support,sales") or, for a reply, the channel ("motion:support").
	Source string
	Body   []byte
}

// Echo is a message that X reported as sent by the account itself.
type Echo struct {
	Channel string
	Sent
}

// IgnoredKey counts events that Perch has no use for.
type IgnoredKey struct{ Channel, Kind string }

// Unpacked is what a run of posts held.
type Unpacked struct {
	Deliveries []*Delivery
	Echoes     []Echo
	Ignored    map[IgnoredKey]int
	// Billed is what X bills for what becomes no message.
	Billed map[BillKey]int
}

// LaneQuota asks for at most N conversations of a lane.
type LaneQuota struct {
	Lane Lane
	N    int
}

// Filter selects deliveries, newest first. Zero fields select all.
type Filter struct {
	Channel   string
	Direction Direction
	Kind      MessageKind
	State     State
	// Waits selects messages whose notices stand in for them.
	Waits bool
	// Search is a part of the text, a handle, an id.
	Search string
	// XID is the id at X.
	XID string
	// Before and After bound the ID, both exclusive.
	Before, After int64
	// Since and Until bound the time at which a message came in; Until is not part of it.
	Since, Until time.Time
	// Limit is how many at most; 0 means 100.
	Limit int
}

// Count is how many messages of a sort there are.
type Count struct {
	Channel   string
	Direction Direction
	Kind      MessageKind
	State     State
	N         int
}

// Inbox keeps what comes in until it is taken apart. Keep returns nil only when the post is on disk.
type Inbox interface {
	Keep(ctx context.Context, post Post) error
	Unread(ctx context.Context, limit int) ([]Post, error)
	Unpack(ctx context.Context, upTo int64, unpacked Unpacked) error
}

// Outbox takes agents' replies, and what Perch says to them at once. Add returns the earlier delivery and true when it was there
// already.
type Outbox interface {
	Add(ctx context.Context, d *Delivery, raw []byte) (*Delivery, bool, error)
	Get(ctx context.Context, id int64) (*Delivery, error)
	// IsSent reports whether a message at X is known to be one of the channel's deliveries.
	IsSent(ctx context.Context, channel, xID string) (bool, error)
	// HeadDue returns when the first message of a conversation is due; false when the conversation has no work.
	HeadDue(ctx context.Context, conversation string) (time.Time, bool, error)
}

// Arrivals are the messages of one direction that have come in within a minute. Minute counts from the beginning of 1970.
type Arrivals struct {
	Minute    int64
	Direction Direction
	N         int
}

// Queue schedules deliveries: one after another within a conversation, all conversations side by side.
type Queue interface {
	// Claim takes the heads of conversations that are due, and marks them Sending (an Undecided one stays so).
	Claim(ctx context.Context, quotas []LaneQuota, now time.Time) ([]*Delivery, error)
	// Mark stores the progress inside a delivery that is being attempted.
	Mark(ctx context.Context, id int64, progress Progress) error
	// Finish stores what an attempt came to and frees the conversation.
	Finish(ctx context.Context, result Result) error
	// NextDue returns when the first conversation of the lanes is due; false when none waits.
	NextDue(ctx context.Context, lanes []Lane) (time.Time, bool, error)
}

// Rescuer prepares the queue for work and hurries it.
type Rescuer interface {
	// Recover takes back what was being attempted when Perch ended: what X may have taken becomes Undecided.
	Recover(ctx context.Context, now time.Time) error
	// Hasten makes what waits for its retry in a lane due now, because the side has recovered, and what came in later than now.
	Hasten(ctx context.Context, lane Lane, now time.Time) error
	// HastenMended makes what waits in a lane for the admin to mend something due now.
	HastenMended(ctx context.Context, lane Lane, now time.Time) error
	// Update changes one delivery that is not being attempted, in one transaction.
	Update(ctx context.Context, id int64, change func(*Delivery) (Result, error)) error
}

// Memory remembers who is behind a Motion interaction, a thread and a handle.
type Memory interface {
	Interaction(ctx context.Context, channel, id string) (Interaction, bool, error)
	PersonByHandle(ctx context.Context, channel, handle string) (Person, bool, error)
	// PersonByID returns the person when the handle was confirmed after the given time.
	PersonByID(ctx context.Context, channel, id string, after time.Time) (Person, bool, error)
	Thread(ctx context.Context, channel, id string) (Person, bool, error)
	// CitedPost returns a public post by its id at X: a customer's, or one of the channel's account, whose handle is left empty.
	CitedPost(ctx context.Context, channel, id string) (Cited, bool, error)
}

// EchoLog keeps what X reported as sent by the accounts themselves.
type EchoLog interface {
	Echoes(ctx context.Context, channel string, since time.Time) ([]Echo, error)
}

// Settings keeps small values over restarts; a missing one is "".
type Settings interface {
	Setting(ctx context.Context, key string) (string, error)
	SetSetting(ctx context.Context, key, value string) error
	SaveQuota(ctx context.Context, channel, endpoint string, windows []Window) error
	LoadQuota(ctx context.Context, channel string) (map[string][]Window, error)
}

// History is what people read.
type History interface {
	List(ctx context.Context, filter Filter) ([]*Delivery, error)
	// Story returns what was said with a customer, one for each channel that knows anything.
	Story(ctx context.Context, filter StoryFilter) ([]Story, error)
	Attempts(ctx context.Context, id int64) ([]Attempt, error)
	// Source returns the post with a number; false when it is not kept any more.
	Source(ctx context.Context, seq int64) (Post, bool, error)
	Counts(ctx context.Context) ([]Count, error)
	// OldestWaiting returns when the message of a channel's way came in that waits the longest; zero when none waits.
	OldestWaiting(ctx context.Context, channel string, way Direction) (time.Time, error)
	Ignored(ctx context.Context) (map[IgnoredKey]int, error)
	// Arrivals counts the messages that have come in since a time. after is the number up to which they were counted before, 0
	// for none; upTo is the one up to which they are now.
	Arrivals(ctx context.Context, since time.Time, after int64) (counts []Arrivals, upTo int64, err error)
}

// Journal is the durable store behind all of these.
type Journal interface {
	Inbox
	Outbox
	Queue
	Rescuer
	Memory
	EchoLog
	Settings
	History
	ChatStore
}
