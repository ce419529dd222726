package xsealed

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"perch/bridge/sim/xevents"
	"perch/bridge/sim/xstate"
	"perch/bridge/xchat/wire"
)

// golden are events that X's own Chat SDK has made.
type golden struct {
	Conversation string
	Accounts     []struct{ User, Version, Private string }
	Events       []struct{ Name, Event, Kind, Text, Version, Key string }
}

func readGolden(t *testing.T) (golden, map[string]*version) {
	t.Helper()
	raw, err := os.ReadFile("../../xchat/testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	x := New(xevents.NewEvents(xstate.NewState(xstate.Options{}, func() string { return "" }), nil), nil)
	people := map[string]*version{}
	for _, a := range g.Accounts {
		blob, err := base64.StdEncoding.DecodeString(a.Private)
		if err != nil {
			t.Fatal(err)
		}
		people[a.User] = x.newVersion(blob)
	}
	return g, people
}

// payloadOf is what is under the signature of an event; key is what a change of keys holds.
func payloadOf(e wire.Event, key []byte) []string {
	d := e.Detail
	switch d.Kind {
	case wire.KindKeyChange:
		return []string{"ConversationKeyChangeEvent", e.MessageID, e.SenderID, e.ConversationID, d.KeyChange.Version, b64n(key)}
	case wire.KindDelete:
		return append([]string{"MessageDeleteEvent", e.MessageID, e.SenderID, e.ConversationID, strconv.Itoa(int(d.Delete.Action))}, d.Delete.SequenceIDs...)
	}
	return []string{"MessageCreateEvent", e.MessageID, e.SenderID, e.ConversationID, d.Message.KeyVersion, b64n(d.Message.Contents)}
}

func TestItJudgesWhatTheSDKMadeAsTheSDKDoes(t *testing.T) {
	t.Parallel()
	g, people := readGolden(t)
	known, opened := map[string][]byte{}, 0
	for _, one := range g.Events {
		raw, err := base64.StdEncoding.DecodeString(one.Event)
		if err != nil {
			t.Fatal(err)
		}
		e, err := wire.ParseEvent(raw)
		if err != nil || e.Signature == nil {
			t.Errorf("%s: %v", one.Name, err)
			continue
		}
		var key []byte
		for _, p := range e.Detail.KeyChange.Participants {
			wrapped, _ := padded(p.Wrapped)
			got, ok := people[p.UserID].unwrap(wrapped)
			if !ok || b64(got) != one.Key {
				t.Errorf("%s: the copy of %s does not open", one.Name, p.UserID)
			}
			wrapped[len(wrapped)-1] ^= 1
			if _, ok := people[p.UserID].unwrap(wrapped); ok {
				t.Errorf("%s: a changed copy opens", one.Name)
			}
			key, known[e.Detail.KeyChange.Version] = got, got
		}
		parts, signing := payloadOf(e, key), people[e.SenderID].signing
		if !verifies(signing, e.Signature.Signature, parts...) {
			t.Errorf("%s: the signature does not verify", one.Name)
		}
		for i := range parts {
			changed := append([]string(nil), parts...)
			changed[i] += "1"
			if verifies(signing, e.Signature.Signature, changed...) {
				t.Errorf("%s: it verifies with another part %d", one.Name, i)
			}
		}
		if k := known[e.Detail.Message.KeyVersion]; k != nil {
			if _, ok := unbox(k, e.Detail.Message.Contents); !ok {
				t.Errorf("%s: it does not open", one.Name)
			}
			opened++
		}
	}
	if opened < 5 {
		t.Errorf("only %d messages were opened", opened)
	}
}

func TestSignaturesHaveOneForm(t *testing.T) {
	t.Parallel()
	_, people := readGolden(t)
	for _, v := range people {
		raw, err := v.private.Sign([]byte("a,b"))
		if err != nil {
			t.Fatal(err)
		}
		good := b64n(raw)
		for name, c := range map[string]struct {
			signature string
			parts     []string
			want      bool
		}{
			"good": {good, []string{"a", "b"}, true}, "a comma in a part": {good, []string{"a,b"}, false}, "padded": {b64(raw), []string{"a", "b"}, false},
			"short": {good[:80], []string{"a", "b"}, false}, "empty": {"", []string{"a", "b"}, false}, "no base64": {"<" + good[1:], []string{"a", "b"}, false},
		} {
			if got := verifies(v.signing, c.signature, c.parts...); got != c.want {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
}
