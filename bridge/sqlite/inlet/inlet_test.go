package inlet_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/sqlite/inlet"
)

func post(seq int64, body string) *bridge.Post {
	return &bridge.Post{Seq: seq, ReceivedAt: time.UnixMilli(1_795_000_000_000 + seq), Source: "x:support,sales", Body: []byte(body)}
}

func open(t *testing.T, path string, moved int64) *inlet.Log {
	t.Helper()
	l, err := inlet.Open(path, moved)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func add(t *testing.T, l *inlet.Log, posts ...*bridge.Post) {
	t.Helper()
	if err := l.Append(posts); err != nil {
		t.Fatal(err)
	}
}

// numbers reads all that is left.
func numbers(t *testing.T, l *inlet.Log) []int64 {
	t.Helper()
	var all []int64
	for {
		posts, err := l.Read(7)
		if err != nil {
			t.Fatal(err)
		}
		if len(posts) == 0 {
			return all
		}
		for _, p := range posts {
			all = append(all, p.Seq)
		}
	}
}

func expect(t *testing.T, what string, got []int64, want ...int64) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func files(t *testing.T, path string) []string {
	t.Helper()
	paths, err := inlet.Files(path)
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestPostsComeBackAsTheyWere(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "perch.db"), 0)
	all := []*bridge.Post{post(1, ""), post(3, "\x00\xff{}"), post(4, "PPST")}
	add(t, l, all[:2]...)
	add(t, l, all[2])
	got, err := l.Read(10)
	if err != nil || len(got) != len(all) {
		t.Fatalf("%v, %v", got, err)
	}
	for i, p := range got {
		if w := all[i]; p.Seq != w.Seq || !p.ReceivedAt.Equal(w.ReceivedAt) || p.Source != w.Source || !bytes.Equal(p.Body, w.Body) {
			t.Errorf("%+v came back as %+v", w, p)
		}
	}
	if more, err := l.Read(10); len(more) != 0 || err != nil {
		t.Errorf("a second time: %v, %v", more, err)
	}
	add(t, l, post(9, "later"))
	expect(t, "later", numbers(t, l), 9)
}

func TestWhatWasNotMovedIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	l := open(t, path, 0)
	add(t, l, post(1, "a"), post(2, "b"), post(3, "c"))
	numbers(t, l)
	l.Moved(2) // and then the power fails
	second := open(t, path, 2)
	if second.Last() != 3 {
		t.Errorf("numbers go on after %d", second.Last())
	}
	add(t, second, post(4, "d"))
	expect(t, "after a crash", numbers(t, second), 3, 4)
	second.Moved(4)
	third := open(t, path, 4)
	expect(t, "all moved", numbers(t, third))
	if third.Last() != 4 {
		t.Errorf("numbers go on after %d", third.Last())
	}
	third.Clear()
	if left := files(t, path); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}

// A power cut leaves any part of the last write.
func TestARecordThatWasWrittenInPartIsNone(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "perch.db")
	l := open(t, path, 0)
	add(t, l, post(1, "whole"))
	info, _ := os.Stat(files(t, path)[0])
	add(t, l, post(2, "this one is cut"), post(3, "and this one"))
	content, err := os.ReadFile(files(t, path)[0])
	if err != nil {
		t.Fatal(err)
	}
	for cut := int(info.Size()); cut < len(content); cut++ {
		for name, broken := range map[string][]byte{
			"cut": content[:cut], "zeros": append(bytes.Clone(content[:cut]), make([]byte, len(content)-cut)...),
			"flipped": flipped(content, cut),
		} {
			copied := filepath.Join(t.TempDir(), "perch.db")
			if err := os.WriteFile(copied+"-posts-1", broken, 0o600); err != nil {
				t.Fatal(err)
			}
			after := open(t, copied, 0)
			got := numbers(t, after)
			if len(got) == 0 || got[0] != 1 || len(got) > 2 || (len(got) == 2 && got[1] != 2) {
				t.Fatalf("%s at %d: read %v", name, cut, got)
			}
			add(t, after, post(7, "new"))
			expect(t, fmt.Sprint(name, " at ", cut, ", then a new one"), numbers(t, after), 7)
			_ = after.Close()
		}
	}
}

func flipped(content []byte, at int) []byte {
	other := bytes.Clone(content)
	other[at] ^= 0x10
	return other
}

func TestFilesGoWhenAllInThemWasMoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	l := open(t, path, 0)
	if left := files(t, path); len(left) != 0 {
		t.Errorf("an idle log has made %v", left)
	}
	body := string(bytes.Repeat([]byte("x"), 3<<20))
	for seq := int64(1); seq <= 9; seq++ {
		add(t, l, post(seq, body))
	}
	if n := len(files(t, path)); n != 3 {
		t.Fatalf("%d files for 27 MB, want 3", n)
	}
	l.Moved(3) // unread ones stay, whatever is said of them
	if n := len(files(t, path)); n != 3 {
		t.Errorf("%d files are left before anything was read", n)
	}
	read := numbers(t, l)
	expect(t, "all", read, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	l.Moved(9)
	for seq := int64(10); seq <= 15; seq++ {
		add(t, l, post(seq, body))
	}
	if got := files(t, path); len(got) != 3 || !strings.HasSuffix(got[2], "-posts-5") {
		t.Errorf("what was not needed any more is not written over: %v", got)
	}
	expect(t, "after files were written over", numbers(t, l), 10, 11, 12, 13, 14, 15)
	after := open(t, path, 9) // a crash
	expect(t, "after a crash", numbers(t, after), 10, 11, 12, 13, 14, 15)
	l.Moved(15)
	l.Clear()
	if left := files(t, path); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}

// A file that is written over ends in what was there before, whole records among them: they do not come again, at no moment.
func TestWhatWasThereBeforeDoesNotComeAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	body := string(bytes.Repeat([]byte("x"), 1<<20))
	l := open(t, path, 0)
	seq := int64(0)
	for range 40 {
		for range 3 {
			seq++
			add(t, l, post(seq, body))
		}
		expect(t, "read", numbers(t, l), seq-2, seq-1, seq)
		l.Moved(seq - 1)
		crashed := open(t, path, seq-1)
		expect(t, "after a crash", numbers(t, crashed), seq)
		if crashed.Last() != seq {
			t.Fatalf("numbers go on after %d, want %d", crashed.Last(), seq)
		}
		_ = crashed.Close()
		posts, err := inlet.OpenPosts(path)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		if err := errors.Join(posts.Each(seq-1, func(p bridge.Post) error { got = append(got, p.Seq); return nil }), posts.Close()); err != nil {
			t.Fatal(err)
		}
		expect(t, "read by somebody else", got, seq)
		l.Moved(seq)
	}
	if n := len(files(t, path)); n > 3 {
		t.Errorf("%d files for what was moved at once", n)
	}
}

// A crash comes between taking a file to write over and the first write to it.
func TestAFileThatWasOnlyTakenHidesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "perch.db")
	l := open(t, path, 0)
	add(t, l, post(1, "old"), post(2, "old too"))
	content, err := os.ReadFile(path + "-posts-1")
	if err != nil {
		t.Fatal(err)
	}
	add(t, l, post(3, "not moved"), post(4, "not moved"))
	if err := os.WriteFile(path+"-posts-2", content, 0o600); err != nil {
		t.Fatal(err)
	}
	after := open(t, path, 2)
	if after.Last() != 4 {
		t.Errorf("numbers go on after %d, want 4", after.Last())
	}
	add(t, after, post(5, "new"))
	expect(t, "after the crash", numbers(t, after), 3, 4, 5)
}

func TestSomebodyElseReadsWhatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	l := open(t, path, 0)
	add(t, l, post(1, "a"), post(2, "b"))
	posts, err := inlet.OpenPosts(path)
	if err != nil {
		t.Fatal(err)
	}
	l.Clear()
	var got []int64
	enough := errors.New("enough")
	if err := posts.Each(0, func(p bridge.Post) error { got = append(got, p.Seq); return nil }); err != nil {
		t.Error(err)
	}
	expect(t, "read after all was removed", got, 1, 2)
	if err := posts.Close(); err != nil {
		t.Error(err)
	}
	add(t, l, post(3, "c"))
	posts, err = inlet.OpenPosts(path)
	if err != nil || posts.IsEmpty() {
		t.Fatal(err)
	}
	defer func() { _ = posts.Close() }()
	if err := posts.Each(0, func(bridge.Post) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("the reader's own error: %v", err)
	}
	if none, err := inlet.OpenPosts(filepath.Join(t.TempDir(), "perch.db")); err != nil || !none.IsEmpty() {
		t.Errorf("no log at all: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	path := filepath.Join(f.TempDir(), "perch.db")
	l, err := inlet.Open(path, 0)
	if err == nil {
		err = l.Append([]*bridge.Post{post(1, "a"), post(2, "b")})
	}
	if err != nil {
		f.Fatal(err)
	}
	paths, _ := inlet.Files(path)
	good, err := os.ReadFile(paths[0])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-3])
	f.Fuzz(func(t *testing.T, content []byte) {
		copied := filepath.Join(t.TempDir(), "perch.db")
		if err := os.WriteFile(copied+"-posts-4", content, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := inlet.Open(copied, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		last := int64(0)
		for {
			posts, err := l.Read(3)
			if err != nil {
				t.Fatal(err)
			}
			if len(posts) == 0 {
				return
			}
			for _, p := range posts {
				if p.Seq <= last {
					t.Fatalf("%d comes after %d", p.Seq, last)
				}
				last = p.Seq
			}
		}
	})
}
