package setup

import (
	"context"
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
	r.MustSee("How do agents' replies come to Perch?", "On the Motion server")
	r.Press("Continue")
	r.MustSee("@acme_support", "https://motion.acme.example/api/openchannel/accounts/9/notify", "On the Motion server")
	r.Press("Save and start")
	if c := settings.Stored.Config; !settings.Stored.Exists || c.Channels[0].Motion.MapKey != "twitter" || c.Reach.Mode != "stream" {
		t.Fatalf("saved %+v", c)
	}
	r.MustSee("has no Reply URL yet", "http://10.20.0.5:3002/reply/", "Send a direct message to @acme_support")
	r.Press("Write it into Motion")
	r.MustSee("The Reply URL was written into Motion's account, and read again.")
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

// mustClash is a set-up in which the user in Motion was answered, while somebody wrote another one into perch.toml.
func mustClash(t *testing.T, theirs func(*control.Config)) (*rig.Rig, *page, *uitest.Settings, string) {
	t.Helper()
	path, settings := filepath.Join(t.TempDir(), "window.json"), uitest.NewSettings()
	r, w := mustPage(t, func(o *window.Options, r *rig.Rig) {
		r.Settings = settings
		o.Settings, o.Vault, o.PreferencesPath = settings, settings, path
	})
	r.Refresh()
	w.channel().Motion.User = "jane"
	w.goTo(stepFinish)
	elsewhere := form.Clone(settings.Stored.Config)
	theirs(&elsewhere)
	settings.Stored.Config = elsewhere
	return r, w, settings, path
}

func TestWizardAsksWhereTheFileSaysSomethingElseSince(t *testing.T) {
	paul := func(c *control.Config) { c.Channels[0].Motion.User, c.Listen = "paul", "127.0.0.1:4444" }
	r, w, settings, _ := mustClash(t, paul)
	r.Press("Save and start")
	r.MustSee("perch.toml was changed meanwhile", `here "jane", in perch.toml "paul"`)
	r.MustNotSee("4444")
	r.Press("Cancel")
	if settings.Stored.Config.Channels[0].Motion.User != "paul" || !w.begun.IsZero() {
		t.Error("it is saved without an answer")
	}
	r.Press("Save and start")
	r.Press("Keep mine")
	if c := settings.Stored.Config; c.Channels[0].Motion.User != "jane" || c.Listen != "127.0.0.1:4444" {
		t.Errorf("mine: %+v", c)
	}
	r, _, settings, _ = mustClash(t, paul)
	r.Press("Save and start")
	r.Press("Take perch.toml's")
	if c := settings.Stored.Config; c.Channels[0].Motion.User != "paul" || c.Listen != "127.0.0.1:4444" {
		t.Errorf("theirs: %+v", c)
	}
	r, _, settings, _ = mustClash(t, func(c *control.Config) { c.Channels[0].Name = "help" })
	r.Press("Save and start")
	r.MustSee(`the channel "support" is no longer there`)
	r.Press("Take perch.toml's")
	if c := settings.Stored.Config; len(c.Channels) != 1 || c.Channels[0].Name != "help" {
		t.Errorf("a channel with another name: %+v", c.Channels)
	}
}

// A draft that was left is brought up to perch.toml when it is taken up, not only at its end.
func TestWizardTakesUpADraftWithWhatIsSetNow(t *testing.T) {
	_, _, settings, path := mustClash(t, func(c *control.Config) { c.Channels[0].Motion.User, c.Channels[0].Motion.MapKey = "paul", "handle" })
	again := func() (*rig.Rig, *page) {
		return mustPage(t, func(o *window.Options, r *rig.Rig) {
			r.Settings = settings
			o.Settings, o.Vault, o.PreferencesPath = settings, settings, path
		})
	}
	r, w := again()
	r.MustSee("perch.toml was changed meanwhile", `here "jane", in perch.toml "paul"`)
	r.Press("Take perch.toml's")
	if m := w.channel().Motion; m.User != "paul" || m.MapKey != "handle" {
		t.Errorf("it goes on with %+v", m)
	}
}

func TestWizardSaysThatItHoldsWhatIsNotStored(t *testing.T) {
	_, w := mustFirstRun(t, "", uitest.NewEmpty())
	if got := w.Unsaved(); got != "" {
		t.Errorf("nothing was typed: %s", got)
	}
	w.typed["x.consumer_key"] = "hush"
	if got := w.Unsaved(); !strings.Contains(got, "not stored yet") {
		t.Errorf("got %q", got)
	}
}

// A mistake in perch.toml that a later step mends stops none before it.
func TestWizardGoesOnOverAMistakeThatItMends(t *testing.T) {
	settings := uitest.NewSettings()
	settings.Stored.Config.Channels[0].Motion.ReceiveURL = ""
	settings.Stored.Problem = &control.Failure{Message: "perch.toml, line 9: motion.receive_url is missing", Remedy: "copy it from Motion"}
	r, w := mustPage(t, func(o *window.Options, r *rig.Rig) {
		r.Settings = settings
		o.Settings, o.Vault = settings, settings
	})
	r.Refresh()
	r.MustSee("Perch.toml, line 9: motion.receive_url is missing.", "mends perch.toml at the end")
	w.goTo(stepX)
	w.typed["x.access_token"] = "refused" // by a running relay, which cannot read its perch.toml
	r.Press("Check")
	r.MustSee("You are @acme_support.")
}

// httpOnly is a Motion that does not speak https.
type backend interface{ window.Settings }

type httpOnly struct{ backend }

func (h httpOnly) CheckSettings(ctx context.Context, what string, r control.CheckRequest) (control.CheckResult, error) {
	if what == control.CheckMotionCredentials || strings.HasPrefix(motionAddress(r.Config.Channels[0].Motion), "https://") {
		return control.CheckResult{Message: "Motion does not answer", Remedy: "check the address"}, nil
	}
	return h.backend.CheckSettings(ctx, what, r)
}

func TestWizardNamesTheAddressByHTTPWhereHTTPSIsNone(t *testing.T) {
	settings := uitest.NewEmpty()
	for _, typed := range []string{"motion", "https://motion", "motion/api/openchannel/accounts/5/notify"} {
		r, w := mustPage(t, func(o *window.Options, r *rig.Rig) {
			r.Settings = settings
			r.Relay.SetStopped(true)
			o.Settings, o.Vault = httpOnly{settings}, settings
		})
		w.goTo(stepMotion)
		setMotionAddress(&w.channel().Motion, typed)
		w.typed["motion.password"] = "hush"
		r.Press("Check")
		r.MustSee("Motion does not answer.", "but it does by http: http://motion")
	}
}
