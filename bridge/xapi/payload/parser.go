package payload

import (
	"bytes"
	"encoding/json"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
)

type parser struct{ bridge.Parsed }

func (p *parser) ignore(kind string, n int) {
	if len(kind) > maxKind {
		kind = loose.Clean(kind[:maxKind])
	}
	p.Ignored[kind] += n
}

func (p *parser) unreadable(forUser, problem string) {
	p.Events = append(p.Events, bridge.Event{Kind: bridge.KindUnreadable, ForUser: forUser, Problem: problem})
}

// element reads one element into an object; anything else is kept as unreadable.
func (p *parser) element(forUser, what string, raw json.RawMessage, into any) bool {
	if !loose.IsObject(raw) {
		p.unreadable(forUser, "its "+what+" is not an object")
		return false
	}
	loose.Part(raw, into)
	return true
}

// each reads the elements of a list; one object stands for a list of one.
func (p *parser) each(forUser, what string, raw json.RawMessage, read func(json.RawMessage)) {
	switch {
	case loose.IsObject(raw):
		read(raw)
		return
	case !bytes.HasPrefix(loose.Trim(raw), []byte("[")):
		p.unreadable(forUser, "its "+what+" is not a list")
		return
	}
	isEmpty := true
	for e := range loose.Elements(raw) {
		isEmpty = false
		read(e)
	}
	if isEmpty {
		p.ignore("empty", 1)
	}
}

// isID reports whether an id can be one of X's.
func isID(text string) bool { return text != "" && len(text) <= maxID }

// isNumber reports whether an id can be that of an account or a post, which Perch puts into addresses.
func isNumber(text string) bool {
	return text != "" && len(text) <= maxDigits && strings.Trim(text, digits) == ""
}

const (
	// maxID is the longest id that is taken, in bytes: X's have 19 digits, those of encrypted messages are UUIDs.
	maxID = 64
	// maxKind bounds the name under which events are counted, in bytes.
	maxKind = 64
	// maxDigits is how many digits the id of an account or a post may have: they are below 2^64 (X docs: twitter IDs).
	maxDigits = 20
	digits    = "0123456789"
)

// present reports whether a member is there and says something.
func present(raw json.RawMessage) bool { return !loose.IsEmpty(raw) }
