package adapter

import (
	"perch/bridge/secret"
	"perch/bridge/xchat/keys"
)

// ChatKeys are the private keys of a channel's encrypted chat; the zero value when there are none. The error says that what
// is stored is none, and holds nothing of it.
func ChatKeys(channel string, values map[secret.Key]string) (keys.Private, error) {
	text := values[secret.Key{Channel: channel, Name: "x.chat_keys"}]
	if text == "" {
		return keys.Private{}, nil
	}
	return keys.Import(text, "") // the account is needed for a file of several accounts only, which is never stored
}
