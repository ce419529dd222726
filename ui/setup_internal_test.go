package ui

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/app/desk"
	"perch/ui/kit"
	"perch/ui/page"
	"perch/ui/uitest"
)

func TestSettingsAreCheckedAndSaved(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionSettings)
	r.mustSee("Listen on", "/home/admin/.config/perch/perch.toml")
	r.mustNotSee("There are changes")
	r.fill("127.0.0.1:3002", "nowhere")
	r.mustSee("Listen is not host:port.", "One field needs a look")
	r.press("Way in")
	r.mustSee("How X's events come in", "gate.acme.example:22", "Listen is not host:port.")
	r.press("General")
	r.fill("nowhere", "0.0.0.0:3002")
	r.mustSee("There are changes that are not saved.")
	r.press("Save")
	r.mustSee("Saved. In use after a restart: Listen on, User (SSH tunnel), X API (support).")
	find(r, "restart in the notice", func(b *kit.Button) bool { return b == r.again }).Tapped(nil)
	r.settle()
	r.mustSee("The relay was restarted.")
	r.mustNotSee("Saved. In use after")
	if r.again.Visible() {
		t.Error("the restart is offered again")
	}
	if got := r.settings.Kept.Config.Listen; got != "0.0.0.0:3002" {
		t.Errorf("saved %q", got)
	}
	r.mustNotSee("There are changes")
	r.fill("0.0.0.0:3002", "nowhere")
	r.press("Undo changes")
	r.mustSee("0.0.0.0:3002")
	login := r.sections[sectionSettings].(*settingsPage).login.box
	find(r, "legacy path", func(c *widget.Check) bool { return !c.Checked && c != login }).SetChecked(true)
	r.settle()
	r.press("Save")
	r.mustSee("The settings are saved and in use.")
}

func TestChannelsAreAddedAndRemoved(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionSettings)
	r.press("+ Channel")
	r.mustSee("New channel", "Remove channel")
	s := r.sections[sectionSettings].(*settingsPage)
	if len(s.draft.Channels) != 2 || len(r.settings.Kept.Config.Channels) != 1 {
		t.Errorf("%d channels in the draft", len(s.draft.Channels))
	}
	r.press("Remove channel")
	r.press("Remove channel") // yes
	if len(s.draft.Channels) != 1 || s.isDirty() {
		t.Errorf("%+v", s.draft.Channels)
	}
}

func TestTunnelFieldsFollowTheChoice(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionSettings)
	r.press("Way in")
	r.mustSee("SSH tunnel")
	tunnel := find(r, "choice of the tunnel", func(s *widget.Select) bool { return s.Selected == "SSH" })
	tunnel.SetSelected("ngrok")
	r.settle()
	r.mustSee("Authtoken")
	r.mustNotSee("SSH tunnel")
}

func TestSecretsAreReplacedAndNeverShown(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionSettings)
	r.press("support")
	r.mustSee("API key secret", "Set", "Not set")
	r.press("Replace…")
	r.fill("Paste it here", "  very-secret-value\n")
	r.press("Store")
	if got := r.settings.Secrets["support/x.consumer_key"]; got != "very-secret-value" {
		t.Errorf("stored %q", got)
	}
	r.mustSee("The secret is saved and in use.")
	r.mustNotSee("very-secret-value")
	r.press("Replace…")
	r.fill("Paste it here", "refused")
	r.press("Store")
	r.mustSee("Saved, but the relay does not use it yet.", "X does not take the new keys of channel support. Store all of them that were made together.")
	r.press("Remove")
	r.mustSee("Remove this secret?")
	confirm := find(r, "confirmation", func(b *kit.Button) bool { return b.Text() == "Remove" })
	confirm.Tapped(nil)
	r.settle()
	if got, ok := r.settings.Secrets["support/x.consumer_key"]; !ok || got != "" {
		t.Errorf("still %q", got)
	}
}

func TestChecksAnswerInWords(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionSettings)
	r.press("support")
	r.press("Test keys")
	r.mustSee("X takes the keys: you are @acme_support.")
	r.press("Way in")
	r.press("Test public address")
	r.mustSee("Nobody answers at https://perch.acme.example/api/messages (connection refused).", "Start the relay, and check the name, the port and the firewall.")
}

// mustFirstRun is a window on a computer where nothing was ever set up.
func mustFirstRun(t *testing.T, memory string, settings *uitest.Settings) *rig {
	t.Helper()
	return mustRig(t, func(o *Options, r *rig) {
		r.settings = settings
		r.relay.SetStopped(true)
		o.Settings, o.Vault, o.Section, o.Memory = settings, settings, "", memory
	})
}

