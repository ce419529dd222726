package payload_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"perch/bridge"
	"perch/bridge/xapi/payload"
)

// The bodies that reading is measured with have the size that the target is stated for.
const benchSize = 2048

var (
	benchLegacy = fmt.Sprintf(`{"for_user_id":"4337869213","direct_message_events":[{"type":"message_create","id":"7000000001","created_timestamp":"1795000000557","message_create":`+
		`{"target":{"recipient_id":"4337869213"},"sender_id":"100001","message_data":{"text":%q,"entities":{"urls":[]}}}}],`+
		`"users":{"100001":{"id":"100001","screen_name":"c1","name":"C"}}}`, strings.Repeat("x", 1600))
	benchActivity = fmt.Sprintf(`{"data":{"event_uuid":"-6850472171600526495","filter":{"user_id":"4337869213"},"event_type":"post.mention.create","tag":"bridge","payload":`+
		`{"id":"1990000000000000401","text":%q,"author_id":"100001","created_at":"2026-11-16T18:00:00.000Z","in_reply_to_user_id":"4337869213",`+
		`"edit_history_tweet_ids":["1990000000000000401"],"entities":{"mentions":[{"start":0,"end":5,"username":"acme","id":"4337869213"}]}},`+
		`"includes":{"users":[{"id":"100001","username":"c1","name":"C"}]}}}`, strings.Repeat("x", 1500))
)

// A body is taken apart once: without plans for its types, each level of it is read anew, and most of this is made again.
func TestReadMakesLittle(t *testing.T) {
	const most = 45
	for _, body := range []string{benchLegacy, benchActivity} {
		if n := testing.AllocsPerRun(100, func() { payload.Read([]byte(body)) }); n > most {
			t.Errorf("%.0f allocations; want %d at most: %.60s", n, most, body)
		}
	}
}

// BenchmarkRead measures one event in each family. The target is 25 µs.
func BenchmarkRead(b *testing.B) {
	for name, text := range map[string]string{"legacy": benchLegacy, "activity": benchActivity} {
		b.Run(name, func(b *testing.B) {
			body := append([]byte(text), bytes.Repeat([]byte(" "), benchSize-len(text))...)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				parsed := payload.Read(body)
				if len(parsed.Events) != 1 || parsed.Events[0].Kind == bridge.KindUnreadable {
					b.Fatalf("%+v", parsed)
				}
			}
		})
	}
}
