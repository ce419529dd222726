package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/page"
	"perch/ui/translation"
	"perch/ui/uitest"
)

// TestPages holds each page as a whole: what is on it and where.
func TestPages(t *testing.T) {
	for _, name := range Sections() {
		t.Run(name, func(t *testing.T) {
			r := mustRig(t, nil)
			r.goTo(name)
			test.AssertRendersToMarkup(t, name+".xml", r.window.Canvas())
		})
	}
}

// TestPictures holds how some pages look.
func TestPictures(t *testing.T) {
	tests := map[string]struct {
		theme, lang, section string
		act                  func(r *rig)
	}{
		"overview-light.png": {theme: kit.ModeLight, lang: "en", section: sectionOverview},
		"overview-dark.png":  {theme: kit.ModeDark, lang: "it", section: sectionOverview},
		"detail-dark.png": {theme: kit.ModeDark, lang: "en", section: sectionTraffic, act: func(r *rig) {
			tr := r.sections[sectionTraffic].(*traffic)
			for _, m := range tr.rows {
				if m.State == "dead" {
					tr.openMessage(m.ID)
					return
				}
			}
		}},
		"picture-light.png": {theme: kit.ModeLight, lang: "en", section: sectionTraffic, act: func(r *rig) {
			r.traffic().openMessage(r.traffic().rows[0].ID)
		}},
		"overview-demo.png": {theme: kit.ModeLight, lang: "it", section: sectionOverview, act: func(r *rig) {
			r.relay.Change(func(s *control.Status) { s.Demo = true })
		}},
		"wizard-light.png": {theme: kit.ModeLight, lang: "en", section: sectionWizard, act: func(r *rig) {
			r.sections[sectionWizard].(*wizard).goTo(page.StepX)
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := mustRig(t, func(o *Options, _ *rig) { o.Theme, o.Texts = tt.theme, translation.New(tt.lang) })
			r.goTo(tt.section)
			if tt.act != nil {
				tt.act(r)
				r.settle()
				r.refresh()
			}
			r.window.Canvas().Unfocus() // without a cursor that blinks
			r.capture(name)
		})
	}
}

// TestPagesInEveryState shows all pages in all states and languages, so that none of them breaks.
func TestPagesInEveryState(t *testing.T) {
	states := map[string]func(r *rig){
		"well": func(*rig) {}, "stopped": func(r *rig) { r.relay.SetStopped(true) },
		"paused": func(r *rig) { r.relay.Change(func(s *control.Status) { s.State = control.StatePaused }) },
		"demo":   func(r *rig) { r.relay.Change(func(s *control.Status) { s.Demo = true }) },
		"nothing yet": func(r *rig) {
			r.relay.Change(func(s *control.Status) {
				s.Channels[0] = control.Channel{Name: "support"}
				s.Reach = control.Reach{Mode: "stream"}
			})
		},
		"two channels in trouble": func(r *rig) {
			r.relay.Change(func(s *control.Status) {
				s.State = control.StateDegraded
				s.Channels[0].X = control.Link{State: "degraded", Detail: "X refuses the keys. Make new ones"}
				s.Channels = append(s.Channels, control.Channel{Name: "sales", Motion: control.Link{State: "paused", Detail: "no answer; wait"}})
			})
		},
	}
	for name, change := range states {
		for _, lang := range translation.Languages() {
			t.Run(name+" "+lang, func(t *testing.T) {
				r := mustRig(t, func(o *Options, r *rig) { o.Texts = translation.New(lang); change(r) })
				for _, section := range Sections() {
					r.goTo(section)
					if texts := r.texts(); strings.Contains(texts, "window.") || strings.Contains(texts, "%!") {
						t.Errorf("%s has a text that is none:\n%s", section, texts)
					}
				}
			})
		}
	}
}

func TestOverviewTellsWhatIsWrong(t *testing.T) {
	r := mustRig(t, nil)
	r.mustSee("@acme_support · support", "Connected", "Delivered to Motion", "http://10.20.0.5:3002/reply/")
	r.relay.Change(func(s *control.Status) {
		s.State = control.StateDegraded
		s.Channels[0].Motion = control.Link{State: "degraded", Detail: "Motion cannot be reached. Check that Motion is running"}
	})
	r.refresh()
	r.mustSee("Has trouble", "Motion cannot be reached.", "Check that Motion is running.")
	r.relay.SetStopped(true)
	r.refresh()
	r.mustSee("Stopped", "The relay is not running", "Start")
	r.press("Start")
	r.mustSee("The relay is running.", "Restart")
	r.press("Pause")
	r.mustSee("Deliveries are paused.", "Resume")
	r.press("Resume")
	r.mustSee("Deliveries go on.")
	r.press("Stop")
	r.mustSee("The relay has stopped.")
}

func TestThemeIsSwitchedAndRemembered(t *testing.T) {
	path := t.TempDir() + "/window.json"
	r := mustRig(t, func(o *Options, _ *rig) { o.Memory, o.Theme = path, "" })
	for _, want := range []string{kit.ModeLight, kit.ModeDark, kit.ModeSystem, kit.ModeLight} {
		r.switchTheme()
		if got := recall(path).Theme; got != want {
			t.Errorf("the theme is %q, want %q", got, want)
		}
	}
	r.goTo(sectionLimits)
	r.remember()
	again := mustRig(t, func(o *Options, _ *rig) { o.Memory, o.Section, o.Theme = path, "", "" })
	if again.current != sectionLimits || again.memory.Width != defaultWidth {
		t.Errorf("it opens with %s, %v wide", again.current, again.memory.Width)
	}
}

func TestFirstRunOpensTheWizard(t *testing.T) {
	r := mustRig(t, func(o *Options, r *rig) {
		r.settings = uitest.NewEmpty()
		r.relay.SetStopped(true)
		o.Settings, o.Section = r.settings, ""
	})
	if r.current != sectionWizard {
		t.Errorf("it opens with %s", r.current)
	}
	r.mustSee("Connect X and Motion", "Try the demo")
}
