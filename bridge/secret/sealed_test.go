package secret_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"perch/bridge/secret"
)

func TestSealedSecretsOpenWithTheirPassphraseOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sealed.age")
	want := map[secret.Key]string{support: "one", {Name: "reach.ngrok_token"}: "two"}
	must(t, secret.SealFile(path, "correct horse", want))
	if info, err := os.Stat(path); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
		t.Errorf("%v, %v", info, err)
	}
	if got, err := secret.UnsealFile(path, "correct horse"); err != nil || !maps.Equal(got, want) {
		t.Errorf("%d secrets, %v", len(got), err)
	}
	if got, err := secret.UnsealFile(path, "another horse"); !errors.Is(err, secret.ErrWrongPassphrase) || got != nil {
		t.Errorf("%d secrets, %v", len(got), err)
	}
	must(t, os.WriteFile(path, []byte("no vault"), 0o600))
	if _, err := secret.UnsealFile(path, "correct horse"); !errors.Is(err, secret.ErrDamaged) {
		t.Error(err)
	}
	if err := secret.SealFile(filepath.Join(t.TempDir(), "no", "folder"), "correct horse", want); err == nil {
		t.Error("written into a folder that is not there")
	}
}
