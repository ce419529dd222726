package oracle

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"testing"

	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

const (
	brandID, customerID           = "4337869213", "3001969357"
	brandVersion, customerVersion = "1736001112223", "1765001112223"
	pair                          = xchat.ConversationID("3001969357:4337869213")
)

// unversioned is the SDK's object of a side that does not know the version of its keys. Like Perch, it tries copies of a
// conversation's key for any version.
const unversioned = " without a version"

// side is an account that Perch and the SDK both have, with the same keys.
type side struct {
	name string // of the SDK's object
	r    xchat.Reader
	w    xchat.Writer
	row  keys.Row
}

// world is two accounts, seen by both programs.
type world struct {
	*sdk
	brand, customer *side
	ring            xchat.KeyRing
	thread          xchat.Thread
	signers         []params
	sequence        int64
	keyChange       string
}

func newSide(t testing.TB, s *sdk, name, id, version string) *side {
	t.Helper()
	raw := make([]byte, 64)
	_, _ = rand.Read(raw)
	raw[0], raw[32] = 1, 1 // within the range of the curve
	private, err := keys.ParsePrivate(raw)
	if err != nil {
		t.Fatal(err)
	}
	s.must(name, "new", nil)
	s.must(name, "importKeys", nil, bytesOf(raw), version)
	s.must(name+unversioned, "new", nil)
	s.must(name+unversioned, "importKeys", nil, bytesOf(raw))
	s.must(name, "setIdentity", nil, id, version)
	var signature data
	s.must(name, "sign", &signature, bytesOf(private.Identity().SPKI()))
	row := keys.Row{Version: version, Identity: private.Identity().String(), Signing: private.Signing().String(), Binding: signature.Bytes}
	return &side{
		name: name, row: row, w: xchat.Writer{OwnID: id, Keys: private, KeyVersion: version},
		r: xchat.Reader{OwnID: id, Keys: private, KeyVersion: version},
	}
}

func newWorld(t testing.TB) *world {
	t.Helper()
	s := startSDK(t)
	w := &world{sdk: s, ring: xchat.KeyRing{pair: {}}, sequence: 2080400999000000000}
	w.brand, w.customer = newSide(t, s, "brand", brandID, brandVersion), newSide(t, s, "customer", customerID, customerVersion)
	records := xchat.Records{}
	for _, one := range w.sides() {
		record, err := one.row.Verify()
		if err != nil {
			t.Fatal(err)
		}
		records[one.r.OwnID] = []keys.Record{record}
		one.r.Signers, one.r.Conversations = records, w.ring
		w.signers = append(w.signers, params{
			"userId": one.r.OwnID, "publicKeyVersion": one.row.Version, "publicKey": one.row.Signing,
			"identityPublicKey": one.row.Identity, "identityPublicKeySignature": one.row.Binding,
		})
	}
	for _, one := range w.sides() {
		s.must(one.name, "setSigningKeys", nil, w.signers)
	}
	w.keyChange, w.thread = w.changeKeys(t, w.customer)
	return w
}

func (w *world) sides() []*side { return []*side{w.brand, w.customer} }

// changeKeys has the SDK make a key, which both sides and both programs then know.
func (w *world) changeKeys(t testing.TB, by *side) (string, xchat.Thread) {
	t.Helper()
	var all []params
	for _, one := range w.sides() {
		all = append(all, params{"userId": one.r.OwnID, "publicKey": one.row.Identity, "keyVersion": one.row.Version})
	}
	var change struct {
		ConversationKey        data
		ConversationKeyVersion string
		ConversationID         string
		ActionSignatures       []action
	}
	w.must(by.name, "prepareConversationKeyChange", &change, params{"publicKeys": all})
	raw, _ := base64.StdEncoding.DecodeString(change.ConversationKey.Bytes)
	key, err := keys.ParseConversation(raw)
	if err != nil || change.ConversationID != string(pair) {
		t.Fatal(change.ConversationID, err)
	}
	w.ring[pair][change.ConversationKeyVersion] = key
	return w.acted(t, by, change.ActionSignatures[0]), xchat.Thread{Conversation: pair, Key: key, KeyVersion: change.ConversationKeyVersion}
}

// action is an action signature of the SDK's.
type action struct{ MessageID, EncodedMessageEventDetail, Signature, SignatureVersion, PublicKeyVersion string }

// payload is a message of the SDK's.
type payload struct{ MessageID, EncryptedContent, EncodedEventSignature string }

func raw(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (w *world) frame(by *side, messageID string, s *wire.Signature, detail []byte) string {
	w.sequence++
	e := wire.Event{
		SequenceID: strconv.FormatInt(w.sequence, 10), PreviousID: strconv.FormatInt(w.sequence-1, 10), MessageID: messageID, SenderID: by.r.OwnID,
		ConversationID: string(pair), CreatedAt: "1795020983370", Signature: s, Token: "eyJ",
	}
	return base64.StdEncoding.EncodeToString(e.Encode(detail))
}

func (w *world) acted(t testing.TB, by *side, a action) string {
	t.Helper()
	return w.frame(by, a.MessageID, &wire.Signature{Signature: a.Signature, KeyVersion: a.PublicKeyVersion, Version: a.SignatureVersion}, raw(t, a.EncodedMessageEventDetail))
}

func (w *world) perchActed(t testing.TB, by *side, a xchat.ActionSignature) string {
	t.Helper()
	return w.acted(t, by, action{a.MessageID, a.Detail, a.Signature.Signature, a.Signature.Version, a.Signature.KeyVersion})
}

func (w *world) sent(t testing.TB, by *side, messageID, event, signature string) string {
	t.Helper()
	wrapped := append(append([]byte{0x0c, 0, 9}, raw(t, signature)...), 0)
	e, err := wire.ParseEvent(wrapped)
	if err != nil {
		t.Fatal(err)
	}
	return w.frame(by, messageID, e.Signature, append(append([]byte{0x0c, 0, 1}, raw(t, event)...), 0))
}

// sdkSends has the SDK encrypt something.
func (w *world) sdkSends(t testing.TB, by *side, method string, p params) string {
	t.Helper()
	p["conversationId"], p["conversationKey"], p["conversationKeyVersion"] = string(pair), bytesOf(w.thread.Key.Reveal()), w.thread.KeyVersion
	var made payload
	w.must(by.name, method, &made, p)
	return w.sent(t, by, made.MessageID, made.EncryptedContent, made.EncodedEventSignature)
}

func (w *world) perchSends(t testing.TB, by *side, post xchat.MessagePost, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return w.sent(t, by, post.MessageID, post.Event, post.Signature)
}

// event is what the SDK reads in an event.
type event struct {
	Type, ID, SenderID, ConversationID string
	Verified                           bool
	Content                            map[string]json.RawMessage
	ReplyPreviewValidation             string
	MessageIDs                         []string
	DeleteForAll                       bool
	KeyVersion                         string
}

func (e event) text(name string) string {
	var text string
	_ = json.Unmarshal(e.Content[name], &text)
	return text
}

// sdkOpens has the SDK open an event with the keys that Perch has.
func (w *world) sdkOpens(reader *side, encoded string) (event, error) {
	ring := params{}
	for version, key := range w.ring[pair] {
		ring[version] = bytesOf(key.Reveal())
	}
	var e event
	err := w.call(reader.name, "decryptEvent", &e, encoded, ring, w.signers)
	return e, err
}
