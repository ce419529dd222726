package bridge

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind classes a failure by what has to happen next. It is a closed set.
type Kind string

// The kinds of failure. Anything that Perch cannot classify is Temporary, so that nothing is lost.
const (
	// Temporary failures are tried again by the retry schedule.
	Temporary Kind = "temporary"
	// RateLimited failures wait until Error.RetryAt; the wait does not count as an attempt.
	RateLimited Kind = "rate_limited"
	// Operator failures need the admin (keys, permission, credits): the side pauses and the queue is kept.
	Operator Kind = "operator"
	// Rejected failures are permanent for this one message.
	Rejected Kind = "rejected"
	// Invalid failures are bad input, refused before any call to the outside.
	Invalid Kind = "invalid"
	// OutcomeUnknown means that the other side may have carried the call out: it must not be repeated blindly.
	OutcomeUnknown Kind = "outcome_unknown"
	// Unreadable marks an event that is authentic but that Perch cannot read.
	Unreadable Kind = "unreadable"
)

// Side says where a failure lies.
type Side string

// The sides of a failure.
const (
	SideX      Side = "x"
	SideMotion Side = "motion"
	SidePerch  Side = "perch"
)

// Error is the one error type of Perch. Adapters translate into it at their edge, so that a raw HTTP
// status never travels further. Message and Remedy are sentences for people and never hold a secret.
// An Error is immutable once made and safe to share.
type Error struct {
	// Kind decides what happens next.
	Kind Kind
	// Side is where it went wrong.
	Side Side
	// Op is the operation, in words ("send direct message").
	Op string
	// Message says why, as a sentence without a full stop.
	Message string
	// Remedy says what to do next; empty when Perch deals with it by itself.
	Remedy string
	// Code is the other side's own code for the log ("403/349").
	Code string
	// Endpoint is the rate-limited endpoint; set for RateLimited only.
	Endpoint string
	// RetryAt is when a RateLimited call may be repeated, or the time that Retry-After gave; zero when unknown.
	RetryAt time.Time
	// Doubtful marks a Temporary failure that the other side may still have carried out (a server error): whoever
	// repeats the call has to look first.
	Doubtful bool
	// Err is the cause; may be nil.
	Err error
}

// Error implements error as "op: message: cause".
func (e *Error) Error() string {
	text := e.Message
	if e.Op != "" {
		text = e.Op + ": " + text
	}
	if e.Err != nil {
		text = fmt.Sprintf("%s: %v", text, e.Err)
	}
	return text
}

// Unwrap returns the cause for errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// AsError returns the Error in err's chain. For any other error it makes a Temporary one of the Perch
// side around it; for nil it returns nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Temporary, Side: SidePerch, Message: "something unexpected happened", Err: err}
}

// KindOf returns the kind of err; Temporary for anything unknown and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	return AsError(err).Kind
}

// Failure is the last trouble of a delivery, in words for people.
type Failure struct {
	Kind    Kind   `json:"kind"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}

// FailureOf is what people are told of an error; e is not nil.
func FailureOf(e *Error) Failure {
	return Failure{Kind: e.Kind, Message: e.Message, Remedy: e.Remedy}
}

// Sentence joins reason and remedy for a reader who sees only one line.
func (f Failure) Sentence() string {
	if f.Remedy == "" {
		return f.Message
	}
	return f.Message + ". " + upperFirst(f.Remedy)
}

func upperFirst(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:size]) + s[size:]
}

// CodeDuplicate, CodeMedia and CodeNoAccount are how X's client marks refusals that the dispatcher has an answer to: an
// identical post, a file that X does not take any more (a prefix), and an account that does not exist (any more).
const (
	CodeDuplicate = "403/187"
	CodeMedia     = "media/"
	CodeNoAccount = "account/none"
)

// CodeJournal begins the Code of failures of the place where the journal is (a full disk, a missing right). They concern
// every step, not the one that met them.
const CodeJournal = "journal/"

// ErrStopping is what writes get that come when the journal has ended with Perch. It is no trouble of the journal.
var ErrStopping = &Error{
	Kind: Temporary, Side: SidePerch, Op: "write journal", Message: "Perch is stopping", Remedy: "start Perch again",
}

// CodeOf returns the code of err; "" for none.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	return AsError(err).Code
}
