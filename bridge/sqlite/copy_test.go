package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"perch/bridge"
)

func mustView(t *testing.T, path string) *View {
	t.Helper()
	v, err := OpenView(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v
}

// What was acknowledged before a copy began is in it, however much is written meanwhile.
func TestCopyHoldsWhatWasOnDiskWhenItBegan(t *testing.T) {
	t.Parallel()
	s := journal(t)
	put(t, s, inbound("ann", "1"), outbound("r1"))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var kept atomic.Int64
	progress := make(chan struct{}, 400) // how far the writers may be ahead: a fast disk would give the copy ever more to do
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for ctx.Err() == nil {
				if err := s.Keep(context.WithoutCancel(ctx), bridge.Post{ReceivedAt: time.Now(), Source: "x:c", Body: make([]byte, 4000)}); err != nil {
					t.Error(err)
					return
				}
				kept.Add(1)
				select {
				case progress <- struct{}{}:
				case <-ctx.Done():
				}
			}
		})
	}
	for round := range 5 {
		for range 200 {
			<-progress
		}
		before := kept.Load()
		to := filepath.Join(t.TempDir(), "copy.db")
		if err := Copy(t.Context(), s.path, to); err != nil {
			t.Fatal(err)
		}
		v := mustView(t, to)
		rows, err := v.Rows(t.Context())
		if err != nil || rows["post"] < before || rows["message"] != 2 {
			t.Errorf("round %d: %d posts were acknowledged, the copy has %v, %v", round, before, rows, err)
		}
		if err := v.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if version, err := v.Schema(t.Context()); err != nil || version != Schema() {
			t.Errorf("schema %d of %d, %v", version, Schema(), err)
		}
	}
	stop()
	writers.Wait()
}

func TestCopyIsItsOwnersAndOneFile(t *testing.T) {
	t.Parallel()
	s := journal(t)
	folder := t.TempDir()
	to := filepath.Join(folder, "a%41 b?c#d.db")
	if runtime.GOOS == "windows" { // where no name has a question mark
		to = filepath.Join(folder, "a%41 bc#d.db")
	}
	if err := Copy(t.Context(), s.path, to); err != nil {
		t.Fatal(err)
	}
	mustView(t, to)
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	if info, err := entries[0].Info(); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) || info.Size() == 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Without a relay, what an unclean end has left in the WAL is in the copy, and the journal's files stay as they are.
func TestCopyOfAJournalThatWasNotClosed(t *testing.T) {
	t.Parallel()
	s := journal(t)
	put(t, s, inbound("ann", "1"), inbound("bob", "2"))
	left := filepath.Join(t.TempDir(), "perch.db")
	before := map[string]string{}
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(s.path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(left+end, data, 0o600); err != nil {
			t.Fatal(err)
		}
		before[end] = string(data)
	}
	to := filepath.Join(t.TempDir(), "copy.db")
	if err := Copy(t.Context(), left, to); err != nil {
		t.Fatal(err)
	}
	list, _, err := mustView(t, to).Waiting(t.Context())
	if err != nil || len(list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
	for end, content := range before {
		if data, err := os.ReadFile(left + end); err != nil || string(data) != content {
			t.Errorf("perch.db%s has changed: %v", end, err)
		}
	}
}

func TestCopySaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := journal(t)
	folder := t.TempDir()
	noJournal := filepath.Join(folder, "text.db")
	if err := os.WriteFile(noJournal, []byte(strings.Repeat("this is no journal ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	taken := filepath.Join(folder, "taken")
	if err := os.WriteFile(taken, []byte("something"), 0o600); err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	for name, test := range map[string]struct {
		ctx      context.Context
		from, to string
		want     string
	}{
		"missing":    {t.Context(), filepath.Join(folder, "none.db"), filepath.Join(folder, "a"), "cannot be opened"},
		"no journal": {t.Context(), noJournal, filepath.Join(folder, "b"), "damaged"},
		"taken":      {t.Context(), s.path, taken, "cannot be copied"},
		"no folder":  {t.Context(), s.path, filepath.Join(folder, "no", "folder"), "cannot be opened"},
		"ended":      {ended, s.path, filepath.Join(folder, "c"), "cannot be copied"},
	} {
		err := Copy(test.ctx, test.from, test.to)
		if e := bridge.AsError(err); err == nil || !strings.Contains(e.Message, test.want) || e.Remedy == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if data, err := os.ReadFile(taken); err != nil || string(data) != "something" {
		t.Errorf("what was there is %q, %v", data, err)
	}
}

func TestViewTellsWhatIsNotSettled(t *testing.T) {
	t.Parallel()
	s := journal(t)
	put(t, s, inbound("ann", "1"), inbound("bob", "2"), inbound("cat", "3"), outbound("r1"))
	for _, d := range claim(t, s, "c/in") {
		switch d.XID {
		case "1":
			finishAs(t, s, d, bridge.Delivered, time.Time{})
		case "2":
			finishAs(t, s, d, bridge.Undecided, time.Now())
		}
	}
	for i := range 3 {
		if err := s.Keep(t.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:c", Body: fmt.Append(nil, i)}); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range map[string]string{"account/c": "A", "account/d": "D", "accounts": "no"} {
		if err := s.SetSetting(t.Context(), key, value); err != nil {
			t.Fatal(err)
		}
	}
	v := mustView(t, s.path)
	list, unread, err := v.Waiting(t.Context())
	var got []string
	for _, d := range list {
		got = append(got, fmt.Sprint(d.ID, d.XID, d.MotionID, d.State))
	}
	if want := []string{"2 2 undecided", "3 3 queued", "4 r1 queued"}; err != nil || unread != 3 || len(got) != 3 ||
		!slices.EqualFunc(got, want, func(a, b string) bool { return strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", "") }) {
		t.Errorf("%q, %d unread, %v", got, unread, err)
	}
	settings, err := v.Settings(t.Context(), "account/")
	if err != nil || len(settings) != 2 || settings["c"] != "A" || settings["d"] != "D" {
		t.Errorf("%v, %v", settings, err)
	}
	first := *list[0]
	if state, err := v.StateOf(t.Context(), &first); err != nil || state != bridge.Undecided {
		t.Errorf("%q, %v", state, err)
	}
	first.XID = "another"
	if state, err := v.StateOf(t.Context(), &first); err != nil || state != "" {
		t.Errorf("another message with the same number: %q, %v", state, err)
	}
}

func TestWriteChangesACopyOnly(t *testing.T) {
	t.Parallel()
	s := journal(t)
	to := filepath.Join(t.TempDir(), "copy.db")
	if err := Copy(t.Context(), s.path, to); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), to, map[string]string{"paused": "1"}); err != nil {
		t.Fatal(err)
	}
	if settings, err := mustView(t, to).Settings(t.Context(), "paused"); err != nil || settings[""] != "1" {
		t.Errorf("%v, %v", settings, err)
	}
	if value, err := s.Setting(t.Context(), "paused"); err != nil || value != "" {
		t.Errorf("in the journal itself: %q, %v", value, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(to)); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}
