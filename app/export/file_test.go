package export_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"perch/app/export"
	"perch/bridge"
)

func put(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func TestAFileIsWholeOrNotThere(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "m.csv")
	left := func() (names []string) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	boom := errors.New("boom")
	_, err := export.File(t.Context(), "export", path, false, func(w io.Writer) error { return errors.Join(put("half")(w), boom) })
	if !errors.Is(err, boom) || len(left()) != 0 {
		t.Errorf("%v, %v", err, left())
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = export.File(ctx, "export", path, false, func(io.Writer) error { cancel(); return ctx.Err() })
	if !errors.Is(err, context.Canceled) || !strings.Contains(bridge.AsError(err).Message, "nothing is left of it") || len(left()) != 0 {
		t.Errorf("%v, %v", err, left())
	}
	saved, err := export.File(t.Context(), "export", path, false, put("whole"))
	info, statErr := os.Stat(path)
	if err != nil || saved != (export.Saved{Path: path, Bytes: 5}) || statErr != nil || (runtime.GOOS != "windows" && info.Mode() != 0o600) || len(left()) != 1 {
		t.Fatalf("%+v, %v, %v, %v", saved, err, info, left())
	}
	if _, err = export.File(t.Context(), "export", path, false, put("other")); err == nil || !strings.Contains(bridge.AsError(err).Remedy, "--force") {
		t.Error(err)
	}
	// One that comes while another is written is not replaced either.
	late := filepath.Join(folder, "late.csv")
	if _, err = export.File(t.Context(), "export", late, false, func(io.Writer) error { return os.WriteFile(late, []byte("mine"), 0o600) }); err == nil {
		t.Error("a file was replaced that had come meanwhile")
	}
	if text, err := os.ReadFile(late); err != nil || string(text) != "mine" || len(left()) != 2 {
		t.Errorf("%s, %v, %v", text, err, left())
	}
	if _, err = export.File(t.Context(), "export", path, true, put("new")); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "new" || len(left()) != 2 {
		t.Errorf("%s, %v, %v", text, err, left())
	}
	for place, want := range map[string]string{folder: "is no file", filepath.Join(folder, "none", "x.csv"): "cannot be written", filepath.Join(path, "x.csv"): "cannot be written"} {
		if _, err := export.File(t.Context(), "export", place, true, put("x")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", place, err)
		}
	}
}
