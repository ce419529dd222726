package settings

import (
	"slices"
	"strings"
	"testing"
)

func TestKeysOfEncryptedChatAreImportedTriedAndForgotten(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.Press("support")
	r.MustSee("Encrypted chat", "No key", "This key can read all encrypted messages", "Paste the key")
	r.MustNotSee("Forget the key")
	r.Fill("Paste the key", "foreign-keys")
	r.Press("Import")
	r.MustSee("These keys do not belong to @acme_support.", "Get them from the account's own backup.")
	r.MustNotSee("foreign-keys")
	r.Fill("Paste the key", "own-keys")
	r.Press("Import")
	r.Refresh()
	r.MustSee("Ready", "Fingerprint of the key: jQ1M5u", "Conversations: 12", "The keys of @acme_support are stored.")
	r.MustNotSee("own-keys")
	r.Press("Test")
	r.MustSee("The keys are those of @acme_support and work.")
	r.Press("Forget the key")
	r.MustSee("Forget the key?")
	r.Press("Cancel")
	if got := r.Chat.Acts(); !slices.Equal(got, []string{"import support", "check support"}) {
		t.Errorf("%q", got)
	}
}

func TestAPINIsTriedOnceAndOnlyWhenSomebodySaysSo(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.Press("support")
	r.Fill("PIN", "9999")
	r.Press("Get the key")
	r.MustSee("Try this PIN?", "one of 20 guesses")
	if len(r.Chat.Acts()) != 0 {
		t.Fatal("it was tried before anybody said so")
	}
	r.Press("Try it")
	r.MustSee("The PIN is wrong")
	if strings.Contains(r.AllText(), "9999") {
		t.Error("the PIN is shown")
	}
	r.Chat.Left = 2
	r.Fill("PIN", "1234")
	r.Press("Get the key")
	r.Press("Try it")
	r.MustSee("Go on with few guesses left?", "Only 2 guesses are left")
	if got := r.Chat.Acts(); !slices.Equal(got, []string{"guess support"}) {
		t.Errorf("%q", got)
	}
	r.Press("Try it")
	r.Refresh()
	r.MustSee("Ready", "The keys are back.")
}
