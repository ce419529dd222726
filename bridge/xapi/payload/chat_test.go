package payload_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
	"perch/bridge/xapi/payload"
	"perch/bridge/xchat"
	"perch/bridge/xchat/wire"
)

const (
	wholeChat = `{"data":{"event_type":"chat.received","filter":{"user_id":"4337869213"},"tag":"bridge-chat","payload":{"id":"5b1c7d0e-6a52-4e0f-9a4c-7f3d2b8c9e10",
		"created_at_msec":"1795020983370","sender_id":"3001969357","conversation_id":"4337869213:3001969357","conversation_key_version":"1768001112223","conversation_token":"eyJ",
		"encoded_event":"CwABAAAAATcLAAIAAAABbQsAAwAAAAozMDAxOTY5MzU3CwAEAAAAFTMwMDE5NjkzNTc6NDMzNzg2OTIxMwwABwwAAQAAAA==","conversation_key_change_event":"CwABAAAAATc=",
		"message_event_signature":{"signature":"x"}}}}`
	joinedChat = `{"data":{"event_type":"chat.conversation_join","filter":{"user_id":"4337869213"},"payload":{"id":"5b1c7d0e","sender_id":"3001969357","conversation_id":"g17",
		"encoded_event":"","encrypted_conversation_key":"CwABAAAAATc="}}}`
)

// encode makes an event of a kind.
func encode(detail []byte) string {
	e := wire.Event{
		SequenceID: "2080400999000000160", MessageID: "9c0e5d0e-3a43", SenderID: ann.ID, ConversationID: "3001969357:4337869213", CreatedAt: "1795020983371",
	}
	return base64.StdEncoding.EncodeToString(e.Encode(detail))
}

func kindOf(id byte) []byte { return []byte{12, 0, id, 0, 0} }

