package supervisor

import (
	"context"

	"perch/app/backup"
	"perch/app/config"
	"perch/app/control"
)

var _ control.Backups = (*relay)(nil)

// keeperConfig is what the relay's backups are made of.
func (r *relay) keeperConfig() backup.KeeperConfig {
	c := backup.KeeperConfig{
		Home: r.Home, Log: r.log.Logger,
		Backup:   func() config.Backup { return r.setup().config.Backup },
		Channels: func() []string { return r.setup().config.ChannelNames() },
	}
	if r.Config.Secrets == config.SecretsKeyring {
		c.Keyring = r.Secrets
	}
	return c
}

// Backup implements control.Backups.
func (r *relay) Backup(ctx context.Context, request control.BackupRequest) (backup.Made, error) {
	if request.Path == "" {
		return r.backups.MakeInFolder(ctx)
	}
	return r.backups.Make(ctx, backup.Request{To: request.Path, Passphrase: request.Passphrase})
}
