package window_test

import (
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"perch/app/control"
	"perch/app/version"
	"perch/bridge/sim/tidy"
	"perch/ui/kit"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

func TestMain(m *testing.M) { os.Exit(tidy.Run(m.Run)) }

// mustWindow returns a window of which all pages are empty.
func mustWindow(t *testing.T, change func(*window.Options, *rig.Rig)) *rig.Rig {
	t.Helper()
	return rig.Must(t, change, rig.Stub(window.Overview), rig.Stub(window.Attention), rig.Stub("limits"), rig.Stub(window.Setup))
}

func themeIn(path string) (theme string) {
	window.ReadPreferences(path).Get("theme", &theme)
	return theme
}

func widthIn(path string) (width float32) {
	window.ReadPreferences(path).Get("width", &width)
	return width
}

func TestThemeIsSwitchedAndRemembered(t *testing.T) {
	path := t.TempDir() + "/window.json"
	r := mustWindow(t, func(o *window.Options, _ *rig.Rig) { o.PreferencesPath, o.Theme = path, "" })
	for _, want := range []string{kit.ModeLight, kit.ModeDark, kit.ModeSystem, kit.ModeLight} {
		test.Tap(rig.Find(r, "switch of the theme", func(b *kit.Button) bool { return b.AccessibilityLabel() == r.T("window.theme") }))
		if got := themeIn(path); got != want {
			t.Errorf("the theme is %q, want %q", got, want)
		}
	}
	r.GoTo("limits")
	window.Remember(r.Window)
	again := mustWindow(t, func(o *window.Options, _ *rig.Rig) { o.PreferencesPath, o.Section, o.Theme = path, "", "" })
	if again.Current() != "limits" || widthIn(path) != rig.Width {
		t.Errorf("it opens with %s, %v wide", again.Current(), widthIn(path))
	}
}

func TestQuestionHasToBeAnsweredFirst(t *testing.T) {
	r := mustWindow(t, nil)
	r.Confirm("Really?", "About it.", "Yes", func() {})
	window.UnlessAsked(r.Window, func() { r.Open(window.Attention) })
	if r.Current() != window.Overview {
		t.Errorf("%s is open behind the question", r.Current())
	}
	r.CloseDialog()
	window.UnlessAsked(r.Window, func() { r.Open(window.Attention) })
	if r.Current() != window.Attention {
		t.Errorf("%s is open", r.Current())
	}
}

func TestLockedVaultIsOpenedBeforeAStart(t *testing.T) {
	r := mustWindow(t, func(_ *window.Options, r *rig.Rig) {
		r.Relay.SetStopped(true)
		r.Settings.State, r.Settings.Phrase = control.VaultState{Used: true, Exists: true}, "right"
	})
	r.RunRelay("start")
	r.Settle()
	r.MustSee("The vault is locked")
	r.Fill("Passphrase", "wrong")
	r.Press("Open")
	r.MustSee("The passphrase does not open the vault.")
	r.Fill("wrong", "right")
	r.Press("Open")
	r.MustNotSee("The vault is locked")
	if !r.Data.Running || r.Settings.State.Unattended {
		t.Errorf("running %v, %+v", r.Data.Running, r.Settings.State)
	}
}

// holder is a page that may hold something.
type holder struct {
	window.Page
	about string
}

func (h *holder) Unsaved() string { return h.about }

func TestWindowThatHoldsWhatIsNotSavedAsksBeforeItCloses(t *testing.T) {
	h := &holder{}
	made := func(w *window.Window) window.Page { h.Page = rig.Stub("limits").New(w); return h }
	r := rig.Must(t, nil, rig.Stub(window.Overview), window.Entry{Name: "limits", New: made})
	closed := 0
	leave := func() { window.Leave(r.Window, func() { closed++ }); r.Settle() }
	if leave(); closed != 1 {
		t.Errorf("closed %d times with nothing to lose", closed)
	}
	if r.IsUnsaved() {
		t.Error("there is nothing to lose")
	}
	h.about = "You have changed something."
	if !r.IsUnsaved() {
		t.Error("there is something to lose")
	}
	leave()
	leave() // somebody who is impatient
	r.MustSee("Close without saving?", "You have changed something.")
	if closed != 1 || r.Current() != "limits" {
		t.Errorf("closed %d times, %s is open", closed, r.Current())
	}
	r.Press("Cancel")
	r.MustNotSee("Close without saving?")
	leave()
	if r.Press("Close without saving"); closed != 2 {
		t.Errorf("closed %d times", closed)
	}
}

// A window without room for the button has it under the sign of the state.
func TestAboutIsReachedByMouseInANarrowWindow(t *testing.T) {
	r := mustWindow(t, nil)
	r.Fyne().Resize(fyne.NewSize(800, 600))
	r.Tap(r.T("window.about"))
	r.MustSee("Perch "+version.Number, r.T("window.about.keys"))
}

func TestAboutFitsIntoALowWindow(t *testing.T) {
	r := mustWindow(t, nil)
	for _, height := range []float32{388, rig.Height} {
		r.Fyne().Resize(fyne.NewSize(680, height))
		r.About()
		if least := window.LeastDialog(r.Window); least.Height > height-10 {
			t.Errorf("in a window that is %v high it takes %v", height, least)
		}
	}
}

// The look changes while another page is open: Fyne paints what is on screen anew, so the page that was left has to be when it
// comes back.
func TestAPageThatWasLeftIsPaintedInTheNewLook(t *testing.T) {
	r := rig.Must(t, nil, rig.Stub("limits"), rig.Stub("logs"))
	painted := 0
	r.App.Settings().AddListener(func(fyne.Settings) { painted++ })
	for _, step := range []struct {
		what string
		do   func()
		want int
	}{
		{"another page", func() { r.Open("logs") }, 0},
		{"the first one again", func() { r.Open("limits") }, 0},
		{"the switch", func() {
			test.Tap(rig.Find(r, "switch of the theme", func(b *kit.Button) bool { return b.AccessibilityLabel() == r.T("window.theme") }))
		}, 1},
		{"the page that was left", func() { r.Open("logs") }, 1},
		{"the page that was there", func() { r.Open("limits") }, 0},
	} {
		painted = 0
		if step.do(); painted != step.want {
			t.Errorf("%s: painted anew %d times, want %d", step.what, painted, step.want)
		}
	}
}

// memory is what a browser keeps.
type memory struct{ data []byte }

func (m *memory) Read() []byte { return m.data }

func (m *memory) Write(data []byte) error { m.data = data; return nil }

// A page that is loaded again says nothing before.
func TestAPageThatIsLoadedAgainOpensWhereItWas(t *testing.T) {
	m := &memory{}
	in := func(o *window.Options, _ *rig.Rig) { o.Memory, o.Section = m, "" }
	mustWindow(t, in).Open("limits")
	if again := mustWindow(t, in); again.Current() != "limits" {
		t.Errorf("%s is open", again.Current())
	}
}

// Who signs out is asked about what is not saved; a window that nobody signs in to has no such thing.
func TestSigningOut(t *testing.T) {
	var out int
	r := mustWindow(t, func(o *window.Options, _ *rig.Rig) { o.SignOut = func() { out++ } })
	tap := func(in *rig.Rig) bool {
		for _, o := range test.LaidOutObjects(in.Canvas().Content()) {
			if item, ok := o.(interface {
				fyne.Tappable
				AccessibilityLabel() string
			}); ok && item.AccessibilityLabel() == in.T("window.sign_out") {
				item.Tapped(nil)
				return true
			}
		}
		return false
	}
	if !tap(r) || out != 1 {
		t.Errorf("signed out %d times", out)
	}
	if tap(mustWindow(t, nil)) {
		t.Error("a window of a desktop offers to sign out")
	}
}

// A page that the relay serves cannot start it again: one tap too many does not end it.
func TestAPageAsksBeforeTheRelayThatServesItGoes(t *testing.T) {
	for _, what := range []string{"stop", "restart"} {
		r := mustWindow(t, func(o *window.Options, _ *rig.Rig) { o.SignOut = func() {} })
		r.RunRelay(what)
		r.Settle()
		if r.Data.Doing != "" || !r.Data.Running {
			t.Errorf("%s: done without a question", what)
		}
		r.MustSee("perch web")
		r.Press(r.T("window.do." + what))
		r.MustSee(r.T("window.done." + what))
	}
}

// The keys of the window work wherever the focus is.
func TestF1AndEscapeWorkFromTheNavigation(t *testing.T) {
	r := mustWindow(t, nil)
	for _, o := range test.LaidOutObjects(r.Canvas().Content()) {
		item, ok := o.(interface {
			fyne.Focusable
			AccessibilityLabel() string
		})
		if !ok || item.AccessibilityLabel() != r.T("window."+window.Attention) {
			continue
		}
		r.Canvas().Focus(item)
		item.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF1})
		r.MustSee(r.T("window.about.keys"))
		item.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		r.MustNotSee(r.T("window.about.keys"))
		return
	}
	t.Fatal("there is no navigation")
}
