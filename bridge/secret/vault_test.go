package secret_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/sim/tidy"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("SECRET_TEST_VAULT"); path != "" {
		os.Exit(setInChild(path, os.Getenv("SECRET_TEST_CHANNEL")))
	}
	os.Exit(tidy.Run(m.Run))
}

func setInChild(path, channel string) int {
	for _, name := range secret.ChannelNames() {
		if err := newVault(path).Set(context.Background(), secret.Key{Channel: channel, Name: name}, "v"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return 0
}

func TestVault_LosesNothingBetweenProcesses(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there the later one wins")
	}
	path := filepath.Join(t.TempDir(), "vault.age")
	var children []*exec.Cmd
	for i := range 3 {
		child := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this test
		child.Env = append(os.Environ(), "SECRET_TEST_VAULT="+path, fmt.Sprint("SECRET_TEST_CHANNEL=c", i))
		child.Stderr = os.Stderr
		must(t, child.Start())
		children = append(children, child)
	}
	for _, child := range children {
		must(t, child.Wait())
	}
	if got, err := newVault(path).List(t.Context()); err != nil || len(got) != 3*len(secret.ChannelNames()) {
		t.Errorf("%d keys, %v", len(got), err)
	}
}

func TestVault_AsksOnceAndOnlyWhenNeeded(t *testing.T) {
	t.Parallel()
	path, ctx := filepath.Join(t.TempDir(), "vault.age"), t.Context()
	var asked []bool
	ask := func(isNew bool) (string, error) {
		asked = append(asked, isNew)
		return phrase, nil
	}
	v := secret.NewVault(path, ask).WithWork(quick)
	_, err := v.Get(ctx, support)
	wantKind(t, err, bridge.Operator)
	wantKind(t, v.Delete(ctx, support), bridge.Operator)
	if len(asked) != 0 {
		t.Error("asked although there is nothing to open")
	}
	must(t, v.Set(ctx, support, "v"))
	must(t, v.Set(ctx, sales, "v"))
	again := secret.NewVault(path, ask).WithWork(quick)
	for range 3 {
		_, err := again.Get(ctx, support)
		must(t, err)
	}
	if fmt.Sprint(asked) != "[true false]" {
		t.Errorf("asked %v", asked)
	}
}

func TestVault_SeesChangesOfOthers(t *testing.T) {
	t.Parallel()
	path, ctx := filepath.Join(t.TempDir(), "vault.age"), t.Context()
	relay, command := newVault(path), newVault(path)
	must(t, relay.Set(ctx, support, "old"))
	must(t, command.Set(ctx, support, "new"))
	if got, err := relay.Get(ctx, support); err != nil || got != "new" {
		t.Errorf("Get = %q, %v", got, err)
	}
	must(t, os.Remove(path))
	if _, err := relay.Get(ctx, support); !errors.Is(err, secret.ErrNotSet) {
		t.Errorf("after the file went: %v", err)
	}
	other := secret.NewVault(path, secret.Fixed("another passphrase")).WithWork(quick)
	must(t, other.Set(ctx, support, "theirs"))
	if _, err := relay.Get(ctx, support); !errors.Is(err, secret.ErrWrongPassphrase) {
		t.Errorf("after another passphrase: %v", err)
	}
}

func TestVault_OpensInAnotherHome(t *testing.T) {
	t.Parallel()
	from, to, ctx := filepath.Join(t.TempDir(), "vault.age"), filepath.Join(t.TempDir(), "vault.age"), t.Context()
	must(t, newVault(from).Set(ctx, support, "v"))
	data, err := os.ReadFile(from)
	must(t, err)
	if !bytes.Contains(data, []byte("age-encryption.org")) || bytes.Contains(data, []byte("consumer_key")) {
		t.Error("the file is not encrypted")
	}
	must(t, os.WriteFile(to, data, 0o600))
	if got, err := newVault(to).Get(ctx, support); err != nil || got != "v" {
		t.Errorf("Get = %q, %v", got, err)
	}
}

func TestVault_LeavesOneFileForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	v := secret.NewVault(filepath.Join(folder, "vault.age"), secret.Fixed(phrase)) // as in the product
	must(t, v.Set(t.Context(), support, "v"))
	entries, err := os.ReadDir(folder)
	must(t, err)
	var names []string
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", e.Name(), info.Mode().Perm())
		}
		names = append(names, e.Name())
	}
	if strings.Join(names, " ") != "vault.age vault.age.lock" {
		t.Errorf("files %v", names)
	}
	data, err := os.ReadFile(filepath.Join(folder, "vault.age"))
	must(t, err)
	if header := strings.Split(string(data), "\n")[1]; !strings.HasPrefix(header, "-> scrypt ") || !strings.HasSuffix(header, " 15") {
		t.Errorf("header %q", header)
	}
}

