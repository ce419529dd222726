package xchat_test

import (
	"testing"

	"perch/bridge/xchat"
)

func TestPeekNamesWhatOpenFinds(t *testing.T) {
	t.Parallel()
	g := readGolden(t)
	readers, _ := g.readers(t)
	for _, e := range g.Events {
		found := readers[0].Open(e.Event, xchat.Origin{})
		if refused, ok := found.(*xchat.Refused); ok && refused.Reason == xchat.Malformed {
			continue
		}
		p, ok := xchat.Peek(e.Event)
		m := found.About()
		if !ok || p.Conversation != m.Conversation || p.SenderID != m.SenderID || p.MessageID != m.MessageID || p.SequenceID != m.SequenceID {
			t.Errorf("%+v of %+v", p, m)
		}
		if change, ok := found.(*xchat.KeyChange); ok != (p.What == xchat.PeekKeyChange) {
			t.Errorf("%q of %T", p.What, change)
		}
	}
	for _, garbage := range []string{"", "AAAA", "not base64!", "CwABAAAA"} {
		if p, ok := xchat.Peek(garbage); ok && p.What == xchat.PeekMessage {
			t.Errorf("Peek(%q) = %+v", garbage, p)
		}
	}
}
