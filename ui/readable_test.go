package ui_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/ui/snapshot"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

// evil is a text that sets a terminal's title and turns what follows round.
const evil = "hi\x1b]0;owned\x07\u009b2J\u202Egpj\u2066\u2028\x7f\rend"

// TestForeignTextSteersNobodyOnAnyPage has everything that comes from outside hold what steers.
func TestForeignTextSteersNobodyOnAnyPage(t *testing.T) {
	log := filepath.Join(t.TempDir(), "perch.log")
	if err := os.WriteFile(log, []byte("time=2026-11-24T15:00:00.000Z level=WARN msg=odd"+strings.ReplaceAll(evil, "\r", "")+" error=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := mustAll(t, func(o *window.Options, r *rig.Rig) { r.Settings.Stored.LogPath, o.LogPath = log, log })
	failure := &control.Failure{Kind: "rejected", Message: "X says no" + evil, Remedy: "ask" + evil}
	due := rig.Now.Add(time.Hour)
	for i, state := range []string{"dead", "undecided", "queued"} {
		r.Relay.Put(control.Message{
			ID: int64(900_000 + i), Channel: "support", Direction: "out", Kind: "dm", State: state, From: "from" + evil, To: "to" + evil, Text: "line\n" + evil,
			ReceivedAt: rig.Now, DueAt: &due, XID: "x" + evil, MotionID: "m" + evil, ThreadID: "t" + evil, Error: failure,
			Media: []control.Media{{Type: "file", Name: "name" + evil + ".pdf"}},
		})
	}
	since := rig.Now.Add(-time.Minute)
	bad := control.Link{State: "degraded", Detail: "Motion says" + evil + ". Do" + evil, Since: &since}
	r.Relay.Change(func(s *control.Status) {
		s.State, s.Listen, s.Version = control.StateDegraded, "host"+evil, "v"+evil
		c := &s.Channels[0]
		c.Account, c.X, c.Motion, c.Reply = "brand"+evil, bad, bad, bad
		c.Blocked = []control.Blocked{{Queue: "out/dm", Kind: "operator", Cause: "because" + evil, Until: due}}
		s.Reach.State, s.Reach.Detail, s.Reach.PublicURL = "state"+evil, "tunnel"+evil, "https://x"+evil
		s.Reach.Gaps = []control.Gap{{Channel: "support", From: since, To: rig.Now, Lost: "lost" + evil}}
	})
	for _, section := range []string{window.Overview, window.Traffic, window.Attention, "limits", "logs"} {
		r.GoTo(section)
		r.MustBeReadable("the page " + section)
	}
	r.MustSee("oddhi␛]0;owned␇<U+009B>2J<U+202E>gpj<U+2066>")
	r.GoTo(window.Traffic)
	r.Browse(snapshot.Filter{}, 900_000)
	r.Settle()
	r.MustBeReadable("a message in full")
	r.MustSee("line\nhi␛]0;owned␇<U+009B>2J<U+202E>gpj<U+2066><U+2028>␡␍end", "X says no"+"hi␛]0;owned␇")
	r.Press("Copy text")
	if got := r.App.Clipboard().Content(); got != "line\n"+evil {
		t.Errorf("copied %q, not what was written", got)
	}
	r.ShowError(fmt.Errorf("it failed: %s", evil))
	r.MustBeReadable("a complaint")
}
