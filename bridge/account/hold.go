package account

import (
	"time"

	"perch/bridge"
)

// Hold says that nothing of a channel may go to X, because the keys that it works with may not be those of the account
// that the journal remembers: a reply must not go out from another account than the one it was written for. The zero
// value holds nothing.
type Hold struct {
	// Why says what is waited for; nil when nothing is.
	Why *bridge.Error
	// Stranger is whose the keys are instead; zero as long as X has not told.
	Stranger bridge.Account
}

// IsDoubtful reports whether X has yet to tell whose the keys are.
func (h Hold) IsDoubtful() bool { return h.Why != nil && h.Stranger.ID == "" }

// RetryAfter is the wait of what a hold puts off, unless it ends before.
const RetryAfter = time.Hour

// PutOff is the error of what cannot be done as long as the hold lasts; nil when there is none.
func (h Hold) PutOff(now time.Time) *bridge.Error {
	if h.Why == nil {
		return nil
	}
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: OpCheckKeys, Message: h.Why.Message, Remedy: h.Why.Remedy, Code: h.Why.Code,
		RetryAt: now.Add(RetryAfter),
	}
}
