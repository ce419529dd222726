package oracle

import (
	"fmt"
	"strings"

	"perch/bridge/xchat"
)

// nothing is the verdict over an event of which no words and no deeds may come out.
const nothing = "nothing"

// perchSays tells in one line what Perch makes of an event.
func perchSays(r *xchat.Reader, encoded string) string {
	switch f := r.Open(encoded, xchat.Origin{}).(type) {
	case *xchat.Message:
		quote := ""
		if f.Reply != nil {
			quote = fmt.Sprintf(" reply quoted=%v", f.Reply.Quote != nil)
		}
		return fmt.Sprintf("message %s %s %q%s", f.SenderID, f.MessageID, f.Text, quote)
	case *xchat.Edit:
		return fmt.Sprintf("edit %s %s %s %q", f.SenderID, f.MessageID, f.Target, f.Text)
	case *xchat.Reaction:
		return fmt.Sprintf("reaction %s %s %s %q %v", f.SenderID, f.MessageID, f.Target, f.Emoji, f.IsRemoved)
	case *xchat.Delete:
		return fmt.Sprintf("delete %s %s %v %v", f.SenderID, f.MessageID, f.SequenceIDs, f.ForAll)
	case *xchat.KeyChange:
		if _, ok := f.Sending(); ok {
			return fmt.Sprintf("key %s %s %s", f.SenderID, f.MessageID, f.KeyVersion)
		}
		return nothing
	case *xchat.Plain:
		return fmt.Sprintf("plain %q", f.Unverified.Text)
	case *xchat.Failure:
		return "failure"
	case *xchat.Notice:
		return "notice"
	}
	return nothing
}

// sdkSays tells the same of the SDK.
func (w *world) sdkSays(reader *side, encoded string) (string, error) {
	e, err := w.sdkOpens(reader, encoded)
	if err != nil {
		return nothing, err
	}
	switch e.Type {
	case "message":
		return e.says(), nil
	case "messageDeleted":
		return fmt.Sprintf("delete %s %s %v %v", e.SenderID, e.ID, e.MessageIDs, e.DeleteForAll), nil
	case "keyChange":
		return w.sdkTakesKey(reader, encoded), nil
	case "failure":
		return "failure", nil
	}
	return nothing, nil
}

// sdkTakesKey has the SDK take a key out of a change of keys by itself; sdkOpens would hand it the key to verify with.
func (w *world) sdkTakesKey(reader *side, encoded string) string {
	var result struct {
		Messages         []struct{ Event event }
		ConversationKeys struct{ Keys map[string]data }
	}
	if err := w.call(reader.name+unversioned, "decryptEvents", &result, []string{encoded}, w.signers); err != nil || len(result.Messages) != 1 {
		return nothing
	}
	e := result.Messages[0].Event
	if _, ok := result.ConversationKeys.Keys[e.KeyVersion]; !ok || !e.Verified {
		return nothing
	}
	return fmt.Sprintf("key %s %s %s", e.SenderID, e.ID, e.KeyVersion)
}

func (e event) says() string {
	if !e.Verified {
		return fmt.Sprintf("plain %q", e.text("text"))
	}
	switch e.text("content_type") {
	case "text":
		quote := ""
		if _, ok := e.Content["replying_to_preview"]; ok && !strings.HasPrefix(string(e.Content["replying_to_preview"]), "null") {
			quote = fmt.Sprintf(" reply quoted=%v", e.ReplyPreviewValidation == "valid")
		}
		return fmt.Sprintf("message %s %s %q%s", e.SenderID, e.ID, e.text("text"), quote)
	case "edit":
		return fmt.Sprintf("edit %s %s %s %q", e.SenderID, e.ID, e.text("target_message_id"), e.text("new_text"))
	case "reaction", "reactionRemoved":
		return fmt.Sprintf("reaction %s %s %s %q %v", e.SenderID, e.ID, e.text("target_message_id"), e.text("emoji"), e.text("content_type") == "reactionRemoved")
	}
	return nothing
}
