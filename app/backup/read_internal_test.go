package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lengths are those that a file of so many bytes is tried with: all at both ends, and many between.
func lengths(size int) (list []int) {
	for n := range size {
		if n < 300 || n > size-300 || n%997 == 0 {
			list = append(list, n)
		}
	}
	return list
}

func TestABackupThatIsCutOffIsRefused(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(mustMake(t, newHome(t, acme)))
	must(t, err)
	path := filepath.Join(t.TempDir(), "cut.backup")
	for _, n := range lengths(len(whole)) {
		must(t, os.WriteFile(path, whole[:n], 0o600))
		_, err := List(t.Context(), path)
		if err == nil {
			t.Fatalf("the first %d of %d bytes are taken for a backup", n, len(whole))
		}
		wantSaid(t, err, path)
		if n > 3000 {
			wantSaid(t, err, "cut off", "nothing was changed")
		}
	}
}

// A bit that has changed is found, or changes nothing of what is restored (some of gzip's own say nothing).
func TestABackupWithAChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(mustMake(t, newHome(t, acme)))
	must(t, err)
	path, content := filepath.Join(t.TempDir(), "changed.backup"), unzipped(t, whole)
	for _, n := range lengths(len(whole)) {
		changed := slices.Clone(whole)
		changed[n] ^= 1 << (n % 8)
		must(t, os.WriteFile(path, changed, 0o600))
		if _, err := List(t.Context(), path); err != nil {
			wantSaid(t, err, path)
			continue
		}
		if !bytes.Equal(unzipped(t, changed), content) {
			t.Errorf("a change of byte %d is not found", n)
		}
	}
	must(t, os.WriteFile(path, append(slices.Clone(whole), "and more"...), 0o600))
	_, err = List(t.Context(), path)
	wantSaid(t, err, path)
}

func unzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	must(t, err)
	content, err := io.ReadAll(r)
	must(t, err)
	return content
}

// entry is a member of an archive that somebody has made by hand.
type entry struct {
	name    string
	content string
	change  func(*tar.Header)
}

func archive(t *testing.T, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	out := tar.NewWriter(zip)
	for _, e := range entries {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Size: int64(len(e.content)), Mode: 0o600}
		if e.change != nil {
			e.change(h)
		}
		must(t, out.WriteHeader(h))
		if h.Size == int64(len(e.content)) {
			_, err := out.Write([]byte(e.content))
			must(t, err)
		}
	}
	_ = out.Close() // one whose last member is not whole complains
	must(t, zip.Close())
	path := filepath.Join(t.TempDir(), "odd.backup")
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

func manifestOf(change func(*Manifest), list ...entry) entry {
	m := Manifest{Kind: kindOfFile, Format: Format, Program: "1.2.3"}
	for _, e := range list {
		sum := sha256.Sum256([]byte(e.content))
		m.Members = append(m.Members, Member{Name: e.name, Size: int64(len(e.content)), SHA256: hex.EncodeToString(sum[:])})
	}
	if change != nil {
		change(&m)
	}
	text, _ := json.Marshal(m)
	return entry{name: memberManifest, content: string(text)}
}

