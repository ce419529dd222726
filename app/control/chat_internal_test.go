package control

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"perch/bridge"
)

func TestTheStatusShowsEncryptedChat(t *testing.T) {
	status := bridge.ChannelStatus{Chat: bridge.ChatStatus{State: bridge.ChatNeedsLogin, Detail: "log in", Fingerprint: "f", Conversations: 3, Unreadable: 2}}
	for want, c := range map[string]bridge.ChannelStatus{
		`"chat":{"state":"off","detail":"","fingerprint":"","conversations":0,"unreadable":0}`:                {},
		`"chat":{"state":"needs_login","detail":"log in","fingerprint":"f","conversations":3,"unreadable":2}`: status,
	} {
		if data, err := json.Marshal(fromChannel(c)); err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s, %v; want %s", data, err, want)
		}
	}
}

func TestBodiesWithSecretsShowNothing(t *testing.T) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb+verb, keysBody{"planted"}, pinBody{"planted", true}); strings.Contains(text, "planted") {
			t.Error(text)
		}
	}
}

func TestWhichChatNeedsALook(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]bool{
		"": false, bridge.ChatOff: false, bridge.ChatReady: false, bridge.ChatReadOnly: false, bridge.ChatDegraded: false,
		bridge.ChatWrongKeys: true, bridge.ChatNoRecord: true, bridge.ChatNeedsLogin: true,
	} {
		if got := (Chat{State: state}).NeedsLook(); got != want {
			t.Errorf("%q: %v", state, got)
		}
	}
}

func TestPeopleSeeTheIDThatTheSenderChose(t *testing.T) {
	for stored, want := range map[string]string{
		"900": "900", "900~77": "900", "900~77#2": "900#2", "9c0e5d0e-3a43": "9c0e5d0e-3a43", "~key:1": "~key:1", "900~78": "900~78", "": "",
	} {
		d := &bridge.Delivery{Direction: bridge.In, Kind: bridge.KindChat, PeerID: "77", XID: stored}
		if got := FromDelivery(d).XID; got != want {
			t.Errorf("%q is shown as %q", stored, got)
		}
	}
	if got := FromDelivery(&bridge.Delivery{Direction: bridge.Out, PeerID: "77", XID: "900~77"}).XID; got != "900~77" {
		t.Errorf("an answer is shown as %q", got)
	}
}
