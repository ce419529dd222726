package oracle

import (
	"encoding/base64"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/wire"
)

// rounds is how many random messages go each way.
func rounds() int {
	if n, err := strconv.Atoi(os.Getenv("ROUNDS")); err == nil && n > 0 {
		return n
	}
	return 1000
}

// scripts are ranges of characters: Latin, accents, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai, kana, Chinese,
// Korean, emoji, joiners and selectors, tags, controls and beyond.
var scripts = [][2]rune{
	{0x20, 0x7e},
	{0xa0, 0x24f},
	{0x300, 0x36f},
	{0x370, 0x3ff},
	{0x400, 0x4ff},
	{0x590, 0x5ff},
	{0x600, 0x6ff},
	{0x900, 0x97f},
	{0xe00, 0xe7f},
	{0x3040, 0x30ff},
	{0x4e00, 0x9fff},
	{0xac00, 0xd7a3},
	{0x1f300, 0x1f9ff},
	{0x200b, 0x202e},
	{0xfe00, 0xfe0f},
	{0xe0020, 0xe007f},
	{0, 0x1f},
	{0x10fff0, 0x10ffff},
	{0xfff0, 0xffff},
}

func randomText(r *rand.Rand) string {
	lengths := []int{0, 1, 2, r.IntN(40), r.IntN(300), r.IntN(10_001)}
	n := lengths[r.IntN(len(lengths))]
	if r.IntN(100) == 0 {
		n = xchat.MaxText
	}
	var b strings.Builder
	script := scripts[r.IntN(len(scripts))]
	for range n {
		if r.IntN(8) == 0 {
			script = scripts[r.IntN(len(scripts))]
		}
		b.WriteRune(script[0] + r.Int32N(script[1]-script[0]+1))
	}
	return b.String()
}

// seeded makes the same numbers in every run; a failure names the message by its number.
func seeded(n uint64) *rand.Rand { return rand.New(rand.NewPCG(1, n)) }

// agree has both programs open an event with the same keys and compares their verdicts with each other and with want.
func (w *world) agree(t *testing.T, reader *side, encoded, name string, wants ...string) bool {
	t.Helper()
	perch := perchSays(&reader.r, encoded)
	sdk, err := w.sdkSays(reader, encoded)
	isWanted := len(wants) == 0
	for _, want := range wants {
		isWanted = isWanted || strings.HasPrefix(perch, want) && perch != nothing
	}
	if perch != sdk || !isWanted {
		t.Errorf("%s: Perch says %.200s, the SDK %.200s (%v), wanted %.200s", name, perch, sdk, err, wants)
		return false
	}
	return true
}

func TestMessagesEachWay(t *testing.T) {
	w := newWorld(t)
	for i := range rounds() {
		text := randomText(seeded(uint64(i)))
		by, to := w.customer, w.brand
		if i%2 == 1 {
			by, to = to, by
		}
		w.agree(t, to, w.sdkSends(t, by, "encryptMessage", params{"text": text}), "of the SDK "+strconv.Itoa(i), "message "+by.r.OwnID)
		draft := xchat.Draft{Text: text}
		if text == "" {
			draft.Files = []wire.Media{{HashKey: "Ab", Type: wire.MediaImage, Width: 1, Height: 2, Size: 3, Filename: "a.png"}}
		}
		post, err := by.w.Message(w.thread, draft)
		w.agree(t, to, w.perchSends(t, by, post, err), "of Perch "+strconv.Itoa(i), "message "+by.r.OwnID+" "+post.MessageID+" "+strconv.Quote(text))
	}
}

func TestRepliesEditsReactionsDeletions(t *testing.T) {
	w := newWorld(t)
	for i := range rounds() / 10 {
		r := seeded(uint64(i) + 1<<32)
		text, other := randomText(r), "x"+randomText(r)
		first := w.sdkSends(t, w.customer, "encryptMessage", params{"text": text})
		message, ok := w.brand.r.Open(first, xchat.Origin{}).(*xchat.Message)
		if !ok {
			t.Fatal("a message of the SDK does not open")
		}
		target := message.SequenceID
		name := strconv.Itoa(i)
		short := string([]rune(other)[:min(10, len([]rune(other)))])
		post, err := w.brand.w.Message(w.thread, xchat.Draft{Text: short, Answer: &xchat.Answered{Message: message, Event: first}})
		w.agree(t, w.customer, w.perchSends(t, w.brand, post, err), "reply of Perch "+name, "message "+brandID)
		w.agree(t, w.brand, w.sdkSends(t, w.customer, "encryptReply", params{"text": other, "replyToEvent": first}), "reply of the SDK "+name, "message "+customerID)
		w.agree(t, w.brand, w.sdkSends(t, w.customer, "encryptReply", params{"text": other, "replyToEvent": first, "replyToText": other + "y"}), "false reply "+name, "message "+customerID)
		edit := w.sdkSends(t, w.customer, "encryptEdit", params{"targetEvent": first, "updatedText": other})
		w.agree(t, w.brand, edit, "edit of the SDK "+name, "edit "+customerID)
		w.agree(t, w.brand, w.sdkSends(t, w.customer, "encryptReply", params{"text": other, "replyToEvent": first, "replyToEditEvent": edit}), "reply to an edit "+name, "message "+customerID)
		post, err = w.brand.w.Edit(w.thread, target, other[:1])
		w.agree(t, w.customer, w.perchSends(t, w.brand, post, err), "edit of Perch "+name, "edit "+brandID)
		for method, isRemoved := range map[string]bool{"encryptAddReaction": false, "encryptRemoveReaction": true} {
			w.agree(t, w.brand, w.sdkSends(t, w.customer, method, params{"targetEvent": first, "emoji": "👍🏽"}), method, "reaction "+customerID)
			post, err := w.brand.w.React(w.thread, target, "❤️", isRemoved)
			w.agree(t, w.customer, w.perchSends(t, w.brand, post, err), method+" of Perch", "reaction "+brandID)
		}
		for _, isForAll := range []bool{true, false} {
			var a action
			w.must("customer", "prepareMessageDelete", &a, params{"conversationId": string(pair), "sequenceIds": []string{target, "7"}, "deleteForAll": isForAll})
			w.agree(t, w.brand, w.acted(t, w.customer, a), "deletion of the SDK "+name, "delete "+customerID)
			d, err := w.brand.w.Delete(pair, []string{target, "7"}, isForAll)
			if err != nil {
				t.Fatal(err)
			}
			w.agree(t, w.customer, w.perchActed(t, w.brand, d.Signatures[0]), "deletion of Perch "+name, "delete "+brandID)
		}
	}
}

