package acl

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/windows"
)

func TestAFolderIsForThoseWhoAreLetIn(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "home è")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	user, err := User()
	if err != nil {
		t.Fatal(err)
	}
	service := Service("Perch")
	// Wine makes of a list what the mode of a file can say, and a list of that again.
	isWine := windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
	for _, step := range []struct {
		name string
		do   func() error
		want bool
	}{
		{"private", func() error { return Private(folder) }, false},
		{"admitted", func() error { return Admit(folder, service) }, true},
		{"admitted twice", func() error { return Admit(folder, service) }, true},
		{"dismissed", func() error { return Dismiss(folder, service) }, false},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		got, err := Trusted(folder)
		if err != nil || !slices.Contains(got, user) || !slices.Contains(got, System) || !slices.Contains(got, Administrators) {
			t.Errorf("%s: %q, %v", step.name, got, err)
		}
		if slices.Contains(got, service) != step.want && !isWine {
			t.Errorf("%s: %q", step.name, got)
		}
		if is, err := IsOpen(folder); err != nil || (is && !isWine) {
			t.Errorf("%s: open %v, %v", step.name, is, err)
		}
		if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o600); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
	}
	if err := Admit(filepath.Join(folder, "none"), service); err == nil {
		t.Error("into a folder that is not there")
	}
}
