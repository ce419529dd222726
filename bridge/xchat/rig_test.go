package xchat_test

import (
	"encoding/base64"
	"testing"
	"time"

	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/keys/keytest"
	"perch/bridge/xchat/thrift"
	"perch/bridge/xchat/wire"
)

const (
	brandID, customerID = "4337869213", "3001969357"
	pair                = xchat.ConversationID("3001969357:4337869213")
)

// person is an account that reads and writes.
type person struct {
	xchat.Reader
	xchat.Writer
	record keys.Record
}

// talk is a conversation of two, and what both know of it.
type talk struct {
	brand, customer *person
	records         xchat.Records
	ring            xchat.KeyRing
	thread          xchat.Thread
}

func recordOf(t testing.TB, private keys.Private, version string) keys.Record {
	t.Helper()
	row := keytest.Row(t, private, version)
	record, err := row.Verify()
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func newPerson(t testing.TB, id, version string, private keys.Private, records xchat.Records, ring xchat.KeyRing) *person {
	t.Helper()
	record := recordOf(t, private, version)
	records[id] = append(records[id], record)
	return &person{
		xchat.Reader{OwnID: id, Keys: private, KeyVersion: version, Signers: records, Conversations: ring},
		xchat.Writer{OwnID: id, Keys: private, KeyVersion: version},
		record,
	}
}

func newTalk(t testing.TB) *talk {
	t.Helper()
	records, ring := xchat.Records{}, xchat.KeyRing{pair: {}}
	k := &talk{
		brand:    newPerson(t, brandID, "1736001112223", keytest.Private(t), records, ring),
		customer: newPerson(t, customerID, "1765001112223", keytest.Private(t), records, ring),
		records:  records, ring: ring,
		thread: xchat.Thread{Conversation: pair, Key: keys.NewConversation(), KeyVersion: "1795803901932", Token: "eyJ"},
	}
	ring[pair][k.thread.KeyVersion] = k.thread.Key
	return k
}

func (k *talk) participants() []xchat.Participant {
	return []xchat.Participant{{UserID: customerID, Record: k.customer.record}, {UserID: brandID, Record: k.brand.record}}
}

func decode(t testing.TB, text string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// frame is the event that X makes of a posted message.
func frame(t testing.TB, sender string, id xchat.ConversationID, sequence string, post xchat.MessagePost) wire.Event {
	t.Helper()
	event := wire.Event{MessageID: post.MessageID, SenderID: sender, ConversationID: string(id), SequenceID: sequence, CreatedAt: "1795020983370"}
	s := parse(t, decode(t, wrapSignature(post.Signature)))
	event.Signature = s.Signature
	return event
}

// wrapSignature makes an event of a signature alone, so that it can be read.
func wrapSignature(signature string) string {
	raw, _ := base64.StdEncoding.DecodeString(signature)
	return base64.StdEncoding.EncodeToString(append(append([]byte{0x0c, 0, 9}, raw...), 0))
}

func parse(t testing.TB, raw []byte) wire.Event {
	t.Helper()
	e, err := wire.ParseEvent(raw)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// sent is a posted message as X gives it to everybody.
func sent(t testing.TB, sender string, id xchat.ConversationID, sequence string, post xchat.MessagePost) string {
	t.Helper()
	detail := append(append([]byte{0x0c, 0, 1}, decode(t, post.Event)...), 0)
	return base64.StdEncoding.EncodeToString(frame(t, sender, id, sequence, post).Encode(detail))
}

// acted is a posted action as X gives it to everybody.
func acted(t testing.TB, sender string, id xchat.ConversationID, sequence string, a xchat.ActionSignature) string {
	t.Helper()
	e := wire.Event{
		MessageID: a.MessageID, SenderID: sender, ConversationID: string(id), SequenceID: sequence, CreatedAt: "1795020983370",
		Signature: &wire.Signature{Signature: a.Signature.Signature, KeyVersion: a.Signature.KeyVersion, Version: a.Signature.Version},
	}
	return base64.StdEncoding.EncodeToString(e.Encode(decode(t, a.Detail)))
}

// say sends a text and returns its event.
func (k *talk) say(t testing.TB, from *person, sequence, text string) string {
	t.Helper()
	post, err := from.Message(k.thread, xchat.Draft{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return sent(t, from.Writer.OwnID, pair, sequence, post)
}

// opened opens an event as a type of finding.
func opened[T xchat.Finding](t testing.TB, r *xchat.Reader, event string) T {
	t.Helper()
	found := r.Open(event, xchat.Origin{})
	got, ok := found.(T)
	if !ok {
		t.Fatalf("it is %T, %+v", found, found)
	}
	return got
}

var noon = time.UnixMilli(1795803901999)

// spans reads where a text's entities are, which the package itself does not read.
func spans(t testing.TB, entry []byte) (all [][2]int32) {
	t.Helper()
	err := thrift.Read(entry, func(_ int16, v thrift.Value) {
		v.Struct(func(_ int16, v thrift.Value) {
			v.Struct(func(id int16, v thrift.Value) {
				if id != 2 {
					return
				}
				v.List(func(v thrift.Value) {
					var span [2]int32
					v.Struct(func(id int16, v thrift.Value) {
						if id <= 2 {
							span[id-1] = v.I32()
						}
					})
					all = append(all, span)
				})
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