func chatBody(t *testing.T, eventType string, members map[string]any) []byte {
	t.Helper()
	all := map[string]any{
		"id": "other-id", "created_at_msec": "1795020983370", "sender_id": ann.ID, "conversation_id": "4337869213-3001969357", "conversation_token": "eyJ",
	}
	maps.Copy(all, members)
	raw, err := json.Marshal(map[string]any{"data": map[string]any{"event_type": eventType, "filter": map[string]any{"user_id": "4337869213"}, "payload": all}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestChatIsReadByWhatIsInside(t *testing.T) {
	const keyChange, message, deletion = 3, 1, 7
	sealed := func(event, change string) *bridge.Sealed {
		return &bridge.Sealed{Conversation: "4337869213-3001969357", Sender: ann.ID, Event: event, KeyChange: change, Token: "eyJ"}
	}
	change := encode(kindOf(keyChange))
	for name, tc := range map[string]struct {
		kind    string
		members map[string]any
		xid     string
		sealed  *bridge.Sealed
		ignored string
	}{
		"message":                 {"chat.received", map[string]any{"encoded_event": encode(kindOf(message)), "conversation_key_change_event": change}, "9c0e5d0e-3a43", sealed(encode(kindOf(message)), change), ""},
		"own message":             {"chat.sent", map[string]any{"encoded_event": encode(kindOf(message))}, "9c0e5d0e-3a43", sealed(encode(kindOf(message)), ""), ""},
		"deletion":                {"chat.received", map[string]any{"encoded_event": encode(kindOf(deletion))}, "9c0e5d0e-3a43", sealed(encode(kindOf(deletion)), ""), ""},
		"key change as the event": {"chat.received", map[string]any{"encoded_event": change}, "key:9c0e5d0e-3a43", sealed(change, ""), ""},
		"key change alone":        {"chat.conversation_join", map[string]any{"encoded_event": "", "conversation_key_change_event": change}, "key:9c0e5d0e-3a43", sealed("", change), ""},
		"key change, older name":  {"chat.conversation_join", map[string]any{"encrypted_conversation_key": change}, "key:9c0e5d0e-3a43", sealed("", change), ""},
		"a wrapped key is none":   {"chat.received", map[string]any{"encoded_event": encode(kindOf(message)), "encrypted_conversation_key": "BO7Q"}, "9c0e5d0e-3a43", sealed(encode(kindOf(message)), ""), ""},
		"typing":                  {"chat.received", map[string]any{"encoded_event": encode(kindOf(6))}, "", nil, "chat_typing"},
		"read mark":               {"chat.received", map[string]any{"encoded_event": encode(kindOf(12))}, "", nil, "chat_read"},
		"unread mark":             {"chat.received", map[string]any{"encoded_event": encode(kindOf(13))}, "", nil, "chat_unread"},
		"members":                 {"chat.conversation_join", map[string]any{"encoded_event": encode(kindOf(4))}, "", nil, "chat_group"},
		"settings":                {"chat.received", map[string]any{"encoded_event": encode(kindOf(9))}, "", nil, "chat_settings"},
		"conversation deleted":    {"chat.received", map[string]any{"encoded_event": encode(kindOf(8))}, "", nil, "chat_conversation_deleted"},
		"failure":                 {"chat.received", map[string]any{"encoded_event": encode(kindOf(5))}, "failed:9c0e5d0e-3a43", sealed(encode(kindOf(5)), ""), ""},
		"members and a key":       {"chat.conversation_join", map[string]any{"encoded_event": encode(kindOf(4)), "conversation_key_change_event": change}, "key:9c0e5d0e-3a43", sealed("", change), "chat_group"},
		"joined, nothing else":    {"chat.conversation_join", nil, "", nil, "chat_empty"},
		"garbage":                 {"chat.received", map[string]any{"encoded_event": "not base64"}, "other-id", sealed("not base64", ""), ""},
		"what nobody knows":       {"chat.received", map[string]any{"encoded_event": encode(kindOf(77))}, "other-id", sealed(encode(kindOf(77)), ""), ""},
		"nothing of it":           {"chat.received", nil, "other-id", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			parsed := payload.Read(chatBody(t, tc.kind, tc.members))
			if (tc.ignored != "") != (parsed.Ignored[tc.ignored] == 1) {
				t.Errorf("ignored: %v", parsed.Ignored)
			}
			if tc.xid == "" {
				if len(parsed.Events) != 0 {
					t.Errorf("%+v", parsed.Events)
				}
				return
			}
			if len(parsed.Events) != 1 {
				t.Fatalf("%+v", parsed)
			}
			want := bridge.Event{
				Kind: bridge.KindEncrypted, ForUser: "4337869213", XID: tc.xid, From: bridge.Person{ID: ann.ID}, To: bridge.Person{ID: "4337869213"},
				CreatedAt: time.UnixMilli(1795020983371), Sealed: tc.sealed,
			}
			if tc.xid == "other-id" {
				want.CreatedAt = time.UnixMilli(1795020983370)
			}
			if diff := cmp.Diff(want, parsed.Events[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Every event that X's own SDK made is known by the id inside of it.
func TestChatOfXsOwnMaking(t *testing.T) {
	var golden struct {
		Events []struct{ Name, Event string }
	}
	raw, err := os.ReadFile("../../xchat/testdata/golden.json")
	if err == nil {
		err = json.Unmarshal(raw, &golden)
	}
	if err != nil || len(golden.Events) < 20 {
		t.Fatal(len(golden.Events), err)
	}
	for _, e := range golden.Events {
		inside, ok := xchat.Peek(e.Event)
		parsed := payload.Read(chatBody(t, "chat.received", map[string]any{"encoded_event": e.Event, "sender_id": inside.SenderID}))
		if !ok || len(parsed.Events) != 1 || strings.TrimPrefix(parsed.Events[0].XID, "key:") != inside.MessageID || parsed.Events[0].Sealed.Event != e.Event {
			t.Errorf("%s: %+v", e.Name, parsed)
		}
	}
}

// A huge event is bounded, and takes nothing from another of the same batch.
func TestHugeChatBesideAnother(t *testing.T) {
	huge := strings.Repeat("CwAB", 5<<20/4)
	body := fmt.Sprintf(`{"data":[%s,%s]}`, strings.TrimSuffix(strings.TrimPrefix(string(chatBody(t, "chat.received", map[string]any{"encoded_event": huge})), `{"data":`), "}"),
		strings.TrimSuffix(strings.TrimPrefix(wholeChat, `{"data":`), "}"))
	parsed := payload.Read([]byte(body))
	if len(parsed.Events) != 2 || parsed.Events[1].XID != "m" || parsed.Events[1].From.ID != ann.ID {
		t.Errorf("%d events: %+v", len(parsed.Events), parsed.Ignored)
	}
}
