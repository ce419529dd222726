package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/uitest"
)

// A window that is opened while the relay is stopped knows nothing, and must not say that all is well.
func TestStoppedRelayIsNotAllWell(t *testing.T) {
	r := mustRig(t, func(_ *Options, r *rig) { r.relay.SetStopped(true) })
	for _, f := range []*figure{r.overview().waiting, r.overview().needYou, r.overview().in, r.overview().out} {
		if got := f.number.Text(); got != "–" {
			t.Errorf("a figure says %s", got)
		}
	}
	for _, section := range []string{sectionAttention, sectionLimits} {
		r.goTo(section)
		r.mustSee("Not known while the relay is stopped")
		r.mustNotSee("Nothing needs you")
	}
	// What was known before the stop stays.
	r = mustRig(t, nil)
	r.relay.SetStopped(true)
	r.goTo(sectionAttention)
	r.mustNotSee("Not known")
}

func (r *rig) overview() *overview { return r.sections[sectionOverview].(*overview) }

func TestStartWithoutASetUpLeadsThere(t *testing.T) {
	r := mustFirstRun(t, "", uitest.NewEmpty())
	r.goTo(sectionOverview)
	r.mustSee("Perch is not set up yet.")
	r.press("Start")
	if r.current != sectionWizard {
		t.Errorf("%s is open", r.current)
	}
}

func TestQuestionHasToBeAnsweredFirst(t *testing.T) {
	r := mustRig(t, nil)
	r.confirm("Really?", "About it.", "Yes", func() {})
	r.unlessAsked(func() { r.open(sectionAttention) })
	if r.current != sectionOverview {
		t.Errorf("%s is open behind the question", r.current)
	}
	r.closeDialog()
	r.unlessAsked(func() { r.open(sectionAttention) })
	if r.current != sectionAttention {
		t.Errorf("%s is open", r.current)
	}
}

func TestEnterOpensAMessageAndEscapeClosesIt(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionTraffic)
	list := r.traffic().list
	r.window.Canvas().Focus(list)
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.settle()
	if r.traffic().selected == 0 {
		t.Error("Enter opens nothing")
	}
	r.window.Canvas().Focus(list)
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if r.traffic().selected != 0 {
		t.Error("Escape closes nothing")
	}
}

func TestNameOfASavedChannelStays(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionSettings)
	r.press("support")
	if e := find(r, "name", func(e *kit.Entry) bool { return e.Text == "support" }); !e.Disabled() {
		t.Error("it can be changed, and its keys would be lost")
	}
	r.press("+ Channel")
	find(r, "name of the new channel", func(e *kit.Entry) bool { return e.Text == "" && !e.Disabled() })
}

func TestEncryptedMessageSaysSo(t *testing.T) {
	r := mustRig(t, nil)
	r.relay.Put(control.Message{ID: 5_000_000, Channel: "support", Direction: "in", Kind: "encrypted", State: "delivered", From: "lena_t", ReceivedAt: testNow})
	r.goTo(sectionTraffic)
	r.mustSee("Encrypted message: read it on x.com")
}
