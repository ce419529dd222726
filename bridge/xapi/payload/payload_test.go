package payload_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
	"perch/bridge/xapi/payload"
)

const legacyDM = `{"for_user_id":"4337869213","direct_message_events":[{"type":"message_create","id":"1990000000000000102","created_timestamp":"1795000100000",
	"message_create":{"target":{"recipient_id":"4337869213"},"sender_id":"3001969357","message_data":{"text":"broken &amp; part &lt;here&gt; https://t.co/zzzzzzzzzz",
	"entities":{"urls":[{"url":"https://t.co/zzzzzzzzzz","expanded_url":"https://twitter.com/messages/media/1990000000000000102"}]},
	"attachment":{"type":"media","media":{"id":1990000000000000000,"id_str":"1990000000000000077","media_url_https":"https://ton.twitter.com/1.1/ton/data/dm/1/2/a.png",
	"url":"https://t.co/zzzzzzzzzz","type":"photo"}}}}}],
	"users":{"3001969357":{"id":"3001969357","name":"Ann Lee","screen_name":"annlee"},"4337869213":{"id":"4337869213","screen_name":"acme"}}}`

const activityDM = `{"data":{"event_uuid":"-6850472171600526495","filter":{"user_id":"4337869213"},"event_type":"dm.received","payload":{"direct_message_events":[
	{"type":"message_create","id":"1990000000000000301","created_timestamp":"1795020224372","message_create":{"target":{"recipient_id":"4337869213"},
	"sender_id":"3001969357","message_data":{"text":"hello!"}}}],"users":{"3001969357":{"data":{"id":"3001969357","username":"annlee","name":"Ann Lee"}}}}}}`

const legacyMention = `{"for_user_id":"4337869213","user_has_blocked":"false","tweet_create_events":[{"created_at":"Mon Nov 16 14:01:46 +0000 2026","id":1990000000000000000,
	"id_str":"1990000000000000201","text":"@acme cut… https://t.co/tttt","truncated":true,"in_reply_to_status_id_str":"1989999999999999900","in_reply_to_user_id_str":"4337869213",
	"user":{"id":3001969357,"id_str":"3001969357","name":"Ann Lee","screen_name":"annlee"},
	"extended_tweet":{"full_text":"@acme my parcel &amp; receipt https://t.co/pppp","entities":{"user_mentions":[{"id_str":"4337869213"}]},
	"extended_entities":{"media":[{"id_str":"210","media_url_https":"https://pbs.twimg.com/media/G.jpg","url":"https://t.co/pppp","type":"photo"}]}}}]}`

const activityMention = `{"data":{"event_type":"post.mention.create","filter":{"user_id":"4337869213"},"payload":{"id":"1990000000000000401","text":"@acme hi","author_id":"3001969357",
	"created_at":"2026-11-16T18:00:00.000Z","in_reply_to_user_id":"4337869213"},"includes":{"users":[{"id":"3001969357","username":"annlee","name":"Ann Lee"}]}}}`

const activityReply = `{"data":{"event_type":"post.reply.create","filter":{"user_id":"4337869213"},"payload":{"id":"1990000000000000402","text":"@acme still waiting","author_id":"3001969357",
	"in_reply_to_tweet_id":"1989999999999999900","referenced_tweets":[{"type":"replied_to","id":"1989999999999999900"}]},"includes":{}}}`

const encryptedChat = `{"data":{"event_type":"chat.received","filter":{"user_id":"4337869213"},"payload":{"id":"e4f4d3fc","created_at_msec":"1795020983370","sender_id":"3001969357","encoded_event":"CwAB"}}}`

var ann = bridge.Person{ID: "3001969357", Handle: "annlee", Name: "Ann Lee"}

