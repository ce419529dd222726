package xchat_test

import (
	"strings"
	"testing"

	"perch/bridge/xchat"
)

// text is of the usual length of what customers write.
var text = strings.Repeat("Where is my order? ", 8)

// BenchmarkOpen decodes, verifies and decrypts text events, on one core. The target is 5,000 a second.
func BenchmarkOpen(b *testing.B) {
	k := newTalk(b)
	event := k.say(b, k.customer, "1", text)
	report := perCPU(b)
	for b.Loop() {
		if m, ok := k.brand.Open(event, xchat.Origin{}).(*xchat.Message); !ok || m.Text != text {
			b.Fatal("it does not open")
		}
	}
	report()
}

// BenchmarkSeal encrypts and signs text messages, on one core. The target is 5,000 a second.
func BenchmarkSeal(b *testing.B) {
	k := newTalk(b)
	report := perCPU(b)
	for b.Loop() {
		if _, err := k.brand.Message(k.thread, xchat.Draft{Text: text}); err != nil {
			b.Fatal(err)
		}
	}
	report()
}

// BenchmarkKeyChange opens and verifies changes of keys.
func BenchmarkKeyChange(b *testing.B) {
	k := newTalk(b)
	post, _, err := k.customer.KeyChange(pair, k.participants(), noon, "")
	if err != nil {
		b.Fatal(err)
	}
	event := acted(b, customerID, pair, "2070276095283454003", post.Signatures[0])
	report := perCPU(b)
	for b.Loop() {
		if _, ok := k.brand.Open(event, xchat.Origin{}).(*xchat.KeyChange); !ok {
			b.Fatal("it does not open")
		}
	}
	report()
}