func TestKeyChangesEachWay(t *testing.T) {
	w := newWorld(t)
	participants := []xchat.Participant{}
	for _, one := range w.sides() {
		record, err := one.row.Verify()
		if err != nil {
			t.Fatal(err)
		}
		participants = append(participants, xchat.Participant{UserID: one.r.OwnID, Record: record})
	}
	newest := w.thread.KeyVersion
	for i := range rounds() / 20 {
		by, to := w.customer, w.brand
		if i%2 == 1 {
			by, to = to, by
		}
		post, thread, err := by.w.KeyChange(pair, participants, time.Now(), newest)
		if err != nil {
			t.Fatal(err)
		}
		newest = thread.KeyVersion
		w.checkChange(t, to, w.perchActed(t, by, post.Signatures[0]), thread)
		event, thread := w.changeKeys(t, by)
		w.checkChange(t, to, event, thread)
	}
}

// checkChange has both programs take a key out of a change of keys, and a message go under it.
func (w *world) checkChange(t *testing.T, reader *side, encoded string, want xchat.Thread) {
	t.Helper()
	var result struct {
		ConversationKeys struct{ Keys map[string]data }
		Errors           map[string]string
	}
	w.must(reader.name, "decryptEvents", &result, []string{encoded}, w.signers)
	change, ok := reader.r.Open(encoded, xchat.Origin{}).(*xchat.KeyChange)
	if !ok {
		t.Fatal("the change of keys does not open")
	}
	key, isVerified := change.Sending()
	if !isVerified || !key.Equal(want.Key) || result.ConversationKeys.Keys[want.KeyVersion] != bytesOf(want.Key.Reveal()) {
		t.Errorf("Perch: verified %v; the SDK has %d keys, errors %v", isVerified, len(result.ConversationKeys.Keys), result.Errors)
	}
	w.agree(t, reader, encoded, "change of keys", "key ")
}

func TestSignaturesBindingsAndFingerprintsAreTheSame(t *testing.T) {
	w := newWorld(t)
	for i := range rounds() {
		text := []byte(randomText(seeded(uint64(i) + 2<<32)))
		var theirs data
		w.must("brand", "sign", &theirs, bytesOf(text))
		ours, err := w.brand.w.Keys.Sign(text)
		if err != nil || bytesOf(ours) != theirs {
			t.Fatalf("signature %d is another one: %v", i, err)
		}
	}
	var fingerprint string
	w.must("brand", "getPublicKeyFingerprint", &fingerprint)
	if fingerprint != w.brand.w.Keys.Fingerprint() {
		t.Errorf("the fingerprint is %s, the SDK says %s", w.brand.w.Keys.Fingerprint(), fingerprint)
	}
	var isBound bool
	w.must("brand", "verifyKeyBinding", &isBound, w.brand.row.Identity, w.brand.row.Signing, w.brand.row.Binding)
	own, err := w.brand.w.Keys.Sign(w.brand.w.Keys.Identity().SPKI())
	if err != nil || !isBound || base64.StdEncoding.EncodeToString(own) != w.brand.row.Binding {
		t.Error("the binding is another one")
	}
}

func TestWrappedKeysAndBoxesOpenEachWay(t *testing.T) {
	w := newWorld(t)
	for i := range rounds() {
		key := keys.NewConversation()
		wrapped, err := key.Wrap(w.brand.w.Keys.Identity())
		if err != nil {
			t.Fatal(err)
		}
		var got data
		w.must("brand", "decryptConversationKey", &got, wrapped)
		if got != bytesOf(key.Reveal()) {
			t.Fatalf("wrapped key %d opens as another one", i)
		}
		text := randomText(seeded(uint64(i) + 3<<32))
		var sealed, plain string
		w.must("brand", "encrypt", &sealed, text, bytesOf(key.Reveal()))
		if opened, err := key.Open(raw(t, sealed)); err != nil || string(opened) != text {
			t.Fatalf("box %d of the SDK: %v", i, err)
		}
		ours, err := key.Seal([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		w.must("brand", "decrypt", &plain, base64.StdEncoding.EncodeToString(ours), bytesOf(key.Reveal()))
		if plain != text {
			t.Fatalf("box %d of Perch opens as another text", i)
		}
	}
}
