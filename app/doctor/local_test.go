package doctor_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"perch/app/config"
	"perch/app/doctor"
	"perch/bridge"
	"perch/bridge/secret"
)

type fakeLock struct {
	taken, closed int
	err           error
}

func (l *fakeLock) take() (io.Closer, error) {
	l.taken++
	return l, l.err
}

func (l *fakeLock) Close() error {
	l.closed++
	return nil
}

// vault keeps the secrets of the world in a vault, and reads them with another passphrase.
func (w *world) vault(phrase secret.Passphrase) {
	w.Helper()
	w.Config.Secrets = config.SecretsVault
	if _, err := os.Stat(w.Home.Vault()); err != nil {
		right := secret.NewVault(w.Home.Vault(), secret.Fixed("the right passphrase"))
		for key, value := range w.Values {
			if err := right.Set(w.Context(), key, value); err != nil {
				w.Fatal(err)
			}
		}
	}
	w.read(secret.NewVault(w.Home.Vault(), phrase))
}

func (w *world) read(s secret.Store) {
	for key := range w.Values {
		if _, err := s.Get(w.Context(), key); err != nil {
			w.Values, w.SecretsErr = nil, err
			return
		}
	}
}

// sqlite runs a statement on the journal and keeps the connection until the end of the test.
func (w *world) sqlite(statement string) {
	w.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(w.Home.Journal()))
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(w.Context(), statement); err != nil {
		w.Fatal(err)
	}
}

func load(content string) func(*world) {
	return func(w *world) {
		mustWrite(w.T, w.Home.Config(), content)
		w.Config, w.ConfigErr = config.Load(w.Home.Config())
	}
}

func free(megabytes uint64) func(*world) {
	return func(w *world) { w.Free = func(string) (uint64, error) { return megabytes << 20, nil } }
}

