package ui

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/translation"
	"perch/ui/uitest"
)

func mustDemo(t *testing.T, lang string) *rig {
	t.Helper()
	return mustRig(t, func(o *Options, r *rig) {
		o.Texts = translation.New(lang)
		r.relay.Change(func(s *control.Status) { s.Demo = true })
	})
}

func TestDemoSaysThatItIsOne(t *testing.T) {
	for lang, note := range map[string]string{"en": "This is the demo", "it": "Questa è la demo"} {
		r := mustDemo(t, lang)
		if title := r.window.Title(); title != "Perch – demo" {
			t.Errorf("the title is %q", title)
		}
		r.mustSee("Demo", note)
		for _, key := range []string{"window.do.stop", "window.do.restart"} {
			b := find(r, key, func(b *kit.Button) bool { return b.Text() == r.t2(key) })
			if !b.Disabled() {
				t.Errorf("%s is awake", key)
			}
		}
	}
	if r := mustRig(t, nil); r.window.Title() != "Perch" || r.isDemo {
		t.Error("a relay of one's own is called a demo")
	}
}

// t2 is a text of the window; t is the test here.
func (r *rig) t2(key string) string { return r.Texts.T(key) }

func TestDemoIsPausedAndResumedButNotRestarted(t *testing.T) {
	r := mustDemo(t, "en")
	r.press("Pause")
	r.mustSee("Deliveries are paused.")
	r.press("Resume")
	r.mustSee("Deliveries go on.")
	r.tellTaken("window.settings.saved", "window.settings.used", control.Taken{Restart: true, RestartFields: []string{"listen"}}, &r.settings.Kept.Config)
	if r.again.Visible() {
		t.Error("a restart is offered")
	}
	r.mustSee("The demo cannot be restarted")
	r.hush()
	r.run("stop")
	r.settle()
	r.mustSee("The demo cannot be restarted", "Running") // and not that it has stopped
	r.relay.SetStopped(true)
	r.refresh()
	r.mustSee("The demo has ended.")
	start := find(r, "Start", func(b *kit.Button) bool { return b.Text() == "Start" })
	if !start.Disabled() {
		t.Error("a demo that is over can be started")
	}
}

func TestWizardInADemoSaysSo(t *testing.T) {
	r := mustDemo(t, "en")
	r.goTo(sectionWizard)
	r.mustSee("This is the demo", "once the demo has ended")
	r.mustNotSee("Try the demo")
	test.Tap(find(r, "tile", func(a *kit.Area) bool { return a.AccessibilityLabel() == "This is the demo" }))
	if r.current != sectionOverview {
		t.Errorf("it leads to %s", r.current)
	}
	r = mustFirstRun(t, "", uitest.NewEmpty())
	r.mustSee("Try the demo")
}
