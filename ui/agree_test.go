package ui_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"perch/app/command"
	"perch/app/control"
	"perch/assets"
	"perch/bridge/sim/tidy"
	"perch/ui/format"
	"perch/ui/snapshot"
	"perch/ui/translation"
	"perch/ui/tray"
	"perch/ui/uitest/rig"
)

// TestWordsAreTheSameEverywhere holds that the window and the tray call a condition and a face as the command line does.
func TestWordsAreTheSameEverywhere(t *testing.T) {
	texts := translation.New("en")
	for key, want := range control.Titles() {
		if got := texts.T(key); got != want {
			t.Errorf("%s is %q in the window and %q on the command line", key, got, want)
		}
	}
	for _, f := range []control.Face{control.FaceWell, control.FaceNeedsYou, control.FaceHealing, control.FacePaused, control.FaceStopped, control.FaceSilent} {
		if got := texts.T("face." + string(f)); got != f.Words() || got == "" {
			t.Errorf("%s is %q in the window and %q on the command line", f, got, f.Words())
		}
	}
	for key := range control.Titles() {
		if !translation.New("it").Has(key) {
			t.Errorf("%s has no Italian", key)
		}
	}
}

// part is one way in which one part of a relay may be, and what that alone comes to.
type part struct {
	name   string
	change func(*control.Status)
	face   control.Face
}

func link(state, kind string) control.Link {
	return control.Link{State: state, Detail: "it is so", Failure: &control.Failure{Kind: kind, Message: "it is so", Remedy: "do this"}}
}

// parts are all parts of a relay with the ways in which they may be.
func parts(now time.Time) [][]part {
	started, later := now.Add(-time.Hour), now.Add(time.Minute)
	well := part{"well", func(*control.Status) {}, control.FaceWell}
	sides := func(set func(*control.Status, control.Link)) []part {
		return []part{
			well,
			{"passing", func(s *control.Status) { set(s, link("degraded", "temporary")) }, control.FaceHealing},
			{"refused", func(s *control.Status) { set(s, link("degraded", "operator")) }, control.FaceNeedsYou},
			{"on hold", func(s *control.Status) { set(s, link("paused", "operator")) }, control.FaceNeedsYou},
			{"not asked", func(s *control.Status) { set(s, control.Link{State: "unknown"}) }, control.FaceWell},
		}
	}
	reach := func(kind string, proof *time.Time) func(*control.Status) {
		return func(s *control.Status) {
			s.Reach = control.Reach{State: "degraded", Detail: "it is so", Since: &started, LastProof: proof, Failure: link("", kind).Failure}
		}
	}
	recent := now.Add(-time.Minute)
	return [][]part{
		sides(func(s *control.Status, l control.Link) { s.Channels[0].X = l }),
		sides(func(s *control.Status, l control.Link) { s.Channels[0].Motion = l }),
		{well, {"wrong", func(s *control.Status) { s.Channels[0].Reply = link("degraded", "") }, control.FaceNeedsYou}},
		{well, {"passing", reach("temporary", nil), control.FaceHealing}, {"failed", reach("operator", nil), control.FaceNeedsYou}, {"proved", reach("operator", &recent), control.FaceWell}},
		{
			well,
			{"dead", func(s *control.Status) { s.Channels[0].Inbound.Dead = 2 }, control.FaceNeedsYou},
			{"limited", func(s *control.Status) {
				s.Channels[0].Blocked = []control.Blocked{{Queue: "out/dm", Kind: "rate_limited", Until: later}}
			}, control.FaceHealing},
		},
		{
			well,
			{"full", func(s *control.Status) { s.Journal = link("degraded", "temporary") }, control.FaceNeedsYou},
			{"keys", func(s *control.Status) {
				s.Channels[0].Chat = control.Chat{State: "wrong_keys", Detail: "they were reset"}
			}, control.FaceNeedsYou},
			{"gap", func(s *control.Status) { s.Reach.Gaps = []control.Gap{{From: started, To: now, Lost: "some"}} }, control.FaceWell},
		},
		{well, {"paused", func(s *control.Status) { s.State = control.StatePaused }, control.FacePaused}},
	}
}

// worse are the faces, worst first.
var worse = []control.Face{control.FaceNeedsYou, control.FacePaused, control.FaceHealing, control.FaceWell}

