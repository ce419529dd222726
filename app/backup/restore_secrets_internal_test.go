package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perch/bridge/secret"
)

func TestSecretsGoBackIntoTheKeyring(t *testing.T) {
	t.Parallel()
	token, password := secret.Key{Channel: "support", Name: "x.access_token"}, secret.Key{Channel: "support", Name: "motion.password"}
	others := secret.Key{Channel: "elsewhere", Name: "x.access_token"}
	home := newHome(t, acme)
	keyring := secret.NewMemory(map[secret.Key]string{token: "old", password: "same", others: "another home's"})
	path := mustMake(t, home, func(o *Options) { o.Keyring, o.Channels, o.Passphrase = keyring, []string{"support"}, phrase })
	must(t, keyring.Set(t.Context(), token, "new"))
	before := snapshot(t, filepath.Dir(home.Config()))
	o := restoreOf(home, path)
	o.Keyring = func() (secret.Store, error) { return keyring, nil }
	o.Passphrase = func() (string, error) { return "a wrong passphrase", nil }
	_, err := Prepare(t.Context(), o)
	wantSaid(t, err, "passphrase does not open", "--without-secrets", "nothing was changed")
	sameFiles(t, before, snapshot(t, filepath.Dir(home.Config())))
	wantSecret(t, keyring, token, "new")

	o.Passphrase = func() (string, error) { return phrase, nil }
	done, err := mustPrepare(t, o).Commit(t.Context())
	must(t, err)
	wantSecret(t, keyring, token, "old")
	wantSecret(t, keyring, others, "another home's")
	kept, err := secret.UnsealFile(filepath.Join(done.Kept, keptSecrets), phrase)
	if err != nil || kept[token] != "new" || kept[password] != "same" || len(kept) != 2 {
		t.Errorf("%d secrets are kept, %v", len(kept), err)
	}
}

func TestSecretsAreLeftOutWhenItIsSaid(t *testing.T) {
	t.Parallel()
	token := secret.Key{Channel: "support", Name: "x.access_token"}
	home, keyring := newHome(t, acme), secret.NewMemory(map[secret.Key]string{token: "old"})
	path := mustMake(t, home, func(o *Options) { o.Keyring, o.Channels, o.Passphrase = keyring, []string{"support"}, phrase })
	must(t, keyring.Set(t.Context(), token, "new"))
	_, err := mustPrepare(t, RestoreOptions{Home: home, Path: path, WithoutSecrets: true}).Commit(t.Context())
	must(t, err)
	wantSecret(t, keyring, token, "new")
}

func wantSecret(t *testing.T, store secret.Store, key secret.Key, want string) {
	t.Helper()
	if got, err := store.Get(t.Context(), key); err != nil || got != want {
		t.Errorf("%s is not the one that was expected, %v", key, err)
	}
}

// A keyring that fails in the middle is told of; once it works the restore is made once more.
func TestAKeyringThatFails(t *testing.T) {
	t.Parallel()
	token := secret.Key{Channel: "support", Name: "x.access_token"}
	home, keyring := newHome(t, acme), secret.NewMemory(map[secret.Key]string{token: "old"})
	path := mustMake(t, home, func(o *Options) { o.Keyring, o.Channels, o.Passphrase = keyring, []string{"support"}, phrase })
	o := restoreOf(home, path)
	o.Keyring = func() (secret.Store, error) { return locked{keyring}, nil }
	o.Passphrase = func() (string, error) { return phrase, nil }
	r := mustPrepare(t, o)
	_, err := r.Commit(t.Context())
	wantSaid(t, err, "has begun and could not be finished", "perch start")
	r.Close()
	wantSaid(t, CheckPending(home, "look"), "interrupted", "perch start")
	_, err = Make(t.Context(), Options{Home: home, To: filepath.Join(t.TempDir(), "b.backup")})
	wantSaid(t, err, "interrupted", "perch start")
	finished, err := Finish(home)
	if err != nil || !finished.OpenSecrets || !strings.Contains(finished.Sentence(), "perch restore once more") {
		t.Errorf("%+v, %v", finished, err)
	}
	must(t, CheckPending(home, "look"))
	o.Keyring = func() (secret.Store, error) { return keyring, nil }
	_, err = mustPrepare(t, o).Commit(t.Context())
	must(t, err)
}

// locked is a keyring that takes nothing.
type locked struct{ *secret.Memory }

func (locked) Set(ctx context.Context, _ secret.Key, _ string) error {
	return errors.Join(errors.New("the keyring is locked"), ctx.Err())
}

// The passphrase that Perch keeps stays when it opens the vault of the backup, and is put aside when it does not.
func TestTheKeptPassphraseOfTheVault(t *testing.T) {
	t.Parallel()
	for kept, stays := range map[string]bool{phrase: true, "the passphrase of a later vault": false} {
		home := newHome(t, acme)
		path := mustMake(t, home)
		must(t, secret.KeepPassphrase(home.Passphrase(), kept))
		r := mustPrepare(t, restoreOf(home, path))
		done, err := r.Commit(t.Context())
		must(t, err)
		_, atKept := os.Stat(filepath.Join(done.Kept, filepath.Base(home.Passphrase())))
		if exists(home.Passphrase()) != stays || (atKept == nil) == stays {
			t.Errorf("%q: stays %t, %v", kept, exists(home.Passphrase()), atKept)
		}
		if said := strings.Join(r.Remarks, "\n"); strings.Contains(said, "perch secret keep") == stays || strings.Contains(said, kept) {
			t.Errorf("remarks %q", said)
		}
	}
}