func TestVault_TellsWhatIsWrongWithTheFile(t *testing.T) {
	t.Parallel()
	good := sealed(t, map[string]string{"support/x.consumer_key": "v"}, quick)
	for name, c := range map[string]struct {
		file []byte
		is   error
		says string
	}{
		"another passphrase": {is: secret.ErrWrongPassphrase, says: "passphrase does not open"},
		"empty":              {file: []byte{}, is: secret.ErrDamaged, says: "damaged"},
		"text":               {file: []byte("consumer_key = 1\n"), is: secret.ErrDamaged, says: "damaged"},
		"cut":                {file: good[:len(good)-5], is: secret.ErrDamaged, says: "damaged"},
		"a bit flipped":      {file: append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1), is: secret.ErrDamaged, says: "damaged"},
		"too long":           {file: append(bytes.Clone(good), make([]byte, 1<<20)...), is: secret.ErrDamaged, says: "damaged"},
		"not for a passphrase": {
			file: bytes.Replace(good, []byte("-> scrypt"), []byte("-> X25519"), 1), is: secret.ErrDamaged, says: "damaged",
		},
		"two recipients": {file: bytes.Replace(good, []byte("\n---"), []byte("\n-> other a\n\n---"), 1), is: secret.ErrDamaged, says: "damaged"},
		"too costly": {
			file: bytes.Replace(good, []byte(" 4\n"), []byte(" 21\n"), 1), is: secret.ErrDamaged, says: "too much computing",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, with := filepath.Join(t.TempDir(), "vault.age"), phrase
			if c.file == nil {
				c.file, with = good, "not it"
			}
			must(t, os.WriteFile(path, c.file, 0o600))
			v := secret.NewVault(path, secret.Fixed(with)).WithWork(quick)
			_, err := v.Get(t.Context(), support)
			e := wantKind(t, err, bridge.Operator)
			if !errors.Is(err, c.is) || !strings.Contains(e.Message, c.says) || !strings.Contains(e.Message, path) {
				t.Error(err)
			}
			if err := v.Set(t.Context(), support, "w"); !errors.Is(err, c.is) {
				t.Errorf("Set gives %v", err)
			}
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, c.file) {
				t.Error("the file was changed")
			}
		})
	}
	t.Run("a folder", func(t *testing.T) {
		t.Parallel()
		_, err := newVault(t.TempDir()).Get(t.Context(), support)
		if e := wantKind(t, err, bridge.Operator); errors.Is(err, secret.ErrDamaged) || !strings.Contains(e.Message, "cannot be read") {
			t.Error(err)
		}
	})
	t.Run("no permission", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "vault.age")
		must(t, os.WriteFile(path, good, 0o000))
		if f, err := os.Open(path); err == nil {
			_ = f.Close()
			t.Skip("this account may read everything")
		}
		_, err := newVault(path).Get(t.Context(), support)
		if e := wantKind(t, err, bridge.Operator); !strings.Contains(e.Message, "cannot be read") {
			t.Error(err)
		}
	})
}

func TestVault_KeepsNamesOfANewerPerch(t *testing.T) {
	t.Parallel()
	path, ctx := filepath.Join(t.TempDir(), "vault.age"), t.Context()
	must(t, os.WriteFile(path, sealed(t, map[string]string{"reach.new_token": "n"}, quick), 0o600))
	v := newVault(path)
	must(t, v.Set(ctx, support, "v"))
	if keys, err := v.List(ctx); err != nil || len(keys) != 1 {
		t.Errorf("List = %v, %v", keys, err)
	}
	must(t, v.Delete(ctx, support))
	before, err := os.ReadFile(path)
	must(t, err)
	if len(before) <= len(sealed(t, map[string]string{}, quick)) {
		t.Error("the unknown name is gone")
	}
}

func TestVault_SaysWhenItCannotBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	err := newVault(filepath.Join(file, "vault.age")).Set(t.Context(), support, "v")
	wantKind(t, err, bridge.Operator)
}

func BenchmarkVault_Open(b *testing.B) {
	path := filepath.Join(b.TempDir(), "vault.age")
	must(b, secret.NewVault(path, secret.Fixed(phrase)).Set(b.Context(), support, "v"))
	for b.Loop() {
		_, err := secret.NewVault(path, secret.Fixed(phrase)).Get(b.Context(), support)
		must(b, err)
	}
}

func BenchmarkVault_Get(b *testing.B) {
	v := newVault(filepath.Join(b.TempDir(), "vault.age"))
	must(b, v.Set(b.Context(), support, "v"))
	for b.Loop() {
		_, err := v.Get(b.Context(), support)
		must(b, err)
	}
}

func sealed(tb testing.TB, values map[string]string, work int) []byte {
	tb.Helper()
	data, err := secret.Seal(values, phrase, work)
	must(tb, err)
	return data
}
