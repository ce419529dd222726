package supervisor

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

// Keys of encrypted chat and tokens of a login are taken over without a question to X: whose they are was asked when they
// were stored. What is no key counts as none, and is in no log.
func TestChatKeysAndTokensAreTakenOver(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	b.x.Down()
	good := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 64)))
	for _, step := range []struct{ name, value string }{
		{"x.chat_keys", good}, {"x.chat_keys", "a-value-that-is-no-key"}, {"x.oauth2_access_token", "the-access-token 1795020983"}, {"x.oauth2_refresh_token", "the-refresh-token"},
	} {
		b.set(step.name, step.value)
		if result := b.reload(); result.Restart || !slices.Equal(result.Applied, []string{"support/" + step.name}) {
			t.Errorf("%s: %+v", step.name, result)
		}
	}
	if result := b.reload(); result.Restart || len(result.Applied) != 0 {
		t.Errorf("nothing has changed: %+v", result)
	}
	log := b.log()
	if !strings.Contains(log, "keys of encrypted chat cannot be used") {
		t.Error("a value that is no key is not told of")
	}
	for _, value := range []string{good, "a-value-that-is-no-key", "the-access-token", "the-refresh-token"} {
		if strings.Contains(log, value) {
			t.Errorf("%q is in the log", value)
		}
	}
}
