package uitest

import (
	"encoding/json"
	"fmt"

	"perch/app/control"
)

// payloads are a message as X and Motion have it, in the forms of the real ones.
func payloads(m control.Message) (*control.Document, []control.Document) {
	if m.Direction == "in" {
		came := document("", map[string]any{
			"for_user_id": "4337869213",
			"direct_message_events": []any{map[string]any{
				"type": "message_create", "id": m.XID, "created_timestamp": fmt.Sprint(m.ReceivedAt.UnixMilli()),
				"message_create": map[string]any{
					"sender_id": "3001969357", "target": map[string]string{"recipient_id": "4337869213"}, "message_data": map[string]any{"text": m.Text},
				},
			}},
		})
		return &came, toMotion(m)
	}
	came := document("", map[string]any{
		"id": m.MotionID, "body": m.Text, "Interaction": map[string]any{"id": 812, "threadId": m.ThreadID},
		"Contact": map[string]any{"firstName": "Ann Lee", "twitter": m.To}, "User": map[string]any{"name": "marta", "password": "…"},
	})
	call := document("POST https://api.x.com/2/dm_conversations/with/3001969357/messages", map[string]any{"text": m.Text})
	if m.ThreadID != "" {
		call = document("POST https://api.x.com/2/tweets", map[string]any{"text": m.Text, "reply": map[string]string{"in_reply_to_tweet_id": m.ThreadID}})
	}
	return &came, []control.Document{call}
}

func toMotion(m control.Message) []control.Document {
	const address = "POST https://motion.acme.example/api/openchannel/accounts/5/notify"
	var calls []control.Document
	if m.Text != "" {
		calls = append(calls, document(address, map[string]any{"from": m.From, "body": m.Text, "mapKey": "twitter", "firstName": "Ann Lee (@" + m.From + ")"}))
	}
	for _, f := range m.Media {
		calls = append(calls, document(address, map[string]any{"from": m.From, "body": f.Name, "mapKey": "twitter", "AttachmentId": "(Motion's number of the file)"}))
	}
	return calls
}

func document(call string, body any) control.Document {
	text, _ := json.MarshalIndent(body, "", "  ") // plain values only: cannot fail
	return control.Document{Call: call, Text: string(text), Bytes: len(text)}
}
