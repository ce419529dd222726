package ui_test

import (
	"testing"

	"perch/app/control"
	"perch/assets"
	"perch/ui/format"
	"perch/ui/snapshot"
	"perch/ui/translation"
	"perch/ui/tray"
	"perch/ui/uitest/rig"
)

// A relay that cannot be asked looks the same in the tray and in the window, and not like one that is stopped.
func TestASilentRelayLooksTheSameEverywhere(t *testing.T) {
	for kind, want := range map[string]struct {
		icon, line string
		tone       format.Tone
	}{
		"temporary": {assets.Degraded, "The relay does not answer yet", format.Warn},
		"operator":  {assets.Attention, "The relay does not answer", format.Bad},
	} {
		s := control.Silent(control.Failure{Kind: kind, Message: "it is so", Remedy: "do this"})
		texts := translation.New("en")
		v := tray.Render(tray.Snapshot{Phase: tray.PhaseSilent, IsConfigured: true, Status: s}, rig.Now, texts.T)
		d := snapshot.Data{Now: rig.Now, Asked: true, Kept: true, Status: s}
		state, about, tone := format.RelayState(d, texts)
		c, _ := s.Worst()
		if v.Icon != want.icon || v.FirstLine != want.line || state != "Not answering" || state != s.Face().Words() || about != "It is so." || tone != want.tone || format.Title(c, false, rig.Now, texts) != want.line {
			t.Errorf("%s: tray %s, %q; window %q, %q, %d", kind, v.Icon, v.FirstLine, state, about, tone)
		}
		if s.State != control.StateSilent || format.Kept(d, texts) != "The relay does not answer. This is what the journal keeps." {
			t.Errorf("%s: %s, %q", kind, s.State, format.Kept(d, texts))
		}
	}
}
