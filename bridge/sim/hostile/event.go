package hostile

import (
	"bytes"
)

// Posts are what is posted for an event or a reply: the body as it is, or what an oddity makes of it. endpoint is Events
// or Replies.
func (o *List) Posts(endpoint string, raw []byte) []Parcel {
	odd := o.next(func(one *Oddity) bool { return one.Endpoint == endpoint && bytes.Contains(raw, []byte(one.For)) })
	if odd == nil {
		return []Parcel{PlainParcel(raw)}
	}
	essential := isEssential
	if endpoint == Replies {
		essential = essentialOfReply
	}
	all := odd.post(raw, essential)
	o.note(odd, all[0].Body, 0, true)
	return all
}

// Line is what a stream sends for a line, and what it keeps for clients that come later.
func (o *List) Line(raw []byte) (sent, kept []byte) {
	odd := o.next(func(one *Oddity) bool { return one.Endpoint == Events && bytes.Contains(raw, []byte(one.For)) })
	if odd == nil {
		return raw, raw
	}
	sent, kept = odd.lines(raw)
	o.note(odd, sent, 0, true)
	return sent, kept
}
