package juicebox

import (
	"fmt"
	"strings"
)

// Kind is why a recovery failed, or what a realm did wrong; errors.Is finds it in an *Error.
type Kind string

// The kinds that the PIN's owner can do something about.
const (
	WrongPIN      Kind = "the PIN is wrong"
	NoGuesses     Kind = "no guesses are left, so the backup is gone"
	NotRegistered Kind = "there is no backup"
	Declined      Kind = "the attempt was not confirmed"
	BadPIN        Kind = "the PIN is empty or too long"
)

// The kinds of what stands in the way.
const (
	BadConfiguration Kind = "the configuration of the backup cannot be used"
	Unreachable      Kind = "the server of the backup cannot be reached"
	InvalidAuth      Kind = "the server of the backup refuses the token"
	UpgradeRequired  Kind = "the server of the backup wants a newer program"
	RateLimited      Kind = "the server of the backup asks to wait"
	Cancelled        Kind = "the attempt was cancelled"
)

// The kinds of realms that are broken or lie.
const (
	VersionMismatch Kind = "the backup was replaced meanwhile"
	Garbage         Kind = "the answer cannot be read"
	TooLarge        Kind = "the answer is too large"
	BadSession      Kind = "the answer is not from the server that was asked"
	BadSignature    Kind = "the server's key has no right signature"
	BadProof        Kind = "the server's proof is wrong"
	BadCommitment   Kind = "the server's share is not the one that was stored"
	BadTag          Kind = "the server does not accept what the others take for right"
	Disagreement    Kind = "the servers contradict each other"
	Damaged         Kind = "the backup cannot be decrypted"
)

// Error makes each kind an error of its own.
func (k Kind) Error() string { return string(k) }

// Error is every error of this package.
type Error struct {
	Kind Kind
	// Left is how many guesses are left after this attempt, or Unknown.
	Left int
	// Spent reports whether this attempt may have cost a guess, at one realm at least.
	Spent bool
	// Realms are those that could not take part, by their place in the configuration.
	Realms []RealmError
	// Cause is the context's error, or what is wrong with a configuration.
	Cause error
}

// RealmError is why one realm could not take part.
type RealmError struct {
	Realm int    // its place in the configuration
	Host  string // its name in the network
	Kind  Kind
	Cause error // of the network, if any
}

// Error says why, and what each realm did.
func (e *Error) Error() string {
	var s strings.Builder
	s.WriteString(string(e.Kind))
	if e.Cause != nil {
		fmt.Fprintf(&s, ": %v", e.Cause)
	}
	if e.Left != Unknown {
		fmt.Fprintf(&s, " (guesses left: %d)", e.Left)
	}
	for _, r := range e.Realms {
		fmt.Fprintf(&s, "; %v", r)
	}
	return s.String()
}

// Unwrap makes errors.Is find the kind, and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// Error says which realm, and why.
func (e RealmError) Error() string {
	if e.Cause == nil {
		return fmt.Sprintf("%s: %s", e.Host, e.Kind)
	}
	return fmt.Sprintf("%s: %s: %v", e.Host, e.Kind, e.Cause)
}

func fault(kind Kind) *Error { return &Error{Kind: kind, Left: Unknown} }

// failure is why a request failed.
type failure struct {
	kind  Kind
	cause error
}

func failed(kind Kind) *failure { return &failure{kind: kind} }

// order is which kind speaks for all where realms failed in different ways: what the user can change first, then what is
// wrong with the realms, then what may pass by itself. NoGuesses and NotRegistered are believed only of so many realms that no recovery is possible.
var order = []Kind{
	InvalidAuth, UpgradeRequired, RateLimited, BadSession, BadSignature, BadProof, BadCommitment, BadTag, TooLarge, Garbage,
	Unreachable, VersionMismatch,
}

// verdict is the kind of a step that too few realms came through.
func verdict(lost []RealmError, tolerated int) Kind {
	count := map[Kind]int{}
	for _, l := range lost {
		count[l.Kind]++
	}
	if gone := count[NoGuesses] + count[NotRegistered]; gone > tolerated {
		if count[NoGuesses] > 0 {
			return NoGuesses
		}
		return NotRegistered
	}
	for _, kind := range order {
		if count[kind] > 0 {
			return kind
		}
	}
	return NotRegistered
}
