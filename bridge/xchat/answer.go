package xchat

import "perch/bridge/xchat/wire"

// Outcome is what X's answer to a posted message says.
type Outcome int

const (
	// Unclear means that it cannot be told. The message has to be looked for before it is posted again.
	Unclear Outcome = iota
	// Taken means that X has the message.
	Taken
	// Failed means that X has refused the message, although it answered 201.
	Failed
)

// Answer is X's answer to a posted message (201, data.encoded_message_event).
type Answer struct {
	Outcome Outcome
	// SequenceID is the message's, and Token the conversation's, if X gave them; of a message that was taken.
	SequenceID, Token string
	// Failure and Tier are of a message that was refused.
	Failure FailureType
	Tier    Tier
}

// ReadAnswer reads X's answer to a message that was posted. An answer with another message, or one that is not understood,
// leaves the outcome unclear.
func ReadAnswer(encoded string, post MessagePost) Answer {
	raw, err := decodeEvent(encoded)
	if err != nil {
		return Answer{}
	}
	e, err := wire.ParseEvent(raw)
	switch {
	case err != nil:
		return Answer{}
	case e.Detail.Kind == wire.KindFailure: // it may have a message id of its own
		return Answer{Outcome: Failed, Failure: FailureType(e.Detail.Failure.Type), Tier: Tier(e.Detail.Failure.Tier)}
	case e.Detail.Kind == wire.KindMessage && e.MessageID == post.MessageID && e.SequenceID != "":
		return Answer{Outcome: Taken, SequenceID: e.SequenceID, Token: e.Token}
	}
	return Answer{}
}
