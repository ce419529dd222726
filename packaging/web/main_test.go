package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/andybalholm/brotli"

	"perch/app/web/bundle"
)

func TestWhatIsPackedIsFoundAndTheSame(t *testing.T) {
	t.Parallel()
	program, loader := bytes.Repeat([]byte("a window "), 4000), []byte("a script")
	data, err := pack(program, loader, "1.2.3", brotli.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := pack(program, loader, "1.2.3", brotli.BestSpeed); !bytes.Equal(again, data) {
		t.Error("the second time it is another one")
	}
	folder := t.TempDir()
	find := bundle.New(bundle.Places{Folders: []string{filepath.Join(folder, "none"), folder}})
	if _, err := find.Find(); err == nil {
		t.Error("there is no page yet")
	}
	path := filepath.Join(folder, bundle.File)
	for _, cut := range []int{0, 100, len(data) - 10} {
		if err := os.WriteFile(path, data[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := find.Find(); err == nil {
			t.Errorf("a page cut to %d bytes is taken", cut)
		}
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	page, err := find.Find()
	if err != nil || page.About.Version != "1.2.3" || page.About.Bytes != int64(len(program)) || !bytes.Equal(page.Loader, loader) {
		t.Fatalf("%+v, %v", page, err)
	}
	unpacked, err := io.ReadAll(brotli.NewReader(page.Program(bundle.Brotli)))
	if err != nil || !bytes.Equal(unpacked, program) {
		t.Errorf("%d bytes, %v", len(unpacked), err)
	}
}
