package settings

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/bridge"
	"perch/ui/kit"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

// mustPage returns a window with this page and empty ones for those that it leads to.
func mustPage(t *testing.T, change func(*window.Options, *rig.Rig)) (*rig.Rig, *page) {
	t.Helper()
	var p *page
	made := func(w *window.Window) window.Page { p = newPage(w); return p }
	r := rig.Must(t, change, window.Entry{Name: "settings", New: made}, rig.Stub(window.Setup))
	return r, p
}

func TestSettingsAreCheckedAndSaved(t *testing.T) {
	r, s := mustPage(t, nil)
	r.MustSee("Listen on", "/home/admin/.config/perch/perch.toml")
	r.MustNotSee("There are changes")
	r.Fill("127.0.0.1:3002", "nowhere")
	r.MustSee("Listen is not host:port.", "One field needs a look")
	r.Press("Way in")
	r.MustSee("How X's events come in", "gate.acme.example:22", "Listen is not host:port.")
	r.Press("General")
	r.Fill("nowhere", "0.0.0.0:3002")
	r.MustSee("There are changes that are not saved.")
	r.Press("Save")
	r.MustSee("Saved. In use after a restart: Listen on, User (SSH tunnel), X API (support).")
	rig.Find(r, "restart in the notice", func(b *kit.Button) bool { return b.Text() == "Restart" }).Tapped(nil)
	r.Settle()
	r.MustSee("The relay was restarted.")
	r.MustNotSee("Saved. In use after")
	r.MustNotSee("Restart") // it is not offered again
	if got := r.Settings.Stored.Config.Listen; got != "0.0.0.0:3002" {
		t.Errorf("saved %q", got)
	}
	r.MustNotSee("There are changes")
	r.Fill("0.0.0.0:3002", "nowhere")
	r.Press("Undo changes")
	r.MustSee("0.0.0.0:3002")
	login := s.login.Box
	rig.Find(r, "legacy path", func(c *widget.Check) bool { return !c.Checked && c != login }).SetChecked(true)
	r.Settle()
	r.Press("Save")
	r.MustSee("The settings are saved and in use.")
}

func TestChannelsAreAddedAndRemoved(t *testing.T) {
	r, s := mustPage(t, nil)
	r.Press("+ Channel")
	r.MustSee("New channel", "Remove channel")
	if len(s.draft.Channels) != 2 || len(r.Settings.Stored.Config.Channels) != 1 {
		t.Errorf("%d channels in the draft", len(s.draft.Channels))
	}
	r.Press("Remove channel")
	r.Press("Remove channel") // yes
	if len(s.draft.Channels) != 1 || s.isDirty() {
		t.Errorf("%+v", s.draft.Channels)
	}
}

func TestTunnelFieldsFollowTheChoice(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.Press("Way in")
	r.MustSee("SSH tunnel")
	tunnel := rig.Find(r, "choice of the tunnel", func(s *widget.Select) bool { return s.Selected == "SSH" })
	tunnel.SetSelected("ngrok")
	r.Settle()
	r.MustSee("Authtoken")
	r.MustNotSee("SSH tunnel")
}

func TestNameOfASavedChannelStays(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.Press("support")
	if e := rig.Find(r, "name", func(e *kit.Entry) bool { return e.Text == "support" }); !e.Disabled() {
		t.Error("it can be changed, and its keys would be lost")
	}
	r.Press("+ Channel")
	rig.Find(r, "name of the new channel", func(e *kit.Entry) bool { return e.Text == "" && !e.Disabled() })
}

func TestSecretsAreReplacedAndNeverShown(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.Press("support")
	r.MustSee("API key secret", "Set", "Not set")
	r.Press("Replace…")
	r.Fill("Paste it here", "  very-secret-value\n")
	r.Press("Store")
	if got := r.Settings.Secrets["support/x.consumer_key"]; got != "very-secret-value" {
		t.Errorf("stored %q", got)
	}
	r.MustSee("The secret is saved and in use.")
	r.MustNotSee("very-secret-value")
	r.Press("Replace…")
	r.Fill("Paste it here", "refused")
	r.Press("Store")
	r.MustSee("Saved, but the relay does not use it yet.", "X does not take the new keys of channel support. Store all of them that were made together.")
	r.Press("Remove")
	r.MustSee("Remove this secret?")
	confirm := rig.Find(r, "confirmation", func(b *kit.Button) bool { return b.Text() == "Remove" })
	confirm.Tapped(nil)
	r.Settle()
	if got, ok := r.Settings.Secrets["support/x.consumer_key"]; !ok || got != "" {
		t.Errorf("still %q", got)
	}
}

func TestChecksAnswerInWords(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.Press("support")
	r.Press("Test keys")
	r.MustSee("X takes the keys: you are @acme_support.")
	r.Press("Way in")
	r.Press("Test public address")
	r.MustSee("Nobody answers at https://perch.acme.example/api/messages (connection refused).", "Start the relay, and check the name, the port and the firewall.")
}