func TestWhatIsNoBackupIsRefused(t *testing.T) {
	t.Parallel()
	journal, toml := entry{name: memberJournal, content: "j"}, entry{name: memberConfig, content: "t"}
	named := func(name string) entry { return entry{name: name, content: "x"} }
	plain := func(text string) string {
		path := filepath.Join(t.TempDir(), "plain.backup")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	huge := manifestOf(func(m *Manifest) { m.Members[0].Size = 1 << 39 }, journal)
	for name, test := range map[string]struct{ path, want string }{
		"empty":                {plain(""), "is empty"},
		"text":                 {plain(strings.Repeat("this is a letter\n", 100)), "no backup of Perch"},
		"folder":               {t.TempDir(), "is no file"},
		"missing":              {filepath.Join(t.TempDir(), "none"), "is not there"},
		"zip of nothing":       {archive(t), "cut off"},
		"another tar":          {archive(t, toml, journal), "no backup of Perch"},
		"no journal":           {archive(t, manifestOf(nil, toml), toml), "no backup of Perch"},
		"another kind":         {archive(t, manifestOf(func(m *Manifest) { m.Kind = "photos" }, journal), journal), "no backup of Perch"},
		"no JSON":              {archive(t, entry{name: memberManifest, content: "{"}, journal), "no backup of Perch"},
		"above":                {archive(t, manifestOf(nil, named("../perch.db"), journal), named("../perch.db"), journal), "no backup of Perch"},
		"from the top":         {archive(t, manifestOf(nil, named("/etc/passwd"), journal), named("/etc/passwd"), journal), "no backup of Perch"},
		"otherwise named":      {archive(t, manifestOf(nil, toml, journal), named("../../x"), journal), "no backup of Perch"},
		"not in the manifest":  {archive(t, manifestOf(nil, journal), journal, toml), "no backup of Perch"},
		"in another order":     {archive(t, manifestOf(nil, journal, toml), journal, toml), "no backup of Perch"},
		"twice":                {archive(t, manifestOf(nil, journal, journal), journal, journal), "no backup of Perch"},
		"a link":               {archive(t, manifestOf(nil, entry{name: memberJournal}), entry{name: memberJournal, change: func(h *tar.Header) { h.Typeflag, h.Linkname = tar.TypeSymlink, "/etc/passwd" }}), "no backup of Perch"},
		"a device":             {archive(t, manifestOf(nil, entry{name: memberJournal}), entry{name: memberJournal, change: func(h *tar.Header) { h.Typeflag = tar.TypeChar }}), "no backup of Perch"},
		"less than nothing":    {archive(t, manifestOf(func(m *Manifest) { m.Members[0].Size = -1 }, journal), journal), "no backup of Perch"},
		"more than any disk":   {archive(t, manifestOf(func(m *Manifest) { m.Members[0].Size = 1 << 50 }, journal), journal), "no backup of Perch"},
		"a huge configuration": {archive(t, manifestOf(nil, entry{name: memberConfig, content: strings.Repeat("x", maxSmall+1)}, journal)), "no backup of Perch"},
		"a huge manifest":      {archive(t, entry{name: memberManifest, content: strings.Repeat("x", maxManifest+1)}), "no backup of Perch"},
		"another content":      {archive(t, manifestOf(nil, journal), entry{name: memberJournal, content: "k"}), "damaged"},
		"less than it says":    {archive(t, huge, entry{name: memberJournal, content: "j", change: func(h *tar.Header) { h.Size = 1 << 39 }}), "cut off"},
		"no members":           {archive(t, manifestOf(nil, journal)), "cut off"},
		"newer":                {archive(t, manifestOf(func(m *Manifest) { m.Format, m.Program = Format+1, "9.9.9" }, named("something/new"))), "newer Perch (9.9.9)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := List(t.Context(), test.path)
			wantSaid(t, err, test.want, test.path)
		})
	}
}

// A zip bomb is bounded by what the manifest says, and that by what the disk has.
func TestAHugeBackupIsRefusedBeforeItIsUnpacked(t *testing.T) {
	t.Parallel()
	journal := entry{name: memberJournal, content: "j"}
	path := archive(t, manifestOf(func(m *Manifest) { m.Members[0].Size = 1 << 39 }, journal), entry{name: memberJournal, content: "j", change: func(h *tar.Header) { h.Size = 1 << 39 }})
	home := newHome(t, acme)
	before := snapshot(t, filepath.Dir(home.Config()))
	_, err := Prepare(t.Context(), RestoreOptions{Home: home, Path: path, free: func(string) (uint64, error) { return 1 << 30, nil }})
	wantSaid(t, err, "too little room", "524", "make room")
	sameFiles(t, before, snapshot(t, filepath.Dir(home.Config())))
}
