package window_test

import (
	"os"
	"path/filepath"
	"testing"

	"perch/ui/window"
)

func TestPreferences(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "window.json")
	type draft struct{ Step int }
	want := window.ReadPreferences(path)
	for name, value := range map[string]any{"width": 900, "section": "logs", "theme": "dark", "wizard": draft{2}, "gone": 1} {
		want.Set(name, value)
	}
	want.Set("gone", nil)
	if err := want.Save(); err != nil {
		t.Fatal(err)
	}
	var width float32
	var section string
	var d draft
	got := window.ReadPreferences(path)
	if !got.Get("width", &width) || !got.Get("section", &section) || !got.Get("wizard", &d) || width != 900 || section != "logs" || d.Step != 2 {
		t.Errorf("remembered %v, %s, %+v", width, section, d)
	}
	if got.Get("gone", &d) || got.Get("never", &d) || got.Get("section", &width) {
		t.Error("there is what was forgotten, what never was, or a word that is a number")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.WriteFile(path, []byte("{spoilt"), 0o600); err != nil {
		t.Fatal(err)
	}
	if window.ReadPreferences(path).Get("width", &width) {
		t.Errorf("of a spoilt file: %v", width)
	}
	none := window.ReadPreferences("")
	none.Set("width", 1)
	if err := none.Save(); err != nil {
		t.Error(err)
	}
}
