package format_test

import (
	"testing"
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
)

var (
	now = time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC)
	en  = translation.New("en")
)

func TestTimesAndSizes(t *testing.T) {
	for want, got := range map[string]string{
		"15:04:05": format.Clock(now, now, en), "23 Nov 10:00": format.Clock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), now, en),
		"15:04": format.ShortClock(now, now, en), "": format.Clock(time.Time{}, now, en), "never": format.Ago(time.Time{}, now, en),
		"just now": format.Ago(now, now, en), "5 s ago": format.Ago(now.Add(-9*time.Second), now, en), "59 min ago": format.Ago(now.Add(-time.Hour+1), now, en),
		"47 h ago": format.Ago(now.Add(-47*time.Hour), now, en), "3 days ago": format.Ago(now.Add(-80*time.Hour), now, en),
		"0 ms": format.Span(-1), "350 ms": format.Span(350 * time.Millisecond), "1.2 s": format.Span(1200 * time.Millisecond), "12 s": format.Span(12 * time.Second),
		"2 min 05 s": format.Span(125 * time.Second), "2 h 10 min": format.Span(130 * time.Minute), "3 d 2 h": format.Span(74 * time.Hour),
		"12 B": format.Bytes(12), "284 kB": format.Bytes(284_311), "31.5 MB": format.Bytes(31_457_280), "1\u2009234\u2009567": format.Number(1_234_567), "-12": format.Number(-12),
		"@annlee": format.Handle("annlee"), "12345": format.Handle("12345"), "It is.": format.Sentence("it is"), "Is it?": format.Sentence("is it?"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAddressOnX(t *testing.T) {
	for _, c := range []struct {
		m    control.Message
		want string
	}{
		{control.Message{Kind: "mention", XID: "1980", From: "annlee"}, "https://x.com/i/status/1980"},
		{control.Message{Kind: "reply", Direction: "out", XID: "1981", To: "annlee"}, "https://x.com/i/status/1981"},
		{control.Message{Kind: "reply", Direction: "out", To: "annlee"}, "https://x.com/annlee"}, // not sent yet
		{control.Message{Kind: "dm", XID: "1982", From: "annlee"}, "https://x.com/annlee"},
		{control.Message{Kind: "chat", Direction: "out", From: "brand", To: "@bo_berg"}, "https://x.com/bo_berg"},
		{control.Message{Kind: "dm", From: "3001969357"}, ""}, // X gave no handle
		{control.Message{Kind: "dm"}, ""},
		{control.Message{Kind: "note", To: "annlee"}, ""},
		{control.Message{Kind: "mention", XID: "../evil", From: "a/../b?c"}, "https://x.com/a%2F..%2Fb%3Fc"},
	} {
		if got := format.AddressOnX(&c.m); got != c.want {
			t.Errorf("%+v: %s, want %s", c.m, got, c.want)
		}
	}
}

func TestARefusedReplyCanOnlyBeDiscarded(t *testing.T) {
	m := control.Message{Direction: "out", Kind: "reply", State: "dead", Text: "/hid", IsRefused: true}
	if acts := format.Summarize(&m, en).Acts; len(acts) != 1 || acts[0] != "discard" {
		t.Error(acts)
	}
}