func TestWizardFromNothingToARoundTrip(t *testing.T) {
	memory, settings := filepath.Join(t.TempDir(), "window.json"), uitest.NewEmpty()
	r := mustFirstRun(t, memory, settings)
	w := r.sections[sectionWizard].(*wizard)
	w.goTo(page.StepX)
	r.press("Check")
	r.mustSee("All four values are needed.")
	for _, name := range page.XSecrets() {
		w.typed[name] = "hush-" + name
	}
	w.build()
	r.press("Check")
	r.mustSee("You are @acme_support.")
	if settings.Secrets["support/x.access_token_secret"] != "hush-x.access_token_secret" || len(w.typed) != 0 {
		t.Errorf("stored %d secrets, still holding %d", len(settings.Secrets), len(w.typed))
	}
	r.press("Continue")
	r.mustSee("Your XCALLY Motion")

	// Leaving and coming back continues, without any secret in the memory.
	data, err := os.ReadFile(memory)
	if err != nil || strings.Contains(string(data), "hush") {
		t.Fatalf("the memory: %s, %v", data, err)
	}
	r = mustFirstRun(t, memory, settings)
	w = r.sections[sectionWizard].(*wizard)
	r.mustSee("Your XCALLY Motion")
	r.press("Check")
	r.mustSee("Motion's address is missing.")
	r.fill("https://motion.example.com", "motion.acme.example")
	w.typed["motion.password"] = "hush-motion"
	r.press("Check")
	r.mustSee("Motion takes the credentials", "Open Channel account")
	find(r, "list of accounts", func(s *widget.Select) bool { return len(s.Options) == 2 }).SetSelectedIndex(1)
	r.press("Continue")
	r.mustSee("Perch fetches them")
	r.press("Continue")
	r.mustSee("How do agents' answers come to Perch?", "On the Motion server")
	r.press("Continue")
	r.mustSee("@acme_support", "https://motion.acme.example/api/openchannel/accounts/9/notify", "On the Motion server")
	r.press("Save and start")
	if c := settings.Kept.Config; !settings.Kept.Exists || c.Channels[0].Motion.MapKey != "twitter" || c.Reach.Mode != "stream" {
		t.Fatalf("saved %+v", c)
	}
	r.mustSee("has no Reply URL yet", "http://10.20.0.5:3002/reply/", "Send a direct message to @acme_support")
	r.press("Write it into Motion")
	r.mustSee("Motion's account has this Reply URL.")
	trip := func() page.Trip { return page.MakeTrip(r.data, "support", w.begun) }
	if got := trip(); !got.Running || got.Received || got.Answered {
		t.Errorf("%+v", got)
	}
	r.clock.pass(60_000_000_000)
	r.receive(1_000_000, 3)
	if got := trip(); !got.Received || !got.Answered {
		t.Errorf("%+v", got)
	}
	r.mustSee("The message went all the way round.")
	r.press("Done")
	if r.current != sectionOverview || recall(memory).Wizard != nil {
		t.Errorf("%s is open, the draft is %+v", r.current, recall(memory).Wizard)
	}
}

func TestWizardSaysWhatIsWrong(t *testing.T) {
	r := mustFirstRun(t, "", uitest.NewEmpty())
	w := r.sections[sectionWizard].(*wizard)
	w.goTo(page.StepFinish)
	r.press("Save and start")
	r.mustSee("Motion.receive_url is missing.", "Copy it from the Open Channel account in Motion.")
	r.press("Back")
	r.press("Back")
	r.mustSee("How do X's events come to Perch?")
	w.goTo(page.StepStart)
	w.onDemo()
	r.settle()
	r.mustSee("The demo has started.")
}

// mustFinish is a set-up that was saved, with its round trip on screen.
func mustFinish(t *testing.T, prepare func(*rig)) *rig {
	t.Helper()
	r := mustFirstRun(t, "", uitest.NewEmpty())
	prepare(r)
	w := r.sections[sectionWizard].(*wizard)
	w.channel().Motion.ReceiveURL = "https://motion.acme.example/api/openchannel/accounts/9/notify"
	if _, err := r.settings.SetSecret(t.Context(), "support", "motion.password", "hush"); err != nil {
		t.Fatal(err)
	}
	w.goTo(page.StepFinish)
	r.press("Save and start")
	return r
}

