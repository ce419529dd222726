package oracle

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"perch/bridge/xchat"
)

// victims are events of every signed kind, by both programs.
func (w *world) victims(t *testing.T) map[string]string {
	t.Helper()
	first := w.sdkSends(t, w.customer, "encryptMessage", params{"text": "first words"})
	message, ok := w.brand.r.Open(first, xchat.Origin{}).(*xchat.Message)
	if !ok {
		t.Fatal("a message of the SDK does not open")
	}
	var a action
	w.must("customer", "prepareMessageDelete", &a, params{"conversationId": string(pair), "sequenceIds": []string{"5", "7"}, "deleteForAll": true})
	post, err := w.customer.w.Message(w.thread, xchat.Draft{Text: "words of Perch"})
	reply, replyErr := w.customer.w.Message(w.thread, xchat.Draft{Text: "re", Answer: &xchat.Answered{Message: message, Event: first}})
	return map[string]string{
		"message of the SDK": first, "message of Perch": w.perchSends(t, w.customer, post, err), "change of keys": w.keyChange,
		"deletion": w.acted(t, w.customer, a), "edit": w.sdkSends(t, w.customer, "encryptEdit", params{"targetEvent": first, "updatedText": "new words"}),
		"reaction": w.sdkSends(t, w.customer, "encryptAddReaction", params{"targetEvent": first, "emoji": "❤️"}),
		"reply":    w.perchSends(t, w.customer, reply, replyErr),
	}
}

// tally counts verdicts over damaged events.
type tally struct{ tried, same, refused, differ, forged int }

// judge compares the verdicts over one damaged event. Nothing of it may come out but what was in the undamaged one.
func (w *world) judge(t *testing.T, n *tally, name, damaged, whole string) {
	t.Helper()
	n.tried++
	perch := perchSays(&w.brand.r, damaged)
	sdk, err := w.sdkSays(w.brand, damaged)
	switch perch {
	case whole:
		n.same++
	case nothing, "failure":
		n.refused++
	default:
		n.forged++
		t.Errorf("%s: Perch shows %.200s", name, perch)
	}
	if perch != sdk {
		n.differ++
		if n.differ < 40 {
			t.Errorf("%s: Perch says %.200s, the SDK %.200s (%v)", name, perch, sdk, err)
		}
	}
}

func TestNoFlippedBitMakesAForgery(t *testing.T) {
	w := newWorld(t)
	var n tally
	for name, encoded := range w.victims(t) {
		event, whole := raw(t, encoded), perchSays(&w.brand.r, encoded)
		step := 1
		if len(event) > 700 {
			step = 5 // most of it is the box; 5 meets every bit of a byte in turn
		}
		for bit := 0; bit < len(event)*8; bit += step {
			event[bit/8] ^= 1 << (bit % 8)
			w.judge(t, &n, fmt.Sprintf("%s, bit %d of byte %d", name, bit%8, bit/8), base64.StdEncoding.EncodeToString(event), whole)
			event[bit/8] ^= 1 << (bit % 8)
		}
	}
	t.Logf("%+v", n)
}

func TestNoDamageMakesAForgery(t *testing.T) {
	w := newWorld(t)
	var n tally
	for name, encoded := range w.victims(t) {
		event, whole := raw(t, encoded), perchSays(&w.brand.r, encoded)
		for i := range rounds() {
			damaged := damage(seeded(uint64(i)+4<<32), event)
			w.judge(t, &n, fmt.Sprintf("%s, damage %d", name, i), base64.StdEncoding.EncodeToString(damaged), whole)
		}
	}
	t.Logf("%+v", n)
}

// damage cuts, doubles, moves or overwrites a part of an event.
func damage(r *rand.Rand, event []byte) []byte {
	at, n := r.IntN(len(event)), 1+r.IntN(20)
	end := min(len(event), at+n)
	switch r.IntN(5) {
	case 0:
		return event[:at]
	case 1:
		return append(append([]byte(nil), event[:at]...), event[end:]...)
	case 2:
		return append(append([]byte(nil), event[:end]...), event[at:]...)
	case 3:
		return []byte(strings.Replace(string(event), string(event[at:end]), string(event[:end-at]), 1))
	}
	damaged := append([]byte(nil), event...)
	for i := at; i < end; i++ {
		damaged[i] = byte(r.Uint32())
	}
	return damaged
}
