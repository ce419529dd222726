package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"perch/app/control"
)

// evil is a text that sets a terminal's title and turns what follows round.
const evil = "hi\x1b]0;owned\x07\u009b2J\u202Egpj\u2066\u2028\x7f\rend"

// drawn is every text that is put on the screen, and every label that a screen reader says.
func (r *rig) drawn() []string {
	var all []string
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		if text, ok := o.(*canvas.Text); ok {
			all = append(all, text.Text)
		}
		if named, ok := o.(fyne.Accessible); ok {
			all = append(all, named.AccessibilityLabel())
		}
		for _, child := range children(o) {
			walk(child)
		}
	}
	walk(r.window.Content())
	for _, o := range r.window.Canvas().Overlays().List() {
		walk(o)
	}
	return all
}

func (r *rig) mustBeReadable(where string) {
	r.t.Helper()
	for _, text := range r.drawn() {
		if strings.ContainsFunc(text, func(c rune) bool {
			return unicode.IsControl(c) || c == 0x2028 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)
		}) {
			r.t.Errorf("%s shows %q", where, text)
		}
	}
}

// TestForeignTextSteersNobodyOnAnyPage has everything that comes from outside hold what steers.
func TestForeignTextSteersNobodyOnAnyPage(t *testing.T) {
	log := filepath.Join(t.TempDir(), "perch.log")
	if err := os.WriteFile(log, []byte("time=2026-11-24T15:00:00.000Z level=WARN msg=odd"+strings.ReplaceAll(evil, "\r", "")+" error=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := mustRig(t, func(o *Options, r *rig) { r.settings.Kept.LogPath, o.LogPath = log, log })
	failure := &control.Failure{Kind: "rejected", Message: "X says no" + evil, Remedy: "ask" + evil}
	due := testNow.Add(time.Hour)
	for i, state := range []string{"dead", "undecided", "queued"} {
		r.relay.Put(control.Message{
			ID: int64(900_000 + i), Channel: "support", Direction: "out", Kind: "dm", State: state, From: "from" + evil, To: "to" + evil, Text: "line\n" + evil,
			ReceivedAt: testNow, DueAt: &due, XID: "x" + evil, MotionID: "m" + evil, ThreadID: "t" + evil, Error: failure,
			Media: []control.Media{{Type: "file", Name: "name" + evil + ".pdf"}},
		})
	}
	since := testNow.Add(-time.Minute)
	bad := control.Link{State: "degraded", Detail: "Motion says" + evil + ". Do" + evil, Since: &since}
	r.relay.Change(func(s *control.Status) {
		s.State, s.Listen, s.Version = control.StateDegraded, "host"+evil, "v"+evil
		c := &s.Channels[0]
		c.Account, c.X, c.Motion, c.Reply = "brand"+evil, bad, bad, bad
		c.Blocked = []control.Blocked{{Queue: "out/dm", Kind: "operator", Cause: "because" + evil, Until: due}}
		s.Reach.State, s.Reach.Detail, s.Reach.PublicURL = "state"+evil, "tunnel"+evil, "https://x"+evil
		s.Reach.Gaps = []control.Gap{{Channel: "support", From: since, To: testNow, Lost: "lost" + evil}}
	})
	for _, section := range []string{sectionOverview, sectionTraffic, sectionAttention, sectionLimits, sectionLogs} {
		r.goTo(section)
		r.mustBeReadable("the page " + section)
	}
	r.mustSee("oddhi␛]0;owned␇<U+009B>2J<U+202E>gpj<U+2066>")
	r.goTo(sectionTraffic)
	r.traffic().openMessage(900_000)
	r.settle()
	r.mustBeReadable("a message in full")
	r.mustSee("line\nhi␛]0;owned␇<U+009B>2J<U+202E>gpj<U+2066><U+2028>␡␍end", "X says no"+"hi␛]0;owned␇")
	r.press("Copy text")
	if got := r.App.Clipboard().Content(); got != "line\n"+evil {
		t.Errorf("copied %q, not what was written", got)
	}
	r.complain(fmt.Errorf("it failed: %s", evil))
	r.mustBeReadable("a complaint")
}

func TestOverviewSaysThatTheDiskIsFull(t *testing.T) {
	r := mustRig(t, nil)
	r.mustNotSee("Cannot store messages")
	since := testNow.Add(-2 * time.Minute)
	r.relay.Change(func(s *control.Status) {
		s.State = control.StateDegraded
		s.Journal = control.Link{State: "degraded", Detail: "the disk that holds the journal is full. Make room on it", Since: &since}
		s.Channels[0].X = control.Link{State: "degraded", Detail: "X cannot be reached. Wait"}
	})
	r.refresh()
	r.mustSee("Cannot store messages", "The disk that holds the journal is full.", "Make room on it.", "since 15:02")
	r.relay.Change(func(s *control.Status) {
		s.State, s.Journal = control.StateRunning, control.Link{State: "connected"}
		s.Channels[0].X = control.Link{State: "connected"}
	})
	r.refresh()
	r.mustNotSee("Cannot store messages", "is full")
}
