package settings

import (
	"context"
	"os"
	"regexp"

	"perch/app/config"
	"perch/bridge/secret"
)

// MoveSecrets moves all secrets of this home to the other place, "vault" or "keyring", and says so in perch.toml.
// Whatever goes wrong on the way, no secret is lost. A running relay has to be restarted.
func (l *Local) MoveSecrets(ctx context.Context, place string) error {
	c, _, problem := l.load(ctx)
	if problem != nil || c.Secrets == place {
		return problem
	}
	from, err := l.open(c.Secrets)
	if err != nil {
		return err
	}
	to, err := l.open(place)
	if err != nil {
		return err
	}
	_, err = MoveAll(ctx, l.home, from, to, place)
	return err
}

// MoveAll copies all secrets of a home from one store to another, which is at place ("vault" or "keyring"), says so in
// perch.toml, and only then deletes: whatever goes wrong on the way, no secret is lost. It returns how many there were.
func MoveAll(ctx context.Context, home config.Home, from, to secret.Store, place string) (int, error) {
	keys, err := copySecrets(ctx, from, to)
	if err != nil {
		return 0, err
	}
	if err := setSecretsPlace(home.Config(), place); err != nil {
		return 0, err
	}
	for _, key := range keys {
		if err := from.Delete(ctx, key); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}

func copySecrets(ctx context.Context, from, to secret.Store) ([]secret.Key, error) {
	keys, err := from.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		value, err := from.Get(ctx, key)
		if err != nil {
			return nil, err
		}
		if err := to.Set(ctx, key, value); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

var secretsLine = regexp.MustCompile(`(?m)^secrets\s*=\s*"[a-z]*"`)

// setSecretsPlace changes one line of perch.toml and leaves the rest, the admin's own comments too, as it is.
func setSecretsPlace(path, place string) error {
	text, err := os.ReadFile(path) //nolint:gosec // the program's own path
	if err != nil {
		return err
	}
	line := []byte(`secrets = "` + place + `"`)
	if secretsLine.Match(text) {
		text = secretsLine.ReplaceAll(text, line)
	} else {
		text = append(append(line, '\n'), text...)
	}
	next := path + ".new"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}
