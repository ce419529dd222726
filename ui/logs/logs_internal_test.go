package logs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/app/logtail"
	"perch/bridge/sim/tidy"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

func TestMain(m *testing.M) { os.Exit(tidy.Run(m.Run)) }

// mustPage returns a window with this page only.
func mustPage(t *testing.T, change func(*window.Options, *rig.Rig)) (*rig.Rig, *page) {
	t.Helper()
	var p *page
	made := func(w *window.Window) window.Page { p = newPage(w); return p }
	r := rig.Must(t, change, window.Entry{Name: "logs", New: made})
	return r, p
}

func TestLogRows(t *testing.T) {
	lines := []logtail.Line{
		logtail.Parse(`time=2026-11-24T10:00:00.123+01:00 level=ERROR msg="a fairly long message" key=value other=thing`),
		logtail.Parse("panic"),
	}
	rows := makeRows(lines, 0)
	if len(rows) != 2 || rows[0].Time != "10:00:00.123" || rows[0].Tone != format.Bad || rows[1].Text != "panic" {
		t.Errorf("%+v", rows)
	}
	var texts []string
	for _, r := range makeRows(lines, 12) {
		texts = append(texts, r.Level+"|"+r.Text+r.Rest)
	}
	if diff := cmp.Diff([]string{"error|a fairly", "|long message", "|key=value", "|other=thing", "info|panic"}, texts); diff != "" {
		t.Error(diff)
	}
}

func TestLogsThatArePausedStandStill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.log")
	line := func(text string) {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteString("time=2026-11-24T15:04:05.000Z level=INFO msg=" + text + "\n")
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	line("one")
	r, l := mustPage(t, func(o *window.Options, r *rig.Rig) { o.LogPath, r.Settings.Stored.LogPath = path, path })
	count := func() int { r.Refresh(); return len(l.lines) }
	line("two")
	if n := count(); n != 2 {
		t.Fatalf("%d lines, want 2", n)
	}
	r.Press("Pause")
	line("three")
	if n := count(); n != 2 {
		t.Errorf("%d lines while it is paused, want 2", n)
	}
	r.Press("Go on")
	if n := count(); n != 3 {
		t.Errorf("%d lines afterwards, want 3", n)
	}
}

func TestLogs(t *testing.T) {
	r, l := mustPage(t, func(o *window.Options, r *rig.Rig) {
		o.LogPath = "../testdata/sample.log"
		r.Settings.Stored.LogPath = o.LogPath
	})
	all := len(l.lines)
	if all == 0 || !l.atStart {
		t.Fatalf("%d lines", all)
	}
	l.level.Select.SetSelectedIndex(3)
	r.Settle()
	if len(l.lines) == 0 || len(l.lines) >= all {
		t.Errorf("%d errors of %d lines", len(l.lines), all)
	}
	l.level.Select.SetSelectedIndex(0)
	l.isPattern.SetChecked(true)
	l.search.SetText("id=1[0-9]*5 ")
	r.Settle()
	for _, line := range l.lines {
		if !strings.Contains(line.Raw, "5 outcome") {
			t.Errorf("found %s", line.Raw)
		}
	}
	l.search.SetText("(")
	r.Settle()
	r.MustSee("This is not a regular expression")
	if !l.Escape() {
		t.Error("Escape does not clear the search")
	}
	r.Settle()
	l.isWrapped.SetChecked(true)
	r.Refresh()
	if len(l.rows) <= len(l.lines) {
		t.Errorf("%d rows of %d lines", len(l.rows), len(l.lines))
	}
	if !strings.Contains(l.text(), "level=ERROR") {
		t.Error("nothing to copy")
	}
}

func TestExportWritesTheWholeLogWhereAPersonSays(t *testing.T) {
	folder, from := filepath.Join(t.TempDir(), "Scaricati"), filepath.Join(t.TempDir(), "perch.log")
	const all = 3*pageSize + 7
	var b strings.Builder
	for i := range all {
		fmt.Fprintf(&b, "line %d\x1b[31m\n", i)
	}
	if err := os.WriteFile(from, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	r, p := mustPage(t, func(o *window.Options, r *rig.Rig) {
		o.Downloads, r.Settings.Stored.LogPath = folder, from
	})
	if len(p.lines) != pageSize {
		t.Fatalf("%d lines are loaded", len(p.lines))
	}
	r.Press("Copy")
	r.MustSee("1000 lines copied", "These are the newest ones.")
	r.Press("Export")
	if _, err := os.Stat(folder); err == nil {
		t.Error("something is written before a person has said so")
	}
	r.MustSee("also those that are not loaded yet")
	suggested := rig.Find(r, "path", func(e *kit.Entry) bool { return strings.HasPrefix(e.Text, folder) }).Text
	yes := func() {
		t.Helper()
		rig.Find(r, "the question's button", func(b *kit.Button) bool { return b.Text() == "Export" }).Tapped(nil)
		r.Settle()
		r.Refresh()
	}
	mine := filepath.Join(folder, "for support.txt")
	r.Fill(suggested, filepath.Join(from, "below a file"))
	yes()
	r.MustSee("perch.log: not a directory.")
	r.Fill(filepath.Join(from, "below a file"), mine)
	yes()
	r.MustSee("3007 lines are in the file", mine)
	text, err := os.ReadFile(mine)
	if lines := strings.Count(string(text), "\n"); err != nil || lines != all || strings.Contains(string(text), "\x1b") || !strings.HasPrefix(string(text), "line 0") {
		t.Errorf("%d lines, %v", lines, err)
	}
	p.search.SetText("line 300")
	r.Settle()
	r.Press("Export")
	r.MustSee("that match what you search for")
	r.Fill(suggested, mine)
	yes()
	r.MustSee("There is a file of that name already. Choose another name.")
	r.Fill(mine, mine+"2")
	yes()
	r.MustSee("8 lines are in the file") // 300, and 3000 to 3006
	if left, err := os.ReadDir(folder); err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
}

// Where a person names no files, as in a browser, the whole log is handed over as one.
func TestExportGivesTheWholeLogWhereFilesHaveNoPlace(t *testing.T) {
	from := filepath.Join(t.TempDir(), "perch.log")
	const all = 2*pageSize + 7
	var b strings.Builder
	for i := range all {
		fmt.Fprintf(&b, "line %d\x1b[31m\n", i)
	}
	if err := os.WriteFile(from, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var given, text string
	r, _ := mustPage(t, func(o *window.Options, r *rig.Rig) {
		r.Settings.Stored.LogPath = from
		o.Save = func(name string, data []byte) (string, error) {
			given, text = name, string(data)
			return name, nil
		}
	})
	r.Press("Export")
	r.Settle()
	r.Refresh()
	r.MustSee("2007 lines are in the file", given)
	if strings.Count(text, "\n") != all || strings.Contains(text, "\x1b") || !strings.HasPrefix(text, "line 0") || !strings.HasPrefix(given, "perch-") {
		t.Errorf("%q has %d lines", given, strings.Count(text, "\n"))
	}
}