func TestReplyURLOfAnotherProgramIsReplacedAfterAYesOnly(t *testing.T) {
	const old = "http://localhost:3002/sendMessage"
	r := mustFinish(t, func(r *rig) { r.relay.SetInMotion(old, false) })
	r.mustSee("another Reply URL: " + old)
	inMotion := func() string {
		now, _ := r.relay.ReplyURL(t.Context(), "support")
		return now.InMotion
	}
	r.press("Write it into Motion")
	r.mustSee("Replace the Reply URL in Motion?")
	r.press("Cancel")
	if got := inMotion(); got != old {
		t.Errorf("replaced without a yes by %s", got)
	}
	r.press("Write it into Motion")
	r.press("Write it into Motion") // the yes
	r.mustSee("Motion's account has this Reply URL.")
	if got := inMotion(); got == old {
		t.Error("not replaced")
	}
}

func TestReplyURLIsPastedWhereMotionDoesNotTellIt(t *testing.T) {
	r := mustFinish(t, func(r *rig) { r.relay.SetInMotion("", true) })
	r.mustSee("Paste this Reply URL", "http://10.20.0.5:3002/reply/")
	r.mustNotSee("Write it into Motion")
	// What was pasted is noticed.
	now, _ := r.relay.ReplyURL(t.Context(), "support")
	r.relay.SetInMotion(now.URL, true)
	r.clock.pass(replyEvery)
	r.refresh()
	r.mustSee("Motion's account has this Reply URL.")
}

func TestWaysOfAnswers(t *testing.T) {
	r := mustFirstRun(t, "", uitest.NewEmpty())
	w := r.sections[sectionWizard].(*wizard)
	w.goTo(page.StepReplies)
	choose := func(title string) {
		find(r, "tile "+title, func(a *kit.Area) bool { return a.AccessibilityLabel() == title }).Tapped(nil)
		r.settle()
	}
	choose("On another computer of the same network")
	r.mustSee("Let only the Motion server through the firewall")
	if c := w.draft.Config; c.Listen != "0.0.0.0:3002" || c.Reach.Tunnel != "" {
		t.Errorf("network: %s, tunnel %q", c.Listen, c.Reach.Tunnel)
	}
	choose("On a computer that Motion does not reach")
	r.mustSee("Listen there on", "Known hosts")
	if c := w.draft.Config; c.Listen != "127.0.0.1:3002" || c.Reach.Tunnel != "ssh" {
		t.Errorf("tunnel: %s, tunnel %q", c.Listen, c.Reach.Tunnel)
	}
	choose("On the Motion server")
	if c := w.draft.Config; c.Listen != "127.0.0.1:3002" || c.Reach.Tunnel != "" {
		t.Errorf("here: %s, tunnel %q", c.Listen, c.Reach.Tunnel)
	}
	w.draft.Config.Reach.Mode, w.draft.Config.Reach.Tunnel = "webhook", "ssh"
	w.build()
	r.mustNotSee("On the Motion server")
}

func TestWizardMakesAVaultWhereThereIsNoKeyring(t *testing.T) {
	settings := uitest.NewEmpty()
	settings.Kept.Config.Secrets, settings.State.Used = "vault", true
	r := mustFirstRun(t, "", settings)
	w := r.sections[sectionWizard].(*wizard)
	w.goTo(page.StepX)
	r.mustSee("Where the keys are kept", "Create")
	r.mustNotSee("The keys of your X app")
	r.fill("Passphrase", "one long passphrase")
	r.fill("The same again", "another long passphrase")
	r.press("Create")
	r.mustSee("The two passphrases are not the same.")
	r.press("Make one for me")
	made := w.vault.phrase.Text
	r.mustSee("Copy it to a safe place now", made)
	if len(made) != madeLength+3 || w.vault.again.Text != made || !w.vault.keep.Checked {
		t.Errorf("made %q", made)
	}
	r.press("Create")
	r.mustSee("The keys of your X app")
	r.mustNotSee(made)
	if settings.Phrase != made || !settings.State.Unattended {
		t.Errorf("opened with %q, %+v", settings.Phrase, settings.State)
	}
}

func TestWizardAsksForThePassphraseAtEveryStep(t *testing.T) {
	for _, step := range []int{page.StepX, page.StepMotion, page.StepFinish} {
		settings := uitest.NewEmpty()
		settings.Kept.Config.Secrets, settings.Phrase = "vault", "right"
		settings.State = control.VaultState{Used: true, Exists: true}
		r := mustFirstRun(t, "", settings)
		r.sections[sectionWizard].(*wizard).goTo(step)
		r.mustSee("Open the vault")
		r.fill("Passphrase", "right")
		r.press("Open")
		r.mustNotSee("Open the vault")
	}
}

