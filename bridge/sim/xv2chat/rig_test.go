package xv2chat_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/simtest"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// brand is the program of the brand, made of the library.
type brand struct {
	*simtest.World
	t      *testing.T
	reader *xchat.Reader
	writer *xchat.Writer
	ring   xchat.KeyRing
	known  xchat.Records
	pair   xchat.ConversationID
	newest string
}

func newBrand(t *testing.T, options sim.XOptions) *brand {
	t.Helper()
	w := simtest.NewWorld(t, options)
	raw, _ := base64.StdEncoding.DecodeString(w.EnableChat(w.Brand.ID))
	version := w.ChatVersion(w.Brand.ID)
	private, err := keys.ParsePrivate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := xchat.ParseConversation(w.Customer.ID, w.Brand.ID)
	if err != nil {
		t.Fatal(err)
	}
	b := &brand{World: w, t: t, ring: xchat.KeyRing{pair: {}}, known: xchat.Records{}, pair: pair}
	b.reader = &xchat.Reader{OwnID: w.Brand.ID, Keys: private, KeyVersion: version, Signers: b.known, Conversations: b.ring}
	b.writer = &xchat.Writer{OwnID: w.Brand.ID, Keys: private, KeyVersion: version}
	return b
}

// learn fetches somebody's records.
func (b *brand) learn(id string) []keys.Record {
	b.t.Helper()
	r := b.Client.Get("/2/users/" + id + "/public_keys")
	list, _ := r.At("data").([]any)
	var rows []keys.Row
	for i := range list {
		rows = append(rows, keys.Row{
			Version: r.Text("data", i, "public_key_version"), Identity: r.Text("data", i, "public_key"), Signing: r.Text("data", i, "signing_public_key"),
			Binding: r.Text("data", i, "identity_public_key_signature"),
		})
	}
	records, refused := keys.Verify(rows)
	if refused > 0 {
		b.t.Errorf("%d records of %s are not bound", refused, id)
	}
	b.known[id] = records
	return records
}

// fetch reads the conversation, oldest first.
func (b *brand) fetch() (found []xchat.Finding) {
	b.t.Helper()
	b.learn(b.Customer.ID)
	b.learn(b.Brand.ID)
	r := b.Client.Get("/2/chat/conversations/" + b.Customer.ID + "/events?max_results=100")
	changes, _ := r.At("meta", "conversation_key_events").([]any)
	for _, c := range changes {
		b.change(c.(string)) //nolint:forcetypeassert // a list of texts
	}
	list, _ := r.At("data").([]any)
	for i := range list {
		found = append(found, b.open(r.Text("data", i, "encoded_event"), r.Text("data", i, "conversation_id"), r.Text("data", i, "sender_id")))
	}
	slices.Reverse(found)
	return found
}

func (b *brand) open(event, conversation, sender string) xchat.Finding {
	return b.reader.Open(event, xchat.Origin{Conversation: conversation, SenderID: sender})
}

// change takes a key in.
func (b *brand) change(encoded string) {
	b.t.Helper()
	k, ok := b.reader.Open(encoded, xchat.Origin{}).(*xchat.KeyChange)
	if !ok {
		b.t.Fatalf("a change of keys is %T", b.reader.Open(encoded, xchat.Origin{}))
	}
	key, ok := k.Sending()
	if !ok {
		b.t.Fatalf("a change of keys is not verified: %+v", k)
	}
	b.ring[b.pair][k.KeyVersion] = key
	if keys.CompareVersions(k.KeyVersion, b.newest) > 0 {
		b.newest = k.KeyVersion
	}
}

func (b *brand) thread() xchat.Thread {
	return xchat.Thread{Conversation: b.pair, Key: b.ring[b.pair][b.newest], KeyVersion: b.newest}
}

func (b *brand) draft(d xchat.Draft) xchat.MessagePost {
	b.t.Helper()
	post, err := b.writer.Message(b.thread(), d)
	if err != nil {
		b.t.Fatal(err)
	}
	return post
}

func (b *brand) post(post any) simtest.Reply {
	return b.Client.Post("/2/chat/conversations/"+b.Customer.ID+"/messages", post)
}

// answer posts and reads X's answer.
func (b *brand) answer(post xchat.MessagePost) xchat.Answer {
	b.t.Helper()
	r := b.post(post)
	if r.Status != 201 {
		b.t.Fatalf("send: %d %s", r.Status, r.Body)
	}
	return xchat.ReadAnswer(r.Text("data", "encoded_message_event"), post)
}

func text(t *testing.T, found xchat.Finding) string {
	t.Helper()
	m, ok := found.(*xchat.Message)
	if !ok {
		t.Fatalf("it is %T, %+v", found, found)
	}
	return m.Text
}

// altered is a posted message whose event was changed.
func altered(post xchat.MessagePost, change func(e *wire.Message)) xchat.MessagePost {
	raw, _ := base64.StdEncoding.DecodeString(post.Event)
	e, _ := wire.ParseEvent(append(append([]byte{0x0c, 0, 7, 0x0c, 0, 1}, raw...), 0, 0))
	m := e.Detail.Message
	change(&m)
	post.Event = base64.StdEncoding.EncodeToString(m.Encode())
	return post
}
