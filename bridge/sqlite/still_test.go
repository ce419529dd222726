package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"perch/bridge"
)

// contents are the files of a folder with what is in them, but for the index of a WAL, which holds nothing of its own.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(e.Name(), "-shm") {
			all[e.Name()] = string(data)
		}
	}
	return all
}

// mustLeave returns the path of a journal with two messages, as a relay leaves it that ends, or that is killed.
func mustLeave(t *testing.T, isKilled bool) string {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, "perch.db")
	if !isKilled {
		t.Run("a relay", func(t *testing.T) { put(t, open(t, path), inbound("ann", "1"), outbound("r1")) })
		return path
	}
	s := journal(t)
	put(t, s, inbound("ann", "1"), outbound("r1"))
	for _, name := range []string{"", "-wal", "-shm"} {
		data, err := os.ReadFile(s.path + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func listStill(t *testing.T, path string) ([]*bridge.Delivery, error) {
	t.Helper()
	var list []*bridge.Delivery
	err := ReadStill(t.Context(), path, func(v *View) (err error) {
		list, err = v.List(t.Context(), bridge.Filter{})
		return err
	})
	return list, err
}

func TestReadingChangesNoByte(t *testing.T) {
	for name, isKilled := range map[string]bool{"ended": false, "killed": true} {
		t.Run(name, func(t *testing.T) {
			path := mustLeave(t, isKilled)
			before := contents(t, filepath.Dir(path))
			if _, hasWAL := before["perch.db-wal"]; hasWAL != isKilled {
				t.Fatal("the journal is not as such a relay leaves it: ", slices.Sorted(maps.Keys(before)))
			}
			for range 3 {
				if list, err := listStill(t, path); err != nil || len(list) != 2 || list[1].Text != "text of 1" || list[1].Event == nil {
					t.Fatalf("%+v, %v", list, err)
				}
			}
			if after := contents(t, filepath.Dir(path)); !maps.Equal(before, after) {
				t.Errorf("reading has changed something: %v", slices.Sorted(maps.Keys(after)))
			}
			if KeptUntil(path).IsZero() {
				t.Error("nobody knows until when it kept something")
			}
		})
	}
}

// Without the index of its WAL, as in a copy of two files, a journal is read all the same.
func TestAJournalWithoutTheIndexOfItsWALIsRead(t *testing.T) {
	path := mustLeave(t, true)
	if err := os.Remove(path + "-shm"); err != nil {
		t.Fatal(err)
	}
	if list, err := listStill(t, path); err != nil || len(list) != 2 {
		t.Errorf("%d messages, %v", len(list), err)
	}
}

// A journal is read from where nothing may be written: a medium that may only be read, somebody else's folder.
func TestAFolderThatMayOnlyBeRead(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	for name, c := range map[string]struct {
		isKilled, hasIndex bool
		says               string
	}{
		"ended": {}, "killed": {isKilled: true, hasIndex: true}, "killed, without the index": {isKilled: true, says: "its folder may not be written"},
	} {
		t.Run(name, func(t *testing.T) {
			path := mustLeave(t, c.isKilled)
			if c.isKilled && !c.hasIndex {
				if err := os.Remove(path + "-shm"); err != nil {
					t.Fatal(err)
				}
			}
			entries, err := os.ReadDir(filepath.Dir(path))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if err := os.Chmod(filepath.Join(filepath.Dir(path), e.Name()), 0o400); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(filepath.Dir(path), 0o700) })
			list, err := listStill(t, path)
			if c.says == "" && (err != nil || len(list) != 2) {
				t.Errorf("%d messages, %v", len(list), err)
			}
			if c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A relay that starts while somebody reads is not held up, and what is read in the end is what it has written.
func TestARelayThatStartsMeanwhile(t *testing.T) {
	for name, isKilled := range map[string]bool{"ended": false, "killed": true} {
		t.Run(name, func(t *testing.T) {
			path := mustLeave(t, isKilled)
			calls, n := 0, 0
			err := ReadStill(t.Context(), path, func(v *View) error {
				if calls++; calls == 1 {
					put(t, open(t, path), inbound("bo", "2"))
				}
				list, err := v.List(t.Context(), bridge.Filter{})
				n = len(list)
				return err
			})
			if err != nil || n != 3 {
				t.Errorf("%d messages after %d readings, %v", n, calls, err)
			}
			if !isKilled && calls < 2 {
				t.Error("what was read before the relay wrote counts")
			}
		})
	}
}

// A relay ends while somebody reads, and the journal is whole.
func TestARelayEndsWhileSomebodyReads(t *testing.T) {
	path := mustLeave(t, true)
	err := ReadStill(t.Context(), path, func(v *View) error {
		if _, err := v.List(t.Context(), bridge.Filter{}); err != nil {
			return err
		}
		s, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return s.Close()
	})
	if err != nil {
		t.Error(err)
	}
	if list, err := listStill(t, path); err != nil || len(list) != 2 {
		t.Errorf("%d messages, %v", len(list), err)
	}
}

func TestWhatIsInTheWayOfReading(t *testing.T) {
	write := func(text string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	change := func(statement string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			t.Helper()
			s, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.writer.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		make         func(t *testing.T, path string)
		says, remedy string
	}{
		"no journal":         {write("no database at all, but something else that is longer than a header of one hundred bytes has to be, to be sure"), "damaged", "restore a backup"},
		"of a newer Perch":   {change("PRAGMA user_version = 4711"), "written by a newer Perch", "perch version"},
		"of an earlier":      {change("ALTER TABLE message RENAME TO old; PRAGMA user_version = 1"), "written by an earlier Perch", "perch start"},
		"a table is missing": {change("DROP TABLE content"), "cannot be read", ""},
		"cut": {func(t *testing.T, path string) {
			t.Helper()
			change("INSERT INTO setting VALUES ('long', hex(zeroblob(200000)))")(t, path)
			if err := os.Truncate(path, 3*8192); err != nil {
				t.Fatal(err)
			}
		}, "damaged", "restore a backup"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "perch.db")
			c.make(t, path)
			_, err := listStill(t, path)
			var e *bridge.Error
			if !errors.As(err, &e) || !strings.Contains(e.Message, c.says) || !strings.Contains(e.Remedy, c.remedy) {
				t.Errorf("%v", err)
			}
		})
	}
	path := filepath.Join(t.TempDir(), "perch.db")
	if _, err := listStill(t, path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a journal: %v", err)
	}
	write("")(t, path)
	if _, err := listStill(t, path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a relay that was ended before it made one: %v", err)
	}
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(path); err != nil { // root and Windows read it all the same
		if _, err := listStill(t, path); err == nil || !strings.Contains(err.Error(), "this account may not read") {
			t.Errorf("of another account: %v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ReadStill(ctx, mustLeave(t, false), func(*View) error { return nil }); err == nil {
		t.Error("nobody waits any more, and it was read")
	}
}
