package payload_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"perch/bridge"
	"perch/bridge/xapi/payload"
)

// odd is what a member may be in place of what it should be.
var odd = []string{
	`null`, `true`, `0`, `-17`, `1.5`, `1e300`, `9007199254740993`, `""`, `"text"`, `"\u0000\u001b]0;x"`, `[]`, `{}`, `[[]]`, `[null,17,"x",{"id":1}]`, `{"a":{"b":[1]}}`, `"1795020224372000000"`, `"9999-12-31T23:59:59Z"`,
}

// variants are the JSON values that differ from the given one in one member, which is odd or missing.
func variants(value any, set func(any) string, all *[]string) {
	switch v := value.(type) {
	case map[string]any:
		for name, was := range v {
			for _, o := range odd {
				v[name] = json.RawMessage(o)
				*all = append(*all, set(v))
			}
			delete(v, name)
			*all = append(*all, set(v))
			v[name] = was
			variants(was, func(changed any) string {
				v[name] = changed
				out := set(v)
				v[name] = was
				return out
			}, all)
		}
	case []any:
		for i, was := range v {
			for _, o := range odd {
				v[i] = json.RawMessage(o)
				*all = append(*all, set(v))
			}
			v[i] = was
			variants(was, func(changed any) string {
				v[i] = changed
				out := set(v)
				v[i] = was
				return out
			}, all)
		}
	}
}

// Whatever one member is, the body leaves a trace, its events keep their sanity, and another event of the same batch is
// not touched.
func TestAnOddMemberCostsNoMoreThanItself(t *testing.T) {
	n := 0
	for _, body := range []string{legacyDM, activityDM, legacyMention, activityMention, activityReply, encryptedChat, wholeChat, joinedChat} {
		var value any
		if err := json.Unmarshal([]byte(body), &value); err != nil {
			t.Fatal(err)
		}
		var all []string
		variants(value, func(v any) string { raw, _ := json.Marshal(v); return string(raw) }, &all)
		for _, variant := range all {
			n++
			parsed := payload.Read([]byte(variant))
			if len(parsed.Events)+len(parsed.Ignored)+len(parsed.Revoked) == 0 {
				t.Errorf("no trace: %s", variant)
			}
			for _, e := range parsed.Events {
				if _, err := json.Marshal(e); err != nil {
					t.Errorf("cannot be kept: %v: %s", err, variant)
				}
				if e.Kind == bridge.KindUnreadable && e.Problem == "" {
					t.Errorf("no reason: %s", variant)
				}
			}
		}
	}
	t.Logf("%d variants", n)
	good := `{"type":"message_create","id":"77","message_create":{"target":{"recipient_id":"1"},"sender_id":"2","message_data":{"text":"good"}}}`
	for _, o := range odd {
		for _, list := range []string{o + "," + good, good + "," + o, strings.Repeat(o+",", 5) + good} {
			parsed := payload.Read(fmt.Appendf(nil, `{"for_user_id":"1","direct_message_events":[%s],"users":%s,"apps":%s}`, list, o, o))
			found := 0
			for _, e := range parsed.Events {
				if e.XID == "77" && e.Text == "good" && e.Kind == bridge.KindDM {
					found++
				}
			}
			if found != 1 {
				t.Errorf("beside %s: %+v", o, parsed)
			}
		}
	}
}

// Only the link that stands for a file of the message itself is cut.
func TestOnlyOwnLinksAreCut(t *testing.T) {
	link := func(expanded, more string) string {
		return fmt.Sprintf(`"entities":{"urls":[{"url":"https://t.co/abcdefghij","expanded_url":%q%s}]}`, expanded, more)
	}
	for _, tc := range []struct{ id, text, more, want string }{
		{"5", "see https://t.co/abcdefghij", link("https://x.com/me/status/5/photo/1", ""), "see"},
		{"5", "see https://t.co/abcdefghij", link("https://x.com/me/status/55/photo/1", ""), "see https://t.co/abcdefghij"},
		{"5", "see https://t.co/abcdefghij", link("https://x.com/me/status/5", ""), "see https://t.co/abcdefghij"},
		{"5", "see https://t.co/abcdefghij", link("https://x.com/me/status/4/video/1", "") + `,"edit_history_tweet_ids":["4","5"]`, "see"},
		{"5", "see https://t.co/abcdefghij", link("https://x.com/other/status/9/photo/1", `,"media_key":"3_9"`), "see https://t.co/abcdefghij"},
		{"5", "see https://t.co/abcdefghij", link("https://x.com/other/status/9/photo/1", `,"media_key":"3_9"`) + `,"attachments":{"media_keys":["3_9"]}`, "see"},
		{"5", "https://t.co/abcdefghijk and https://t.co/abcdefghij", link("https://x.com/me/status/5/photo/1", ""), "https://t.co/abcdefghijk and"},
		{"5", "a b c", `"entities":{"urls":[{"url":"b","expanded_url":"https://x.com/me/status/5/photo/1"}]}`, "a b c"},
	} {
		parsed := payload.Read(fmt.Appendf(nil, `{"data":{"event_type":"post.mention.create","filter":{"user_id":"1"},"payload":{"id":%q,"author_id":"2","text":%q,%s}}}`, tc.id, tc.text, tc.more))
		if len(parsed.Events) != 1 || parsed.Events[0].Text != tc.want {
			t.Errorf("%s: %+v, want %q", tc.more, parsed.Events, tc.want)
		}
	}
}