func TestSecretsMoveWithTheChoiceOfTheirPlace(t *testing.T) {
	r, _ := mustPage(t, nil)
	rig.Find(r, "choice of the place", func(s *widget.Select) bool { return s.Selected == "System keyring" }).SetSelectedIndex(1)
	r.Settle()
	r.Press("Save")
	r.MustSee("Make the vault", "which is not there yet")
	r.MustNotSee("locked")
	r.Fill("Passphrase", "one long passphrase")
	r.Fill("The same again", "another")
	r.Press("Create")
	r.MustSee("The two passphrases are not the same.")
	r.Press("Make one for me")
	r.MustNotSee("not the same")
	r.Fill("The same again", "") // what was made is in both
	rig.Find(r, "the passphrase", func(e *kit.Entry) bool { return e.PlaceHolder == "Passphrase" }).SetText("one long passphrase")
	rig.Find(r, "the second one", func(e *kit.Entry) bool { return e.PlaceHolder == "The same again" }).SetText("one long passphrase")
	r.Press("Create")
	if r.Settings.Stored.Config.Secrets != "vault" || !r.Settings.State.Used {
		t.Errorf("the secrets are in the %s", r.Settings.Stored.Config.Secrets)
	}
	r.MustNotSee("There are changes")
}

func TestNoRestartIsOfferedInADemo(t *testing.T) {
	r, s := mustPage(t, func(_ *window.Options, r *rig.Rig) { r.Relay.Change(func(s *control.Status) { s.Demo = true }) })
	s.report("window.settings.saved", "window.settings.used", control.ReloadResult{Restart: true, RestartFields: []string{"listen"}}, &r.Settings.Stored.Config)
	r.MustNotSee("Restart")
	r.MustSee("The demo cannot be restarted")
}

func TestABackupIsMadeNow(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.MustSee("Backups", "How many to keep", "There is none yet.")
	r.Relay.SetBackup(control.BackupMade{}, &bridge.Error{Message: "the disk of /b is full", Remedy: "make room on it"})
	r.Press("Back up now")
	r.MustSee("The disk of /b is full.", "Make room on it.", "There is none yet.")
	r.Relay.SetBackup(control.BackupMade{Path: "/b/perch-a.backup", Bytes: 2_000_000, NoSecrets: true}, nil)
	r.Press("Back up now")
	r.MustSee("read back whole: /b/perch-a.backup.", "perch restore", "keyring and not in the backup", "The last good one: ", "2.0 MB")
	r.MustNotSee("There is none yet.", "The disk of /b is full.")
	r.Relay.Change(func(s *control.Status) { s.Backup.Error = "the disk of /b is full. Make room on it" })
	r.Refresh()
	r.MustSee("The last backup failed. The disk of /b is full.")
}

func TestAlertsAreListedAndTried(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.Press("Alerts")
	r.MustSee("Nobody is told of trouble who is not at the desk.")
	r.Relay.Change(func(s *control.Status) {
		s.Alerts = []control.Alert{{Name: "ops", Kind: "slack", State: control.AlertFailing, Failure: &control.Failure{Message: "its address cannot be reached", Remedy: "check that it is up"}}}
	})
	r.Refresh()
	r.MustSee("ops · Slack", "Its address cannot be reached. Check that it is up.")
	r.MustNotSee("Nobody is told of trouble")
	r.Relay.SetAlertTest(control.AlertTest{Message: "its address does not exist (any more)", Remedy: "make a new one"}, nil)
	r.Press("Send a test")
	r.MustSee("Its address does not exist (any more).", "Make a new one.")
	r.Relay.SetAlertTest(control.AlertTest{OK: true, Message: "it was taken; look whether it is there"}, nil)
	r.Press("Send a test")
	r.MustSee("It was taken; look whether it is there.")
	r.MustNotSee("Make a new one.")
}

func TestWhatIsNotSavedIsNamedWhenTheWindowCloses(t *testing.T) {
	r, p := mustPage(t, nil)
	if got := p.Unsaved(); got != "" {
		t.Errorf("nothing was changed: %s", got)
	}
	r.Fill("127.0.0.1:3002", "127.0.0.1:4000")
	if got := p.Unsaved(); !strings.Contains(got, "changed settings") {
		t.Errorf("a setting: %q", got)
	}
	r.Press("Undo changes")
	r.Press("support")
	r.Press("Replace…")
	r.Fill("Paste it here", "very-secret-value")
	r.Press("General")
	if got := p.Unsaved(); !strings.Contains(got, `"API key (consumer key)"`) && !strings.Contains(got, "a value for") {
		t.Errorf("a secret: %q", got)
	}
	r.Press("support")
	r.MustSee("Store") // it is still there
	r.Press("Store")
	if got := p.Unsaved(); got != "" || r.Settings.Secrets["support/x.consumer_key"] != "very-secret-value" {
		t.Errorf("it is stored: %q", got)
	}
}

func TestAFileThatNobodyCouldReadIsNotReplacedUnasked(t *testing.T) {
	r, _ := mustPage(t, func(_ *window.Options, r *rig.Rig) {
		r.Settings.Stored.Unread = true
		r.Settings.Stored.Problem = &control.Failure{Message: "perch.toml, line 4: this is not as TOML wants it", Remedy: "compare it"}
	})
	before := r.Settings.Stored.Config.LogFile
	s := r.Settings.Stored.Config
	r.Fill("127.0.0.1:3002", "127.0.0.1:4000")
	r.Press("Save")
	r.MustSee("Replace perch.toml?", "Perch.toml, line 4", "perch.toml.bak")
	r.Press("Cancel")
	if r.Settings.Stored.Config.Listen != s.Listen || r.Settings.Stored.Config.LogFile != before {
		t.Error("it is saved all the same")
	}
	r.Press("Save")
	r.Press("Replace it")
	if r.Settings.Stored.Config.Listen != "127.0.0.1:4000" {
		t.Error("it is not saved")
	}
}
