package adapter

import (
	"context"
	"errors"

	"perch/app/config"
	"perch/bridge/secret"
)

// ReadSecrets reads all that the configuration may need. One that is not set is left out.
func ReadSecrets(ctx context.Context, store secret.Store, c *config.Config) (map[secret.Key]string, error) {
	values := map[secret.Key]string{}
	for _, key := range SecretKeys(c) {
		value, err := store.Get(ctx, key)
		switch {
		case errors.Is(err, secret.ErrNotSet):
		case err != nil:
			return nil, err
		default:
			values[key] = value
		}
	}
	return values, nil
}

// SecretKeys lists the secrets that a configuration can use: those of the channels, then those that Perch has once, then those
// of the alerts.
func SecretKeys(c *config.Config) []secret.Key {
	var keys []secret.Key
	for _, ch := range c.Channels {
		for _, name := range secret.ChannelNames() {
			keys = append(keys, secret.Key{Channel: ch.Name, Name: name})
		}
	}
	for _, name := range secret.GlobalNames() {
		keys = append(keys, secret.Key{Name: name})
	}
	for _, a := range c.Alerts {
		for _, name := range secret.AlertNames(a.Name) {
			keys = append(keys, secret.Key{Name: name})
		}
	}
	return keys
}
