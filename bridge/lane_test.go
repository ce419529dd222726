package bridge_test

import (
	"testing"

	"perch/bridge"
)

// The keys are in the journals of those who use Perch: another form would part a conversation in two.
func TestConversationsKeepTheirKeys(t *testing.T) {
	for got, want := range map[string]string{
		bridge.InboundConversation("support", "7", false): "support/in/dm/7",
		bridge.InboundConversation("support", "7", true):  "support/in/post/7",
		bridge.DirectConversation("support", "7"):         "support/out/dm/7",
		bridge.HandleConversation("support", "AnnLee"):    "support/out/dm/@annlee",
		bridge.PostConversation("support", "99"):          "support/out/post/99",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
