package account

import (
	"context"
	"encoding/json"

	"perch/bridge"
)

// SettingAccount and the name of a channel make the setting that holds its account: the JSON of a bridge.Account, and more.
const SettingAccount = "account/"

// remembered is what the journal keeps of a channel's account, in one value so that the two never disagree.
type remembered struct {
	bridge.Account
	// Keys is Channel.Keys of when X told who the account is.
	Keys string `json:"keys,omitempty"`
}

// remember keeps whom the channel speaks for, and with which keys.
func (r *Registry) remember(ctx context.Context, ch *bridge.Channel, account bridge.Account) error {
	if account == r.Account(ch.Name) && ch.Keys == r.memory.keysOf(ch.Name) {
		return nil
	}
	value, _ := json.Marshal(remembered{account, ch.Keys}) // plain values only: cannot fail
	if err := r.journal.SetSetting(ctx, SettingAccount+ch.Name, string(value)); err != nil {
		return err
	}
	r.memory.set(ch.Name, account, ch.Keys)
	r.channels[ch.Name].newChat.Send()
	return nil
}

// KeptSettings is what Kept reads.
type KeptSettings interface {
	Setting(ctx context.Context, key string) (string, error)
}

// Kept is the account that a journal keeps for a channel; the zero one when X has not told it yet.
func Kept(ctx context.Context, journal KeptSettings, channel string) (bridge.Account, error) {
	value, err := journal.Setting(ctx, SettingAccount+channel)
	var kept remembered
	_ = json.Unmarshal([]byte(value), &kept) // nothing, or nothing that can be read, is not known
	return kept.Account, err
}