func TestWhatIsWrongOnThisComputer(t *testing.T) {
	for _, b := range []broken{
		{name: "no configuration", check: "config", says: "no configuration", remedy: "perch init", spoil: func(w *world) {
			w.Config, w.ConfigErr = config.Load(w.Home.Config())
		}},
		{name: "unknown key", check: "config", says: "line 1", spoil: load("colour = 1\n")},
		{name: "several mistakes", check: "config", says: "mistakes", spoil: load("listen = \"x\"\nsecrets = \"paper\"\n")},
		{name: "not TOML", check: "config", says: "TOML", spoil: load("listen = \"127\n")},
		{name: "folder is a file", check: "folder", says: "cannot write", spoil: func(w *world) {
			w.Home, _ = config.FindHome(filepath.Join(mustWrite(w.T, filepath.Join(w.TempDir(), "file"), ""), "home"))
		}},
		{name: "disk full", check: "disk", says: "the disk is full", spoil: free(10)},
		{name: "disk nearly full", check: "disk", says: "nearly full", state: doctor.Warn, spoil: free(150)},
		{name: "journal damaged", check: "journal", says: "damaged", spoil: func(w *world) {
			mustWrite(w.T, w.Home.Journal(), strings.Repeat("this is no journal\n", 1000))
		}},
		{name: "journal of a newer Perch", check: "journal", says: "newer", remedy: "install that version", spoil: func(w *world) { w.sqlite("PRAGMA user_version = 9999") }},
		{name: "journal locked by another program", check: "journal", says: "another program", spoil: func(w *world) { w.sqlite("BEGIN EXCLUSIVE") }},
		{name: "journal read-only", check: "journal", says: "read-only", remedy: "chmod", spoil: func(w *world) {
			if err := os.Chmod(w.Home.Journal(), 0o400); err != nil {
				w.Fatal(err)
			}
		}},
		{name: "journal is a folder", check: "journal", says: "not a file", spoil: func(w *world) {
			if err := os.Remove(w.Home.Journal()); err != nil {
				w.Fatal(err)
			}
			if err := os.Mkdir(w.Home.Journal(), 0o700); err != nil {
				w.Fatal(err)
			}
		}},
		{name: "relay that does not answer", check: "journal", says: "does not answer", spoil: func(w *world) { w.Lock = (&fakeLock{err: doctor.ErrHeld}).take }},
		{name: "restore interrupted", check: "journal", says: "restore was interrupted", remedy: "perch start", spoil: func(w *world) { mustWrite(w.T, w.Home.Restoring(), "{}") }},
		{name: "backup late", check: "backup", says: "one every 24h", remedy: "perch backup", state: doctor.Warn, spoil: func(w *world) {
			w.Config.Backup.Every = "24h"
			mustWrite(w.T, w.Home.LastBackup(), `{"at":"`+time.Now().Add(-49*time.Hour).Format(time.RFC3339)+`","file":"/b/a.backup","bytes":1}`)
		}},
		{name: "others may read the journal", check: "files", says: "perch.db", remedy: "chmod 600", state: doctor.Warn, spoil: func(w *world) {
			if runtime.GOOS == "windows" {
				w.Skip("Windows has no such rights")
			}
			if err := os.Chmod(w.Home.Journal(), 0o644); err != nil {
				w.Fatal(err)
			}
		}},
		{name: "wrong passphrase", check: "secrets", says: "passphrase does not open", spoil: func(w *world) { w.vault(secret.Fixed("a wrong one")) }},
		{name: "no passphrase", check: "secrets", says: "passphrase", remedy: "PERCH_VAULT_PASSPHRASE_FILE", spoil: func(w *world) {
			w.vault(func(bool) (string, error) { return secret.SystemPassphrase("", nil, nil, io.Discard)(false) })
		}},
		{name: "vault damaged", check: "secrets", says: "damaged", spoil: func(w *world) {
			mustWrite(w.T, w.Home.Vault(), "no vault")
			w.vault(secret.Fixed("the right passphrase"))
		}},
		{name: "X keys not set", check: "x-secrets", says: "x.access_token", remedy: "perch secret set --channel support x.access_token", spoil: func(w *world) {
			delete(w.Values, secret.Key{Channel: "support", Name: "x.access_token"})
		}},
		{name: "no Motion password", check: "motion-secrets", says: "no files", state: doctor.Warn, spoil: func(w *world) { w.set("motion.password", "") }},
		{name: "port in use", check: "listen", says: "another program uses the port", spoil: func(w *world) { w.serve(http.NotFoundHandler()) }},
		{name: "old plugin has the port", check: "listen", says: "old Twitter plugin", remedy: "App Zone", spoil: func(w *world) { w.serve(oldPlugin()) }},
		{name: "another Perch has the port", check: "listen", says: "another Perch", spoil: func(w *world) {
			w.serve(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				http.Error(rw, `{"message":"there is nothing here"}`, http.StatusNotFound)
			}))
		}},
		{name: "address of another computer", check: "listen", says: "no address 192.0.2.1", spoil: func(w *world) { w.Config.Listen = "192.0.2.1:3002" }},
		{name: "old plugin beside", check: "old-plugin", says: "still runs", state: doctor.Warn, spoil: func(w *world) {
			s := httptest.NewServer(oldPlugin())
			w.Cleanup(s.Close)
			w.OldPlugin = strings.TrimPrefix(s.URL, "http://")
		}},
		{name: "old reply path on a public address", check: "legacy-path", says: "/sendMessage", state: doctor.Warn, spoil: func(w *world) {
			w.Config.LegacyReplyPath = true
			w.byWebhook(nil)
		}},
	} {
		t.Run(b.name, b.run)
	}
}

func TestKeyringThatIsNotThere(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the system always has a keyring")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	w := mustWorld(t)
	w.read(secret.NewKeyring("perch", filepath.Join(t.TempDir(), "lock")))
	first, _ := doctor.First(w.examine())
	if first.Check != "secrets" || !strings.Contains(first.Message, "keyring") || !strings.Contains(first.Remedy, "vault") {
		t.Errorf("%+v", first)
	}
}

func TestKeyringThatStaysLocked(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.Values, w.SecretsErr = nil, &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Message: "this computer's keyring does not answer; it may be waiting to be unlocked",
		Remedy: "unlock it at the desktop", Err: fmt.Errorf("%w: %w", secret.ErrUnavailable, context.DeadlineExceeded),
	}
	first, _ := doctor.First(w.examine())
	if first.Check != "secrets" || !strings.Contains(first.Message, "unlocked") {
		t.Errorf("%+v", first)
	}
}
