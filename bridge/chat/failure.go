package chat

import (
	"time"

	"perch/bridge"
	"perch/bridge/xchat"
)

const (
	// lookBefore is how far before the call a message may be dated by X's clock and still be the one.
	lookBefore = 10 * time.Minute
	// limitWait is the wait after X said in an answer that there were too many messages; it names no time.
	limitWait = 15 * time.Minute
)

// failureError is what X's refusal inside a success means.
func failureError(channel string, a xchat.Answer) *bridge.Error {
	e := &bridge.Error{
		Kind: bridge.Rejected, Side: bridge.SideX, Op: "send encrypted message", Code: "chat-failure/" + a.Failure.Name(),
		Message: "X did not take the encrypted message: " + a.Failure.String(),
	}
	switch a.Failure {
	case xchat.FailureOldKey, xchat.FailureRecipientKey, xchat.FailureInternal:
		e.Kind = bridge.Temporary
	case xchat.FailureTooMany, xchat.FailureRateLimit:
		e.Kind, e.Endpoint, e.RetryAt = bridge.RateLimited, bridge.EndpointChat, time.Now().Add(limitWait)
	case xchat.FailureSignature, xchat.FailurePublicKey, xchat.FailureSignatureVersion:
		e.Kind, e.Remedy = bridge.Operator, "the account's keys may have changed: check them with perch chat status --channel "+channel+", and import them anew"
	case xchat.FailureNotTrusted:
		e.Message, e.Remedy = "the customer has not accepted the chat with this account", "answer in public and ask the customer to accept the chat in the X app"
	case xchat.FailureTooLarge:
		e.Remedy = "send less in one message"
	case xchat.FailureSpam:
		e.Remedy = "change the text; X lets through what does not look like mass mail"
	default:
		e.Remedy = "answer in the X app"
	}
	return e
}

// unclearError is that of an answer which does not tell whether X has the message.
func unclearError() *bridge.Error {
	return &bridge.Error{
		Kind: bridge.OutcomeUnknown, Side: bridge.SideX, Op: "send encrypted message", Code: "chat/unclear",
		Message: "X's answer does not say whether it has taken the message",
	}
}
