package settings

import (
	"os"
	"testing"

	"perch/app/config"
	"perch/bridge/secret"
)

// mustAlone returns the settings of a home for whose vault nobody has left a passphrase, with the keyring absent.
func mustAlone(t *testing.T) *Local {
	t.Helper()
	l := mustSettings(t)
	for _, name := range []string{"PERCH_VAULT_PASSPHRASE_FILE", "DBUS_SESSION_BUS_ADDRESS"} {
		t.Setenv(name, "")
	}
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	return l
}

func TestVaultIsChosenAlthoughTheFileSaysKeyring(t *testing.T) {
	l := mustAlone(t)
	c := validConfig()
	c.Secrets = config.SecretsKeyring
	if _, err := l.SaveSettings(t.Context(), c, false); err != nil {
		t.Fatal(err)
	}
	if _, err := l.SetSecret(t.Context(), "support", "motion.password", "hush"); err == nil {
		t.Skip("there is a keyring here")
	}
	if err := l.UseVault(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.OpenVault(t.Context(), "a long passphrase", false); err != nil {
		t.Fatal(err)
	}
	if _, err := l.SetSecret(t.Context(), "support", "motion.password", "hush"); err != nil {
		t.Fatal(err)
	}
	s, err := New(l.home).Settings(t.Context())
	if err != nil || s.Config.Secrets != config.SecretsVault || s.SecretsProblem == nil {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestKeptPassphraseOfAVaultThatIsNotMadeYetMeansTheVault(t *testing.T) {
	l := mustAlone(t)
	if err := l.OpenVault(t.Context(), "a long passphrase", true); err != nil {
		t.Fatal(err)
	}
	state := New(l.home).VaultState(t.Context())
	if !state.Used || !state.Open || state.Exists {
		t.Errorf("%+v", state)
	}
}

func TestWrongKeptPassphraseIsNotOpen(t *testing.T) {
	l := mustAlone(t)
	if err := l.OpenVault(t.Context(), "the right passphrase", true); err != nil {
		t.Fatal(err)
	}
	if _, err := l.SetSecret(t.Context(), "support", "motion.password", "hush"); err != nil {
		t.Fatal(err)
	}
	if err := secret.KeepPassphrase(l.home.Passphrase(), "a wrong passphrase"); err != nil {
		t.Fatal(err)
	}
	again := New(l.home)
	if state := again.VaultState(t.Context()); state.Open || !state.Exists {
		t.Errorf("%+v", state)
	}
	if err := again.OpenVault(t.Context(), "the right passphrase", true); err != nil {
		t.Fatal(err)
	}
	if state := New(l.home).VaultState(t.Context()); !state.Open || !state.Unattended {
		t.Errorf("after it was given: %+v", state)
	}
	if err := New(l.home).OpenVault(t.Context(), "short", false); err == nil {
		t.Error("a wrong passphrase is taken")
	}
	if err := os.Remove(l.home.Vault()); err != nil {
		t.Fatal(err)
	}
	if err := New(l.home).OpenVault(t.Context(), "short", false); err == nil {
		t.Error("a short passphrase is taken for a new vault")
	}
}
