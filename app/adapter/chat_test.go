package adapter_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"perch/app/adapter"
	"perch/app/config"
	"perch/bridge/secret"
)

func TestChatKeysAreReadOrAreNone(t *testing.T) {
	t.Parallel()
	key := secret.Key{Channel: "support", Name: "x.chat_keys"}
	good := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 64)))
	for text, isThere := range map[string]bool{"": false, good: true, "not a key at all": false} {
		values := map[secret.Key]string{key: text}
		chat, err := adapter.ChatKeys("support", values)
		if chat.IsZero() == isThere || (err != nil) != (!isThere && text != "") {
			t.Errorf("%q: %v, %v", text, chat.IsZero(), err)
		}
		if err != nil && strings.Contains(err.Error(), "not a key") {
			t.Error("the error holds the value")
		}
		if w := adapter.Wanted(config.DefaultChannel("support"), values); w.Chat != isThere {
			t.Errorf("%q: %+v", text, w)
		}
	}
}