func TestWizardSaysWhatTheRelayDoesNotTake(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionWizard)
	w := r.sections[sectionWizard].(*wizard)
	w.goTo(page.StepX)
	w.typed["x.access_token"] = "refused"
	r.press("Check")
	r.mustSee("X does not take the new keys of channel support.", "Store all of them that were made together.")
	if w.checked {
		t.Error("it goes on all the same")
	}
}

func TestWizardLeavesWhatWasChangedElsewhere(t *testing.T) {
	memory := filepath.Join(t.TempDir(), "window.json")
	settings := uitest.NewSettings()
	r := mustRig(t, func(o *Options, r *rig) {
		r.settings = settings
		o.Settings, o.Vault, o.Memory = settings, settings, memory
	})
	r.goTo(sectionWizard)
	w := r.sections[sectionWizard].(*wizard)
	w.channel().Motion.User = "jane"
	w.goTo(page.StepFinish)
	elsewhere := page.Clone(settings.Kept.Config)
	elsewhere.Listen = "127.0.0.1:4444"
	elsewhere.Channels = append(elsewhere.Channels, uitest.DefaultChannel("sales"))
	settings.Kept.Config = elsewhere
	r.press("Save and start")
	c := settings.Kept.Config
	if c.Listen != "127.0.0.1:4444" || len(c.Channels) != 2 || c.Channels[0].Motion.User != "jane" {
		t.Errorf("saved %+v", c)
	}
	if recall(memory).Wizard != nil {
		t.Error("the draft stays, and would be saved again later")
	}
}

func TestWizardWithASpoiltMemory(t *testing.T) {
	for _, step := range []int{-1, 6, 4711} {
		path := filepath.Join(t.TempDir(), "window.json")
		m := memory{Section: sectionWizard, Wizard: &draft{Step: step, Config: page.WizardConfig(uitest.NewSettings().Kept)}}
		if err := m.save(path); err != nil {
			t.Fatal(err)
		}
		mustFirstRun(t, path, uitest.NewEmpty()).mustSee("Set up")
	}
}

func TestSecretsMoveWithTheChoiceOfTheirPlace(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionSettings)
	find(r, "choice of the place", func(s *widget.Select) bool { return s.Selected == "System keyring" }).SetSelectedIndex(1)
	r.settle()
	r.press("Save")
	r.mustSee("The vault is locked")
	r.fill("Passphrase", "one long passphrase")
	r.fill("The same again", "one long passphrase")
	r.press("Open")
	if r.settings.Kept.Config.Secrets != "vault" || !r.settings.State.Used {
		t.Errorf("the secrets are in the %s", r.settings.Kept.Config.Secrets)
	}
	r.mustNotSee("There are changes")
}

func TestWizardOffersTheVaultWhereTheKeyringFails(t *testing.T) {
	settings := uitest.NewEmpty()
	settings.Broken = errors.New("this computer's keyring is locked")
	r := mustFirstRun(t, "", settings)
	w := r.sections[sectionWizard].(*wizard)
	w.goTo(page.StepX)
	r.mustNotSee("Use Perch's encrypted file instead")
	for _, name := range page.XSecrets() {
		w.typed[name] = "hush-" + name
	}
	r.press("Check")
	r.mustSee("This computer's keyring is locked.")
	r.press("Use Perch's encrypted file instead")
	r.mustSee("Where the keys are kept")
	r.press("Make one for me")
	r.press("Create")
	r.press("Check") // what was typed is still there
	r.mustSee("You are @acme_support.")
	if w.draft.Config.Secrets != "vault" {
		t.Errorf("secrets go to the %s", w.draft.Config.Secrets)
	}
}

func TestLockedVaultIsOpenedBeforeAStart(t *testing.T) {
	r := mustRig(t, func(_ *Options, r *rig) {
		r.relay.SetStopped(true)
		r.settings.State, r.settings.Phrase = control.VaultState{Used: true, Exists: true}, "right"
	})
	r.press("Start")
	r.mustSee("The vault is locked")
	r.fill("Passphrase", "wrong")
	r.press("Open")
	r.mustSee("The passphrase does not open the vault.")
	r.fill("wrong", "right")
	r.press("Open")
	r.mustNotSee("The vault is locked")
	if !r.data.Running || r.settings.State.Unattended {
		t.Errorf("running %v, %+v", r.data.Running, r.settings.State)
	}
}