var (
	icons = map[control.Face]string{
		control.FaceWell: assets.Running, control.FaceNeedsYou: assets.Attention, control.FaceHealing: assets.Degraded, control.FacePaused: assets.Paused,
	}
	tones = map[control.Face]format.Tone{
		control.FaceWell: format.Good, control.FaceNeedsYou: format.Bad, control.FaceHealing: format.Warn, control.FacePaused: format.Warn,
	}
	states = map[control.Face]string{
		control.FaceWell: control.StateRunning, control.FaceNeedsYou: control.StateDegraded, control.FaceHealing: control.StateDegraded, control.FacePaused: control.StatePaused,
	}
)

// TestTrayWindowAndCommandLineAgree goes through all combinations of what may be with a relay.
func TestTrayWindowAndCommandLineAgree(t *testing.T) {
	now := rig.Now
	line, texts := mustCommandLine(t), translation.New("en")
	all := parts(now)
	at := make([]int, len(all))
	for n := 0; ; n++ {
		started := now.Add(-time.Hour)
		s := control.Status{State: control.StateRunning, Started: &started, Listen: "127.0.0.1:3002", Channels: []control.Channel{{Name: "support", X: link("connected", ""), Motion: link("connected", "")}}}
		name, want := "", len(worse)-1
		for i, p := range at {
			one := all[i][p]
			one.change(&s)
			name += " " + one.name
			for w, face := range worse {
				if face == one.face {
					want = min(want, w)
				}
			}
		}
		s = s.Judged(now)
		agree(t, texts, name, s, worse[want], now)
		if n%61 == 0 { // the command line costs more than all else
			line.agree(t, name, s, worse[want])
		}
		if !next(at, all) {
			t.Logf("%d combinations", n+1)
			return
		}
	}
}

// next goes on to the next combination; false when there is none.
func next(at []int, all [][]part) bool {
	for i := range at {
		if at[i]++; at[i] < len(all[i]) {
			return true
		}
		at[i] = 0
	}
	return false
}

func agree(t *testing.T, texts *translation.Texts, name string, s control.Status, want control.Face, now time.Time) {
	t.Helper()
	icon := tray.Render(tray.Snapshot{Phase: tray.PhaseUp, IsConfigured: true, Status: s}, now, texts.T).Icon
	state, _, tone := format.RelayState(snapshot.Data{Now: now, Asked: true, Running: true, Status: s}, texts)
	if icon != icons[want] || tone != tones[want] || state != want.Words() {
		t.Errorf("%s: the tray shows %s, the window %q in tone %d; want %s", name, icon, state, tone, want)
	}
	if wantState := states[want]; s.State != wantState && s.State != control.StatePaused {
		t.Errorf("%s: the state is %s, want %s", name, s.State, wantState)
	}
	isRed := false
	for _, c := range s.Conditions {
		isRed = isRed || c.Level == control.NeedsYou
		if c.Level == control.NeedsYou && c.Remedy == "" {
			t.Errorf("%s: %s is red, and nobody is told what to do", name, c.Title())
		}
	}
	if isRed != (want == control.FaceNeedsYou) {
		t.Errorf("%s: somebody is needed: %v; it looks like %s", name, isRed, want)
	}
}

// commandLine is the program perch on a relay that answers with one status.
type commandLine struct {
	home   string
	status atomic.Value
}

func mustCommandLine(t *testing.T) *commandLine {
	t.Helper()
	home := tidy.Folder(t)
	l := &commandLine{home: home}
	listener, err := control.Listen(t.Context(), filepath.Join(home, "control.sock"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(l.status.Load())
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return l
}

func (l *commandLine) agree(t *testing.T, name string, s control.Status, want control.Face) {
	t.Helper()
	l.status.Store(s)
	var out, errs bytes.Buffer
	code := command.Run(t.Context(), []string{"status", "--home", l.home}, command.Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
	if code != 0 || errs.Len() > 0 || !strings.HasPrefix(out.String(), want.Words()+" · ") {
		t.Errorf("%s: perch status ends with %d, %q: %s", name, code, errs.String(), out.String())
	}
	for _, c := range s.Conditions {
		if !strings.Contains(out.String(), c.Title()) || !strings.Contains(out.String(), c.Remedy) {
			t.Errorf("%s: perch status does not say %s: %s", name, fmt.Sprint(c), out.String())
		}
	}
}
