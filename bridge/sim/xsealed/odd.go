package xsealed

import (
	"bytes"
	"slices"

	"perch/bridge/xchat/wire"
)

// The events that no customer's app makes: what X, or somebody in its place, could send. Nothing of them may ever be shown as a
// customer's words, but those of Plain, with what they are.
const (
	Forged      = "forged"       // signed with keys of somebody else's
	BadSign     = "bad sign"     // a signature with one bit changed
	NoSign      = "no sign"      // none at all
	OldSign     = "old sign"     // a signature of version 1
	Moved       = "moved"        // signed for another conversation
	Stranger    = "stranger"     // of a sender who takes no part
	WrongSender = "wrong sender" // the delivery names somebody else than the event
	WrongPlace  = "wrong place"  // the delivery names another conversation than the event
	Flipped     = "flipped"      // one bit of the box changed, and signed as it is
	OtherBox    = "other box"    // encrypted with another key than the one that it names
	NoKey       = "no key"       // names a key that was never given out
	NoRecord    = "no record"    // names a record of the sender that there is not
	Truncated   = "truncated"    // the event ends in the middle
	Huge        = "huge"         // an event of 2 MB
	Deep        = "deep"         // structures in structures, 10,000 deep
	Long        = "long"         // a list that says it has two thousand million members
	Garbage     = "garbage"      // bytes
	NoBase64    = "no base64"    // no base64
	Nothing     = "nothing"      // an empty event
	Unknown     = "unknown"      // a kind of event that nobody knows
	Content     = "content"      // content of a kind that nobody knows
	TwoThings   = "two things"   // two things at once
	Plain       = "plain"        // not encrypted and not signed
	NotText     = "not text"     // text that is not UTF-8
	Rekeyed     = "rekeyed"      // the text, beside an older change of keys that is played again
	ForgedKey   = "forged key"   // beside a change of keys that somebody else has signed
	Wrapped     = "wrapped"      // good, in the union in which X's sockets wrap events
	Repeat      = "repeat"       // good, and told twice
)

// Oddities are all of them, in one order.
func Oddities() []string {
	return []string{
		Forged, BadSign, NoSign, OldSign, Moved, Stranger, WrongSender, WrongPlace, Flipped, OtherBox, NoKey, NoRecord, Truncated, Huge, Deep, Long,
		Garbage, NoBase64, Nothing, Unknown, Content, TwoThings, Plain, NotText, Rekeyed, ForgedKey, Wrapped, Repeat,
	}
}

// ChatOdd lets X tell of an event that is odd in one way and would say the text. It is told, and listed, as any other.
func (x *Chats) ChatOdd(fromID, toID, kind, text string) Event {
	x.Lock()
	defer x.Unlock()
	t := x.open(fromID, toID)
	entry := wire.Entry{Kind: wire.EntryText, Text: wire.Text{Text: text}}.Encode()
	switch kind {
	case Content:
		entry = union(1, union(99, union(1, nil)))
	case NotText:
		entry = bytes.Replace(entry, []byte(text), bytes.Repeat([]byte{0xff}, len(text)), 1)
	}
	e := x.seal(t, fromID, entry)
	x.spoilMessage(t, e, kind, entry)
	x.keep(t, e)
	e.Encoded = spoilBytes(e.Encoded, kind)
	payload := func(to string) map[string]any { return x.oddPayload(t, e, to, kind) }
	if x.FindAccount(toID) != nil && t.askedOf != toID {
		x.TellChat("chat.received", toID, e.MessageID, e.At, payload(toID))
		if kind == Repeat {
			x.TellChat("chat.received", toID, e.MessageID, e.At, payload(toID))
		}
	}
	return *e
}

// IsGood reports whether the text of an odd event is the customer's own all the same.
func IsGood(kind string) bool {
	return slices.Contains([]string{Wrapped, Repeat, Rekeyed, ForgedKey, WrongPlace, WrongSender}, kind)
}