func TestRead(t *testing.T) {
	photo := func(id, url string) []bridge.Media {
		return []bridge.Media{{ID: id, Type: bridge.Photo, Variants: []bridge.Variant{{URL: url}}}}
	}
	for _, tc := range []struct {
		name, body string
		want       bridge.Event
	}{
		{"direct message with a photo", legacyDM, bridge.Event{
			Kind: bridge.KindDM, XID: "1990000000000000102", From: ann, To: bridge.Person{ID: "4337869213", Handle: "acme"}, Text: "broken & part <here>",
			Media: photo("1990000000000000077", "https://ton.twitter.com/1.1/ton/data/dm/1/2/a.png"), CreatedAt: time.UnixMilli(1795000100000),
		}},
		{"direct message, new family", activityDM, bridge.Event{
			Kind: bridge.KindDM, XID: "1990000000000000301", From: ann, To: bridge.Person{ID: "4337869213"}, Text: "hello!", CreatedAt: time.UnixMilli(1795020224372),
		}},
		{"public reply, long text", legacyMention, bridge.Event{
			Kind: bridge.KindReply, XID: "1990000000000000201", From: ann, Text: "@acme my parcel & receipt", Media: photo("210", "https://pbs.twimg.com/media/G.jpg"),
			InReplyTo: "1989999999999999900", CreatedAt: time.Date(2026, 11, 16, 14, 1, 46, 0, time.UTC),
		}},
		{"mention that begins with the brand is no reply", activityMention, bridge.Event{
			Kind: bridge.KindMention, XID: "1990000000000000401", From: ann, Text: "@acme hi", CreatedAt: time.Date(2026, 11, 16, 18, 0, 0, 0, time.UTC),
		}},
		{"reply whose author is named by id only", activityReply, bridge.Event{
			Kind: bridge.KindReply, XID: "1990000000000000402", From: bridge.Person{ID: ann.ID}, Text: "@acme still waiting", InReplyTo: "1989999999999999900",
		}},
		{"encrypted", encryptedChat, bridge.Event{
			Kind: bridge.KindEncrypted, XID: "e4f4d3fc", From: bridge.Person{ID: ann.ID}, CreatedAt: time.UnixMilli(1795020983370),
			Sealed: &bridge.Sealed{Sender: ann.ID, Event: "CwAB"},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.want.ForUser = "4337869213"
			parsed := payload.Read([]byte(tc.body))
			if len(parsed.Events) != 1 {
				t.Fatalf("%+v", parsed)
			}
			if diff := cmp.Diff(tc.want, parsed.Events[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadNeverDrops(t *testing.T) {
	for body, want := range map[string]bridge.MessageKind{
		`not JSON`: bridge.KindUnreadable, ``: bridge.KindUnreadable, `[1]`: bridge.KindUnreadable, strings.Repeat("[", 1000): bridge.KindUnreadable,
		`{"for_user_id":"1","direct_message_events":{"a":1}}`:                                     bridge.KindUnreadable,
		`{"for_user_id":"1","direct_message_events":[17]}`:                                        bridge.KindUnreadable,
		`{"for_user_id":"1","tweet_create_events":[{"id_str":"5"}]}`:                              bridge.KindUnreadable,
		`{"data":{"event_type":"dm.received","filter":{"user_id":"1"},"payload":{}}}`:             bridge.KindUnreadable,
		`{"data":{"filter":{"user_id":"1"},"payload":{"x":1}}}`:                                   bridge.KindUnreadable,
		"{\"data\":{\"event_type\":\"chat.received\",\"filter\":{\"user_id\":1},\"payload\":{}}}": bridge.KindUnreadable,
	} {
		if parsed := payload.Read([]byte(body)); len(parsed.Events) != 1 || parsed.Events[0].Kind != want || parsed.Events[0].Problem == "" {
			t.Errorf("%.60s: %+v", body, parsed)
		}
	}
	for body, kind := range map[string]string{
		`{}`: "empty", `{"for_user_id":"1","follow_events":[{},{}]}`: "follow_events",
		`{"for_user_id":"1","tweet_create_events":[{"id_str":"5","retweeted_status":{},"user":{"id_str":"2"}}]}`: "repost",
		`{"data":{"event_type":"like.create","filter":{"user_id":"1"},"payload":{}}}`:                            "like.create",
	} {
		if parsed := payload.Read([]byte(body)); len(parsed.Events) != 0 || parsed.Ignored[kind] == 0 {
			t.Errorf("%s: %+v; want %s counted", body, parsed, kind)
		}
	}
	revoke := `{"user_event":{"revoke":{"target":{"app_id":"1"},"source":{"user_id":"4337869213"}}}}`
	if parsed := payload.Read([]byte(revoke)); len(parsed.Revoked) != 1 || parsed.Revoked[0] != "4337869213" {
		t.Errorf("%+v", parsed)
	}
}

func TestReadReadsEveryElementOfABatch(t *testing.T) {
	var list []string
	for i := range 10_000 {
		list = append(list, fmt.Sprintf(`{"type":"message_create","id":"%d","message_create":{"sender_id":"2","message_data":{"text":"n"}}}`, 1_000_000+i))
	}
	body := `{"for_user_id":"1","direct_message_events":[` + strings.Join(list, ",") + `]}`
	if parsed := payload.Read([]byte(body)); len(parsed.Events) != 10_000 || parsed.Events[9_999].XID != "1009999" {
		t.Errorf("read %d events", len(parsed.Events))
	}
}

func FuzzRead(f *testing.F) {
	for _, body := range []string{legacyDM, activityDM, legacyMention, activityMention, activityReply, encryptedChat, wholeChat, joinedChat, `{}`, `{"data":[]}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		parsed := payload.Read(body)
		if len(parsed.Events)+len(parsed.Revoked)+len(parsed.Ignored) == 0 && len(body) > 0 && !strings.Contains(string(body), "[]") && !strings.Contains(string(body), "data") &&
			!strings.Contains(string(body), "for_user_id") && !strings.Contains(string(body), "user") && !strings.Contains(string(body), "apps") {
			t.Errorf("%q left no trace", body)
		}
		for _, e := range parsed.Events {
			if e.Kind != bridge.KindUnreadable && e.XID == "" {
				t.Errorf("%q: an event without an id", body)
			}
			if raw, err := json.Marshal(e); err != nil || !utf8.Valid(raw) || !utf8.ValidString(e.Text+e.From.Name+e.From.Handle) {
				t.Errorf("%q: cannot be kept: %v", body, err)
			}
			if !e.CreatedAt.IsZero() && (e.CreatedAt.Year() < 1999 || e.CreatedAt.Year() > 2100) {
				t.Errorf("%q: at %v", body, e.CreatedAt)
			}
		}
	})
}
