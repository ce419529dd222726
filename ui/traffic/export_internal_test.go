package traffic

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/translation"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

// exporting presses the question's button, and lets the export end.
func exporting(r *rig.Rig) {
	rig.Find(r, "the question's button", func(b *kit.Button) bool { return b.Text() == "Export" }).Tapped(nil)
	r.Settle()
	r.Refresh()
}

func pathIn(r *rig.Rig, folder string) *kit.Entry {
	return rig.Find(r, "path", func(e *kit.Entry) bool { return strings.HasPrefix(e.Text, folder) })
}

func TestWhatIsFilteredIsExportedWhereAPersonSays(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "Scaricati")
	r, p := mustPage(t, func(o *window.Options, _ *rig.Rig) { o.Downloads = folder })
	r.Press("Export…")
	r.MustSee("All messages, oldest first", "No cell is a formula.")
	if place := pathIn(r, folder); !strings.HasSuffix(place.Text, "perch-2026-11-24-150405.csv") {
		t.Error(place.Text)
	}
	exporting(r)
	all, _ := r.Relay.Messages(t.Context(), control.Query{Limit: 1 << 20})
	path := filepath.Join(folder, "perch-2026-11-24-150405.csv")
	r.MustSee("messages are in the file", path)
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "\uFEFFid,channel,") || p.export.strip.Visible() || p.export.button.Disabled() {
		t.Fatal(err, string(text))
	}
	r.Press("Export…")
	exporting(r)
	r.MustSee("There is a file of that name already. Choose another name.")
	rig.Find(r, "form", func(s *widget.Select) bool { return s.Selected == "Table, commas" }).SetSelectedIndex(3)
	r.MustSee("for the developer tools of browsers")
	if place := pathIn(r, folder); place.Text != strings.TrimSuffix(path, ".csv")+".har" {
		t.Error(place.Text)
	}
	p.export.win.CloseDialog()
	// With a filter, in another form.
	p.selects[0].Select.SetSelectedIndex(2)
	r.Settle()
	mine := filepath.Join(folder, "out.jsonl")
	p.export.start(wish{form: formOf(forms("en"), "jsonl"), query: p.filter.Query(), path: mine})
	r.MustSee("0 messages are written", "Cancel")
	if !p.export.button.Disabled() {
		t.Error("two can be begun at once")
	}
	r.Settle()
	text, err = os.ReadFile(mine)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range lines {
		var m control.Message
		if err := json.Unmarshal([]byte(line), &m); err != nil || m.Direction != "out" {
			t.Errorf("%s, %v", line, err)
		}
	}
	if len(lines) == 0 || len(lines) >= len(all) {
		t.Errorf("%d of %d", len(lines), len(all))
	}
}

func TestAnExportCanBeEndedAndFailsInWords(t *testing.T) {
	folder := t.TempDir()
	r, p := mustPage(t, func(o *window.Options, _ *rig.Rig) { o.Downloads = folder })
	of := wish{form: forms("en")[0], path: filepath.Join(folder, "m.csv")}
	p.export.start(of)
	p.export.cancel()
	r.Settle()
	r.Refresh()
	if p.export.cancel != nil || p.export.strip.Visible() || p.export.button.Disabled() {
		t.Error("it goes on")
	}
	of.path = filepath.Join(folder, "file", "m.csv")
	if err := os.WriteFile(filepath.Dir(of.path), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.export.start(of)
	r.Settle()
	r.Refresh()
	r.MustSee("cannot be written")
}

// In a browser nobody names a file: it is handed over.
func TestAnExportIsGivenWhereFilesHaveNoPlace(t *testing.T) {
	var given, text string
	r, p := mustPage(t, func(o *window.Options, _ *rig.Rig) {
		o.Save = func(name string, data []byte) (string, error) {
			given, text = name, string(data)
			return name, nil
		}
	})
	r.Press("Export…")
	exporting(r)
	r.MustSee("messages are in the file", given)
	if !strings.HasPrefix(text, "\uFEFFid,") || given != "perch-2026-11-24-150405.csv" || strings.Count(text, "\r\n") < 10 {
		t.Errorf("%q: %q", given, text)
	}
	var b bounded
	if _, err := b.Write(make([]byte, maxGiven+1)); err == nil {
		t.Error("there is no bound")
	}
	p.export.start(wish{form: formOf(forms("en"), "har"), path: "x.har"})
	r.Settle()
	if !strings.HasPrefix(text, `{"log":{"version":"1.2"`) || given != "x.har" {
		t.Errorf("%q: %.100q", given, text)
	}
}

func TestTheFirstFormIsThatOfTheLanguage(t *testing.T) {
	for lang, want := range map[string]rune{"en": ',', "it": ';'} {
		all := forms(lang)
		if all[0].separator != want || len(all) != 4 {
			t.Errorf("%s: %+v", lang, all)
		}
		for _, f := range all {
			if texts := translation.New(lang); !texts.Has("window.export.form."+f.name) || !texts.Has("window.export.form."+f.name+".about") {
				t.Errorf("%s has no text for %s", lang, f.name)
			}
		}
	}
}
