package secret_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"perch/bridge"
	"perch/bridge/secret"
)

func clearSources(t *testing.T) {
	t.Helper()
	for _, name := range []string{"CREDENTIALS_DIRECTORY", secret.EnvPassphraseFile, secret.EnvPassphrase} {
		t.Setenv(name, "")
	}
}

func phraseFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestSystemPassphrase_TakesTheFirstSource(t *testing.T) {
	clearSources(t)
	var log bytes.Buffer
	ask := secret.SystemPassphrase("", slog.New(slog.NewTextHandler(&log, nil)), strings.NewReader(""), &bytes.Buffer{})
	steps := []struct {
		name, value, want string
	}{
		{secret.EnvPassphrase, "from the environment", "from the environment"},
		{secret.EnvPassphraseFile, phraseFile(t, "phrase", " from a file \n"), " from a file "},
		{"CREDENTIALS_DIRECTORY", t.TempDir(), " from a file "}, // other credentials only
		{"CREDENTIALS_DIRECTORY", filepath.Dir(phraseFile(t, "perch-vault", "from systemd\r\n")), "from systemd"},
	}
	for i, step := range steps {
		t.Setenv(step.name, step.value)
		if got, err := ask(i%2 == 0); err != nil || got != step.want {
			t.Errorf("%s: %q, %v", step.name, got, err)
		}
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 1 || strings.Contains(log.String(), "from the env") {
		t.Errorf("log: %s", log.String())
	}
}

func TestKeptPassphrase(t *testing.T) {
	clearSources(t)
	kept := filepath.Join(t.TempDir(), "deep", "vault-passphrase")
	ask := secret.SystemPassphrase(kept, slog.New(slog.DiscardHandler), strings.NewReader(""), nil)
	if secret.HasPassphrase(kept) {
		t.Error("one that was not kept is there")
	}
	for _, phrase := range []string{"first", "second one"} {
		must(t, secret.KeepPassphrase(kept, phrase))
		if got, err := ask(false); err != nil || got != phrase || !secret.HasPassphrase(kept) {
			t.Errorf("%q, %v, want %q", got, err, phrase)
		}
	}
	if info, err := os.Stat(kept); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := secret.KeepPassphrase(kept, ""); err == nil {
		t.Error("an empty one is kept")
	}
	must(t, os.Chmod(kept, 0o640))
	if _, err := ask(false); runtime.GOOS == "windows" {
		must(t, err) // the folder says who may read it
	} else if err == nil || !strings.Contains(wantKind(t, err, bridge.Operator).Remedy, "chmod 600") {
		t.Errorf("one that others can read: %v", err)
	}
	t.Setenv(secret.EnvPassphrase, "said")
	if got, err := ask(false); err != nil || got != "said" {
		t.Errorf("what is said here and now does not win: %q, %v", got, err)
	}
}

func TestSystemPassphrase_TrimsOneNewlineOnly(t *testing.T) {
	clearSources(t)
	ask := secret.SystemPassphrase("", slog.New(slog.DiscardHandler), strings.NewReader(""), nil)
	for content, want := range map[string]string{"a\n\n": "a\n", "a": "a", "a\r\n": "a", strings.Repeat("x", 1024) + "\r\n": strings.Repeat("x", 1024)} {
		t.Setenv(secret.EnvPassphraseFile, phraseFile(t, "phrase", content))
		if got, err := ask(false); err != nil || got != want {
			t.Errorf("%q gives %q, %v", content, got, err)
		}
	}
}

func TestSystemPassphrase_SaysWhatIsWrong(t *testing.T) {
	clearSources(t)
	ask := secret.SystemPassphrase("", slog.New(slog.DiscardHandler), strings.NewReader(""), nil)
	for path, want := range map[string]string{
		filepath.Join(t.TempDir(), "missing"):                 "cannot be read",
		t.TempDir():                                           "cannot be read",
		phraseFile(t, "empty", "\n"):                          "holds no passphrase",
		phraseFile(t, "long", strings.Repeat("geheim", 1000)): "more than a passphrase",
	} {
		t.Setenv(secret.EnvPassphraseFile, path)
		_, err := ask(false)
		if e := wantKind(t, err, bridge.Operator); !strings.Contains(e.Message, want) || !strings.Contains(e.Message, path) || strings.Contains(e.Error(), "geheim") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestSystemPassphrase_SaysHowToGiveOne(t *testing.T) {
	clearSources(t)
	if f, err := os.Open("/dev/tty"); err == nil {
		_ = f.Close()
		t.Skip("there is a terminal that would be asked")
	}
	_, err := secret.SystemPassphrase("", slog.New(slog.DiscardHandler), strings.NewReader(""), nil)(false)
	e := wantKind(t, err, bridge.Operator)
	for _, way := range []string{"terminal", secret.EnvPassphraseFile, "credential perch-vault", "perch secret keep", "window"} {
		if !errors.Is(err, secret.ErrNoPassphrase) || !strings.Contains(e.Remedy, way) {
			t.Errorf("remedy %q", e.Remedy)
		}
	}
}
