//go:build desktop

package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/bridge/secret"
	"perch/bridge/sim/tidy"
)

// inSession runs a script in a session bus of its own, with a home of its own, against the real keyring daemon.
func inSession(t *testing.T, script string) string {
	t.Helper()
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("needs %s: make test-desktop installs it", program)
		}
	}
	home := tidy.Folder(t) // the daemon's socket is in it
	phrase := filepath.Join(home, "phrase")
	if err := os.WriteFile(phrase, []byte("correct horse\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const prologue = `perch() { "$PERCH" --home "$HOME/perch" "$@"; }
unlock() { printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; }
end() { for id in $(pgrep -x gnome-keyring-d); do if grep -qz "^HOME=$HOME$" "/proc/$id/environ"; then kill "$id"; fi; done; }
setup() { perch init >/dev/null && sed -i 's#^secrets = .*#secrets = "keyring"#' "$HOME/perch/perch.toml"; }
`
	// The daemon outlives the script; the pipe that it holds open must not be waited for.
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "dbus-run-session", "--", "sh", "-c", prologue+script+"\nend; true")
	cmd.WaitDelay = 2 * time.Second
	cmd.Env = append(os.Environ(), "HOME="+home, "PERCH="+perchBinary, "PERCH_VAULT_PASSPHRASE_FILE="+phrase, "DISPLAY=")
	started := time.Now()
	out, _ := cmd.CombinedOutput() // the script's last command may fail on purpose
	if took := time.Since(started); took > 45*time.Second {
		t.Errorf("took %v", took)
	}
	return string(out)
}

func TestKeyringUnlockedMovesBothWays(t *testing.T) {
	out := inSession(t, `unlock; setup
echo value | perch secret set x.consumer_key && perch secret list
perch secret move vault && grep ^secrets "$HOME/perch/perch.toml" && perch secret list
perch secret move keyring && grep ^secrets "$HOME/perch/perch.toml" && perch secret list`)
	if strings.Count(out, "\nsupport/x.consumer_key\n") != 3 || !strings.Contains(out, `secrets = "vault"`) || !strings.Contains(out, `secrets = "keyring"`) {
		t.Errorf("%s", out)
	}
	if strings.Contains(out, "value\n") {
		t.Error("a value was shown")
	}
}

func TestKeyringAbsentAndLockedAreSaid(t *testing.T) {
	for name, script := range map[string]string{
		"absent": `setup; echo value | perch secret set x.consumer_key`,
		"locked": `unlock; setup; echo value | perch secret set x.consumer_key; end; sleep 0.5
gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; sleep 0.5; perch secret list`,
	} {
		t.Run(name, func(t *testing.T) {
			out := inSession(t, script)
			if !strings.Contains(out, "keyring cannot be used") || !strings.Contains(out, `secrets = "vault"`) {
				t.Errorf("%s", out)
			}
		})
	}
}

// Secrets of the real keyring go into a backup with a passphrase only, and come back with the same one only.
func TestKeyringIsBackedUpAndRestored(t *testing.T) {
	folder := t.TempDir()
	out := inSession(t, `unlock; setup; echo value-one | perch secret set x.consumer_key; perch urls >/dev/null
to='`+folder+`'
perch backup "$to/without.backup" </dev/null
printf 'a long passphrase' | perch backup "$to/one.backup" --passphrase-stdin
echo value-two | perch secret set x.consumer_key
printf 'a wrong passphrase' | perch restore "$to/one.backup" --yes --passphrase-stdin
printf 'a long passphrase' | perch backup "$to/two.backup" --passphrase-stdin >/dev/null
printf 'a long passphrase' | perch restore "$to/one.backup" --yes --passphrase-stdin
printf 'a long passphrase' | perch backup "$to/three.backup" --passphrase-stdin >/dev/null`)
	for _, want := range []string{"NOT in the backup", "secrets.age", "passphrase does not open the secrets in the backup", "starts paused"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	for name, want := range map[string]string{"one": "value-one", "two": "value-two", "three": "value-one"} {
		values, err := sealedIn(t, filepath.Join(folder, name+".backup"))
		if got := values[secret.Key{Channel: "support", Name: "x.consumer_key"}]; err != nil || got != want {
			t.Errorf("%s holds %q, want %q: %v", name, got, want, err)
		}
	}
	if strings.Contains(out, "value-") {
		t.Error("a value was shown")
	}
}

// sealedIn opens the secrets in a backup.
func sealedIn(t *testing.T, path string) (map[secret.Key]string, error) {
	t.Helper()
	folder := t.TempDir()
	if text, err := exec.CommandContext(t.Context(), "tar", "-xzf", path, "-C", folder, "secrets.age").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return secret.UnsealFile(filepath.Join(folder, "secrets.age"), "a long passphrase")
}
