package logs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/app/logtail"
	"perch/bridge/sim/tidy"
	"perch/ui/format"
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

func TestExportGoesWhereFilesAreSaved(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "Scaricati")
	r, p := mustPage(t, func(o *window.Options, _ *rig.Rig) { o.Downloads = folder })
	p.lines = []logtail.Line{logtail.Parse("one"), logtail.Parse("two\x1b[31m")}
	r.Press("Export")
	r.Settle()
	found, err := filepath.Glob(filepath.Join(folder, "perch-*.log"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil || !strings.HasPrefix(string(text), "one\ntwo") || strings.Contains(string(text), "\x1b") {
		t.Errorf("%q, %v", text, err)
	}
	r.MustSee(found[0])
}
