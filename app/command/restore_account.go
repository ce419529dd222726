package command

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"perch/app/adapter"
	"perch/app/backup"
	"perch/app/config"
	"perch/app/settings"
	"perch/bridge/secret"
)

// configured tells for which accounts the keys of a home are: X's access tokens begin with the account's id. Nobody is asked
// for a passphrase because of that.
func configured(ctx context.Context, home config.Home, log *slog.Logger) []backup.Channel {
	c, err := config.Load(home.Config())
	if err != nil || (c.Secrets == config.SecretsVault && !secret.HasPassphrase(home.Passphrase())) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, keyringTime)
	defer cancel()
	store, err := settings.OpenStore(home, c.Secrets, secret.SystemPassphrase(home.Passphrase(), log, strings.NewReader(""), io.Discard))
	if err != nil {
		return nil
	}
	values, err := adapter.ReadSecrets(ctx, store, c)
	if err != nil {
		return nil
	}
	var list []backup.Channel
	for _, name := range c.ChannelNames() {
		id, _, hasRest := strings.Cut(adapter.XKeys(name, values).AccessToken, "-")
		if _, err := strconv.ParseUint(id, 10, 64); err == nil && hasRest {
			list = append(list, backup.Channel{Name: name, AccountID: id})
		}
	}
	return list
}
