package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/kit"
	"perch/ui/uitest"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

// mustPage returns a window with this page and empty ones for those that it leads to.
func mustPage(t *testing.T, change func(*window.Options, *rig.Rig)) (*rig.Rig, *page) {
	t.Helper()
	var p *page
	made := func(w *window.Window) window.Page { p = newPage(w); return p }
	r := rig.Must(t, change, window.Entry{Name: window.Setup, New: made}, rig.Stub(window.Overview))
	return r, p
}

// mustFirstRun is a window on a computer where nothing was ever set up.
func mustFirstRun(t *testing.T, preferences string, settings *uitest.Settings) (*rig.Rig, *page) {
	t.Helper()
	return mustPage(t, func(o *window.Options, r *rig.Rig) {
		r.Settings = settings
		r.Relay.SetStopped(true)
		o.Settings, o.Vault, o.Section, o.PreferencesPath = settings, settings, "", preferences
	})
}

// isRemembered reports whether a window would go on with a draft.
func isRemembered(path string) bool {
	var d draft
	return window.ReadPreferences(path).Get(prefDraft, &d)
}

func TestWizardFromNothingToARoundTrip(t *testing.T) {
	path, settings := filepath.Join(t.TempDir(), "window.json"), uitest.NewEmpty()
	r, w := mustFirstRun(t, path, settings)
	w.goTo(stepX)
	r.Press("Check")
	r.MustSee("All four values are needed.")
	for _, name := range xSecrets() {
		w.typed[name] = "hush-" + name
	}
	w.build()
	r.Press("Check")
	r.MustSee("You are @acme_support.")
	if settings.Secrets["support/x.access_token_secret"] != "hush-x.access_token_secret" || len(w.typed) != 0 {
		t.Errorf("stored %d secrets, still holding %d", len(settings.Secrets), len(w.typed))
	}
	r.Press("Continue")
	r.MustSee("Your XCALLY Motion")

	// Leaving and coming back continues, without any secret in the preferences.
	data, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(data), "hush") {
		t.Fatalf("the preferences: %s, %v", data, err)
	}
	r, w = mustFirstRun(t, path, settings)
	r.MustSee("Your XCALLY Motion")
	r.Press("Check")
	r.MustSee("Motion's address is missing.")
	r.Fill("https://motion.example.com", "motion.acme.example")
	w.typed["motion.password"] = "hush-motion"
	r.Press("Check")
	r.MustSee("Motion takes the credentials", "Open Channel account")
	rig.Find(r, "list of accounts", func(s *widget.Select) bool { return len(s.Options) == 2 }).SetSelectedIndex(1)
	r.Press("Continue")
	r.MustSee("Perch fetches them")
	r.Press("Continue")
	r.MustSee("How do agents' answers come to Perch?", "On the Motion server")
	r.Press("Continue")
	r.MustSee("@acme_support", "https://motion.acme.example/api/openchannel/accounts/9/notify", "On the Motion server")
	r.Press("Save and start")
	if c := settings.Stored.Config; !settings.Stored.Exists || c.Channels[0].Motion.MapKey != "twitter" || c.Reach.Mode != "stream" {
		t.Fatalf("saved %+v", c)
	}
	r.MustSee("has no Reply URL yet", "http://10.20.0.5:3002/reply/", "Send a direct message to @acme_support")
	r.Press("Write it into Motion")
	r.MustSee("Motion's account has this Reply URL.")
	trip := func() roundTrip { return makeTrip(r.Data, "support", w.begun) }
	if got := trip(); !got.Running || got.Received || got.Answered {
		t.Errorf("%+v", got)
	}
	r.Clock.Pass(60_000_000_000)
	r.Receive(1_000_000, 3)
	if got := trip(); !got.Received || !got.Answered {
		t.Errorf("%+v", got)
	}
	r.MustSee("The message went all the way round.")
	r.Press("Continue")
	r.MustSee("Read encrypted messages, too (optional)", "The account's key", "Or the PIN of X Chat")
	if isRemembered(path) {
		t.Error("the draft is remembered although it was saved")
	}
	r.Press("Done")
	if r.Current() != window.Overview || isRemembered(path) {
		t.Errorf("%s is open, the draft is remembered: %v", r.Current(), isRemembered(path))
	}
}

func TestWizardSaysWhatIsWrong(t *testing.T) {
	r, w := mustFirstRun(t, "", uitest.NewEmpty())
	w.goTo(stepFinish)
	r.Press("Save and start")
	r.MustSee("Motion.receive_url is missing.", "Copy it from the Open Channel account in Motion.")
	r.Press("Back")
	r.Press("Back")
	r.MustSee("How do X's events come to Perch?")
	w.goTo(stepStart)
	w.onDemo()
	r.Settle()
	r.MustSee("The demo has started.")
}

func TestWizardSaysWhatTheRelayDoesNotTake(t *testing.T) {
	r, w := mustPage(t, nil)
	w.goTo(stepX)
	w.typed["x.access_token"] = "refused"
	r.Press("Check")
	r.MustSee("X does not take the new keys of channel support.", "Store all of them that were made together.")
	if w.checked {
		t.Error("it goes on all the same")
	}
}

func TestWizardLeavesWhatWasChangedElsewhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "window.json")
	settings := uitest.NewSettings()
	r, w := mustPage(t, func(o *window.Options, r *rig.Rig) {
		r.Settings = settings
		o.Settings, o.Vault, o.PreferencesPath = settings, settings, path
	})
	r.Refresh()
	w.channel().Motion.User = "jane"
	w.goTo(stepFinish)
	elsewhere := form.Clone(settings.Stored.Config)
	elsewhere.Listen = "127.0.0.1:4444"
	elsewhere.Channels = append(elsewhere.Channels, uitest.DefaultChannel("sales"))
	settings.Stored.Config = elsewhere
	r.Press("Save and start")
	c := settings.Stored.Config
	if c.Listen != "127.0.0.1:4444" || len(c.Channels) != 2 || c.Channels[0].Motion.User != "jane" {
		t.Errorf("saved %+v", c)
	}
	if isRemembered(path) {
		t.Error("the draft stays, and would be saved again later")
	}
}

func TestWizardWithASpoiltDraft(t *testing.T) {
	for _, step := range []int{-1, 6, 4711} {
		path := filepath.Join(t.TempDir(), "window.json")
		m := window.ReadPreferences(path)
		m.Set("section", window.Setup)
		m.Set(prefDraft, draft{Step: step, Config: firstConfig(uitest.NewSettings().Stored)})
		if err := m.Save(); err != nil {
			t.Fatal(err)
		}
		r, _ := mustFirstRun(t, path, uitest.NewEmpty())
		r.MustSee("Set up")
	}
}

func TestWizardInADemoSaysSo(t *testing.T) {
	r, _ := mustPage(t, func(_ *window.Options, r *rig.Rig) { r.Relay.Change(func(s *control.Status) { s.Demo = true }) })
	r.MustSee("This is the demo", "once the demo has ended")
	r.MustNotSee("Try the demo")
	test.Tap(rig.Find(r, "tile", func(a *kit.Area) bool { return a.AccessibilityLabel() == "This is the demo" }))
	if r.Current() != window.Overview {
		t.Errorf("it leads to %s", r.Current())
	}
	r, _ = mustFirstRun(t, "", uitest.NewEmpty())
	r.MustSee("Try the demo")
}
