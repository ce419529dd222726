package xchat_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// golden is testdata/golden.json, which oracle/golden.mjs makes with X's Chat SDK.
type golden struct {
	Conversation string
	Accounts     []struct{ User, Version, Private, Identity, Signing, Binding, Fingerprint string }
	Events       []goldenEvent
}

type goldenEvent struct {
	Name, Event, Kind, Text, Version, Key, Target string
	Quote                                         *string
	Reply, Removed, All                           bool
	Files                                         []struct {
		Key, Name                           string
		Type, Width, Height, Size, Duration int64
	}
	Links, Sequences []string
}

func readGolden(t testing.TB) golden {
	t.Helper()
	raw, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// readers makes the accounts of the file; what one learns, the other knows too.
func (g golden) readers(t testing.TB) ([]*xchat.Reader, xchat.KeyRing) {
	t.Helper()
	records, ring := xchat.Records{}, xchat.KeyRing{pair: {}}
	var all []*xchat.Reader
	for _, a := range g.Accounts {
		private, err := keys.Import(a.Private, a.User)
		if err != nil {
			t.Fatal(err)
		}
		record, err := keys.Row{Version: a.Version, Identity: a.Identity, Signing: a.Signing, Binding: a.Binding}.Verify()
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := private.Match([]keys.Record{record}); !ok || private.Fingerprint() != a.Fingerprint {
			t.Errorf("the keys of %s do not match its record, or their fingerprint differs", a.User)
		}
		records[a.User] = append(records[a.User], record)
		all = append(all, &xchat.Reader{OwnID: a.User, Keys: private, KeyVersion: a.Version, Signers: records, Conversations: ring})
	}
	return all, ring
}

func TestEventsOfTheSDKOpen(t *testing.T) {
	g := readGolden(t)
	readers, ring := g.readers(t)
	for _, e := range g.Events {
		for _, r := range readers {
			found := r.Open(e.Event, xchat.Origin{Conversation: g.Conversation})
			if change, ok := found.(*xchat.KeyChange); ok {
				ring[change.Conversation][change.KeyVersion] = change.Reading()
			}
			e.check(t, found)
		}
	}
	if len(g.Events) < 30 {
		t.Errorf("only %d events", len(g.Events))
	}
}

func (e goldenEvent) check(t *testing.T, found xchat.Finding) {
	t.Helper()
	m := found.About()
	if m.Conversation != pair || m.MessageID == "" || m.SequenceID == "" || m.PreviousID == "" || m.CreatedAt.UnixMilli() != 1795020983370 {
		t.Errorf("%s: its frame is %+v", e.Name, m)
	}
	ok := false
	switch f := found.(type) {
	case *xchat.KeyChange:
		key, isVerified := f.Sending()
		ok = e.Kind == "keyChange" && isVerified && f.KeyVersion == e.Version && base64.StdEncoding.EncodeToString(key.Reveal()) == e.Key && key.Equal(f.Reading())
	case *xchat.Message:
		ok = e.Kind == "message" && f.Text == e.Text && e.hasReply(f.Reply) && e.hasAttachments(f.Attachments)
	case *xchat.Edit:
		ok = e.Kind == "edit" && f.Text == e.Text && f.Target == e.Target
	case *xchat.Reaction:
		ok = e.Kind == "reaction" && f.Emoji == e.Text && f.Target == e.Target && f.IsRemoved == e.Removed
	case *xchat.Delete:
		ok = e.Kind == "delete" && slices.Equal(f.SequenceIDs, e.Sequences) && f.ForAll == e.All
	}
	if !ok {
		t.Errorf("%s: opens as %T, %.300v", e.Name, found, found)
	}
}

func (e goldenEvent) hasReply(r *xchat.Reply) bool {
	if !e.Reply || r == nil {
		return !e.Reply && r == nil
	}
	if e.Quote == nil || r.Quote == nil {
		return e.Quote == nil && r.Quote == nil
	}
	return r.Quote.Text == *e.Quote && r.Quote.SenderID == customerID && r.Quote.MessageID == r.MessageID && r.MessageID != ""
}

func (e goldenEvent) hasAttachments(all []wire.Attachment) bool {
	if len(all) != len(e.Files)+len(e.Links) {
		return false
	}
	for i, f := range e.Files {
		m := all[i].Media
		if m.HashKey != f.Key || m.Filename != f.Name || int64(m.Type) != f.Type || m.Width != f.Width || m.Height != f.Height || m.Size != f.Size || m.Duration != f.Duration {
			return false
		}
	}
	for i, link := range e.Links {
		if all[i].URL != link {
			return false
		}
	}
	return true
}

// TestVectorsOfX holds the package against the vectors of X's Chat SDK, which are not part of this project.
func TestVectorsOfX(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "reference", "x-chat-vectors.json"))
	if err != nil {
		t.Skip("the vectors are not here")
	}
	v := map[string]string{}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	private, err := keys.Import(v["private_keys_concat_b64"], "")
	if err != nil {
		t.Fatal(err)
	}
	record, err := keys.Row{
		Version: v["event_signing_key_version"], Identity: v["identity_public_b64"], Signing: v["signing_public_b64"], Binding: v["identity_public_key_signature_b64"],
	}.Verify()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := private.Match([]keys.Record{record}); !ok {
		t.Error("the keys do not match their record")
	}
	signature, err := private.Sign([]byte(v["message_utf8"]))
	if err != nil || base64.StdEncoding.EncodeToString(signature) != v["signature_b64"] {
		t.Errorf("the signature is another one: %v", err)
	}
	id, ring := xchat.ConversationID(v["event_conversation_id"]), xchat.KeyRing{}
	r := &xchat.Reader{
		OwnID: v["event_sender_id"], Keys: private, KeyVersion: v["event_recipient_key_version"], Conversations: ring,
		Signers: xchat.Records{v["event_sender_id"]: {record}},
	}
	change := opened[*xchat.KeyChange](t, r, v["event_key_change_b64"])
	key, ok := change.Sending()
	if !ok || base64.StdEncoding.EncodeToString(key.Reveal()) != v["conversation_key_b64"] || change.KeyVersion != v["event_conversation_key_version"] {
		t.Error("the change of keys gives another key, or is not verified")
	}
	ring[id] = map[string]keys.Conversation{change.KeyVersion: key}
	if m := opened[*xchat.Message](t, r, v["event_message_b64"]); m.Text != v["event_message_text"] {
		t.Errorf("the text is %q", m.Text)
	}
	if m := opened[*xchat.Message](t, r, v["event_reply_valid_b64"]); m.Text != v["event_reply_text"] || m.Reply.Quote == nil || m.Reply.Quote.Text != v["event_message_text"] {
		t.Errorf("the reply is %+v", m)
	}
	if m := opened[*xchat.Message](t, r, v["event_reply_forged_b64"]); m.Reply == nil || m.Reply.Quote != nil {
		t.Errorf("a forged quote is shown: %+v", m.Reply)
	}
	if f := opened[*xchat.Failure](t, r, v["event_failure_b64"]); f.Type != xchat.FailureRateLimit || f.Tier != 3 {
		t.Errorf("the failure is %v, %d", f.Type, f.Tier)
	}
	if f := opened[*xchat.Refused](t, r, v["event_garbage_b64"]); f.Reason != xchat.Malformed {
		t.Errorf("garbage is refused as %v", f.Reason)
	}
}