func TestFirstOf(t *testing.T) {
	local := uitest.NewSettings()
	for _, cause := range []error{control.ErrNotRunning, control.ErrNoSettings} {
		s := FirstOf(failing{cause}, local)
		if got, err := s.Settings(t.Context()); err != nil || !got.Exists {
			t.Errorf("%v: %+v, %v", cause, got, err)
		}
		if _, err := s.SaveSettings(t.Context(), local.Kept.Config, true); err != nil {
			t.Error(err)
		}
		if _, err := s.SetSecret(t.Context(), "a", "b", "c"); err != nil || local.Secrets["a/b"] != "c" {
			t.Error(err)
		}
		if r, err := s.CheckSettings(t.Context(), control.CheckXKeys, control.CheckRequest{}); err != nil || !r.OK {
			t.Error(err)
		}
	}
	other := errors.New("disk full")
	if _, err := FirstOf(failing{other}, local).Settings(t.Context()); !errors.Is(err, other) {
		t.Errorf("another error is hidden: %v", err)
	}
	if s, err := FirstOf(local, failing{other}).Settings(t.Context()); err != nil || !s.Exists {
		t.Errorf("the relay is not asked first: %v", err)
	}
}

// failing are settings of which every call fails.
type failing struct{ err error }

func (f failing) Settings(context.Context) (control.Settings, error) {
	return control.Settings{}, f.err
}

func (f failing) SaveSettings(context.Context, control.Config, bool) (control.Saved, error) {
	return control.Saved{}, f.err
}

func (f failing) SetSecret(context.Context, string, string, string) (control.Taken, error) {
	return control.Taken{}, f.err
}

func (f failing) CheckSettings(context.Context, string, control.CheckRequest) (control.CheckResult, error) {
	return control.CheckResult{}, f.err
}

func TestMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "window.json")
	want := memory{Width: 900, Height: 600, Section: "logs", Theme: "dark", Wizard: &draft{Step: 2, Account: "acme", Config: uitest.Defaults()}}
	if err := want.save(path); err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(want)
	b, _ := json.Marshal(recall(path))
	if string(a) != string(b) {
		t.Errorf("remembered %s", b)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.WriteFile(path, []byte("{spoilt"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := recall(path); got.Width != 0 {
		t.Errorf("of a spoilt file: %+v", got)
	}
	if err := want.save(""); err != nil {
		t.Error(err)
	}
}

func TestCommand(t *testing.T) {
	folder := t.TempDir()
	script := filepath.Join(folder, "perch")
	text := "#!/bin/sh\nif [ \"$1\" = stop ]; then echo 'warming up' >&2; echo 'perch: stop: it is busy; wait a little' >&2; exit 1; fi\necho \"$@\" > \"$0.args\"\ncat > \"$0.in\"\n"
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	phrase := ""
	c := &Command{desk.Programs{Home: "/h", Beside: folder, Passphrase: func() string { return phrase }}}
	if err := c.Run(t.Context(), "start"); err != nil {
		t.Skip("no shell here:", err)
	}
	if got, _ := os.ReadFile(script + ".args"); string(got) != "start --home /h\n" {
		t.Errorf("called with %q", got)
	}
	phrase = "hush"
	if err := c.Run(t.Context(), "restart"); err != nil {
		t.Error(err)
	}
	args, _ := os.ReadFile(script + ".args")
	if in, _ := os.ReadFile(script + ".in"); string(in) != "hush\n" || string(args) != "restart --passphrase-stdin --home /h\n" {
		t.Errorf("called with %q and given %q", args, in)
	}
	if err := c.Run(t.Context(), "stop"); err == nil {
		t.Error("stop has worked")
	} else if message, remedy := control.Words(err); message != "it is busy" || remedy != "wait a little" {
		t.Errorf("stop: %q, %q", message, remedy)
	}
	if err := c.Demo(t.Context()); err != nil {
		t.Error(err)
	}
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if got, _ := os.ReadFile(script + ".args"); string(got) == "demo\n" {
			break
		}
	}
	if got, _ := os.ReadFile(script + ".args"); string(got) != "demo\n" { // with a home of its own
		t.Errorf("the demo is called with %q", got)
	}
	t.Setenv("PATH", "")
	c.Programs.Beside = t.TempDir()
	if err := c.Run(t.Context(), "start"); !errors.Is(err, desk.ErrMissing) {
		t.Errorf("without perch: %v", err)
	}
}
