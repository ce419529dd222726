package ui_test

import (
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"perch/app/control"
	"perch/app/version"
	"perch/bridge/sim/tidy"
	"perch/ui"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/translation"
	"perch/ui/uitest"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

func TestMain(m *testing.M) { os.Exit(tidy.Run(m.Run)) }

// mustAll returns a window with all pages.
func mustAll(t *testing.T, change func(*window.Options, *rig.Rig)) *rig.Rig {
	t.Helper()
	return rig.Must(t, change, ui.Pages()...)
}

// TestPages holds each page as a whole: what is on it and where.
func TestPages(t *testing.T) {
	for _, name := range ui.Sections() {
		t.Run(name, func(t *testing.T) {
			r := mustAll(t, nil)
			r.GoTo(name)
			test.AssertRendersToMarkup(t, name+".xml", r.Canvas())
		})
	}
}

// TestPictures holds how some pages look.
func TestPictures(t *testing.T) {
	tests := map[string]struct {
		theme, lang, section string
		act                  func(r *rig.Rig)
	}{
		"overview-light.png": {theme: kit.ModeLight, lang: "en", section: window.Overview},
		"overview-dark.png":  {theme: kit.ModeDark, lang: "it", section: window.Overview},
		"detail-dark.png": {theme: kit.ModeDark, lang: "en", section: window.Traffic, act: func(r *rig.Rig) {
			for _, m := range r.Data.View.Rows {
				if m.State == "dead" {
					r.Browse(snapshot.Filter{}, m.ID)
					return
				}
			}
		}},
		"picture-light.png": {theme: kit.ModeLight, lang: "en", section: window.Traffic, act: func(r *rig.Rig) {
			r.Browse(snapshot.Filter{}, r.Data.View.Rows[0].ID)
		}},
		"story-light.png": {theme: kit.ModeLight, lang: "it", section: window.Traffic, act: func(r *rig.Rig) { r.Converse(r.Data.View.Rows[0]) }},
		"overview-demo.png": {theme: kit.ModeLight, lang: "it", section: window.Overview, act: func(r *rig.Rig) {
			r.Relay.Change(func(s *control.Status) { s.Demo = true })
		}},
		"kept-light.png": {theme: kit.ModeLight, lang: "en", section: window.Traffic, act: func(r *rig.Rig) { r.Relay.SetKept(true) }},
		"wizard-light.png": {theme: kit.ModeLight, lang: "en", section: window.Setup, act: func(r *rig.Rig) {
			r.Tap("Connect X and Motion")
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := mustAll(t, func(o *window.Options, _ *rig.Rig) { o.Theme, o.Texts = tt.theme, translation.New(tt.lang) })
			r.GoTo(tt.section)
			if tt.act != nil {
				tt.act(r)
				r.Settle()
				r.Refresh()
			}
			r.Canvas().Unfocus() // without a cursor that blinks
			r.MustLookLike(name)
		})
	}
}

// TestPagesInEveryState shows all pages in all states and languages, so that none of them breaks.
func TestPagesInEveryState(t *testing.T) {
	states := map[string]func(r *rig.Rig){
		"kept": func(r *rig.Rig) { r.Relay.SetKept(true) },
		"well": func(*rig.Rig) {}, "stopped": func(r *rig.Rig) { r.Relay.SetStopped(true) },
		"paused": func(r *rig.Rig) { r.Relay.Change(func(s *control.Status) { s.State = control.StatePaused }) },
		"demo":   func(r *rig.Rig) { r.Relay.Change(func(s *control.Status) { s.Demo = true }) },
		"nothing yet": func(r *rig.Rig) {
			r.Relay.Change(func(s *control.Status) {
				s.Channels[0] = control.Channel{Name: "support"}
				s.Reach = control.Reach{Mode: "stream"}
			})
		},
		"two channels in trouble": func(r *rig.Rig) {
			r.Relay.Change(func(s *control.Status) {
				s.State = control.StateDegraded
				s.Channels[0].X = control.Link{State: "degraded", Detail: "X refuses the keys. Make new ones"}
				s.Channels = append(s.Channels, control.Channel{Name: "sales", Motion: control.Link{State: "paused", Detail: "no answer; wait"}})
			})
		},
	}
	for name, change := range states {
		for _, lang := range translation.Languages() {
			t.Run(name+" "+lang, func(t *testing.T) {
				r := mustAll(t, func(o *window.Options, r *rig.Rig) { o.Texts = translation.New(lang); change(r) })
				for _, section := range ui.Sections() {
					r.GoTo(section)
					if texts := r.AllText(); strings.Contains(texts, "window.") || strings.Contains(texts, "%!") {
						t.Errorf("%s has a text that is none:\n%s", section, texts)
					}
				}
			})
		}
	}
}

func TestShortcutsOpenThePages(t *testing.T) {
	r := mustAll(t, nil)
	for _, name := range ui.Sections() {
		r.GoTo(name)
		if r.Current() != name {
			t.Errorf("%s is not open", name)
		}
		r.Find()
		r.Key(fyne.KeyEscape)
	}
	item := rig.Find(r, "Traffic in the navigation", func(w fyne.Widget) bool {
		named, ok := w.(fyne.Accessible)
		return ok && named.AccessibilityLabel() == "Traffic"
	})
	item.(fyne.Focusable).TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if r.Current() != window.Traffic {
		t.Errorf("the space bar opens %s", r.Current())
	}
}

// What a person clicks on gets the click, on every page and in a message in full.
func TestNothingSwallowsClicks(t *testing.T) {
	r := mustAll(t, nil)
	for _, name := range ui.Sections() {
		r.GoTo(name)
		r.MustTakeClicks(name)
	}
	r.GoTo(window.Traffic)
	r.Browse(snapshot.Filter{}, r.IDOf("iris_v", "dead"))
	r.Settle()
	r.MustTakeClicks("a message in full")
}

// A window that is opened while the relay is stopped knows nothing, and must not say that all is well.
func TestStoppedRelayIsNotAllWell(t *testing.T) {
	r := mustAll(t, func(_ *window.Options, r *rig.Rig) { r.Relay.SetStopped(true) })
	for _, section := range []string{window.Attention, "limits"} {
		r.GoTo(section)
		r.MustSee("Not known while the relay is stopped")
		r.MustNotSee("Nothing needs you")
	}
	// What was known before the stop stays.
	r = mustAll(t, nil)
	r.Relay.SetStopped(true)
	r.GoTo(window.Attention)
	r.MustNotSee("Not known")
}

// A relay that is stopped has left a journal: all pages show what it keeps and say that nothing runs.
func TestStoppedRelayWithAJournalIsShown(t *testing.T) {
	r := mustAll(t, func(_ *window.Options, r *rig.Rig) { r.Relay.SetKept(true) })
	const line = "The relay is stopped. This is what the journal keeps; since 14:57 nothing comes in and nothing goes out."
	for section, text := range map[string]string{
		window.Overview: "Start it with the button above.", window.Traffic: "annlee", window.Attention: "X does not let this account send the customer a direct message", "logs": "", "limits": "Not known while the relay is stopped",
	} {
		r.GoTo(section)
		r.MustSee(line, text, "Stopped")
	}
	r.GoTo(window.Attention)
	r.Press("Try again")
	r.MustSee("relay is not running")
	if acts := r.Relay.Acts(); len(acts) > 0 {
		t.Errorf("something was done without a relay: %v", acts)
	}
	r.Press("Start")
	r.Refresh()
	r.MustNotSee(line)
	r.MustSee("X does not let this account send the customer a direct message")
}

func TestFirstRunOpensTheWizard(t *testing.T) {
	r := mustAll(t, func(o *window.Options, r *rig.Rig) {
		r.Settings = uitest.NewEmpty()
		r.Relay.SetStopped(true)
		o.Settings, o.Section = r.Settings, ""
	})
	if r.Current() != window.Setup {
		t.Errorf("it opens with %s", r.Current())
	}
	r.MustSee("Connect X and Motion", "Try the demo")
}

func mustDemo(t *testing.T, lang string) *rig.Rig {
	t.Helper()
	return mustAll(t, func(o *window.Options, r *rig.Rig) {
		o.Texts = translation.New(lang)
		r.Relay.Change(func(s *control.Status) { s.Demo = true })
	})
}

func TestDemoSaysThatItIsOne(t *testing.T) {
	for lang, note := range map[string]string{"en": "This is the demo", "it": "Questa è la demo"} {
		r := mustDemo(t, lang)
		if title := r.Fyne().Title(); title != "Perch – demo" {
			t.Errorf("the title is %q", title)
		}
		r.MustSee("Demo", note)
		for _, key := range []string{"window.do.stop", "window.do.restart"} {
			b := rig.Find(r, key, func(b *kit.Button) bool { return b.Text() == r.T(key) })
			if !b.Disabled() {
				t.Errorf("%s is awake", key)
			}
		}
	}
	if r := mustAll(t, nil); r.Fyne().Title() != "Perch" {
		t.Error("a relay of one's own is called a demo")
	}
}

// TestNothingIsCutOnASmallScreen holds that a window fits onto a screen of 1024 by 600 pixels at 150 %, with what belongs to the
// screen's edges taken off, in each language; and that its navigation then has no words.
func TestNothingIsCutOnASmallScreen(t *testing.T) {
	const width, height = 1024 / 1.5, 600/1.5 - 12
	for _, lang := range translation.Languages() {
		r := mustAll(t, func(o *window.Options, _ *rig.Rig) { o.Texts = translation.New(lang) })
		for _, section := range ui.Sections() {
			r.GoTo(section)
			r.Fyne().Resize(fyne.NewSize(width, height))
			r.Refresh()
			if least := r.Fyne().Content().MinSize(); least.Width > width || least.Height > height {
				t.Errorf("%s in %s takes %v", section, lang, least)
			}
			r.Fyne().Resize(fyne.NewSize(rig.Width, rig.Height))
		}
		r.GoTo("limits")
		r.MustSee(r.T("window.logs"))
		r.Fyne().Resize(fyne.NewSize(width, height))
		r.MustNotSee(r.T("window.logs")) // the navigation has icons only
	}
}

func TestAboutHasTheVersionTheLicencesAndTheKeys(t *testing.T) {
	r := mustAll(t, nil)
	r.Key(fyne.KeyF1)
	r.MustSee("Perch "+version.Number, "Apache License 2.0", "THIRD-PARTY.txt", "Ctrl+F", "search on the page")
	r.Key(fyne.KeyEscape)
	r.MustNotSee("THIRD-PARTY.txt")
}
