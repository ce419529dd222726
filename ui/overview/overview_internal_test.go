package overview

import (
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"perch/app/control"
	"perch/app/desk"
	"perch/ui/kit"
	"perch/ui/uitest"
	"perch/ui/uitest/rig"
	"perch/ui/watch"
	"perch/ui/window"
)

// mustPage returns a window with this page and empty ones for those that it leads to, on a relay whose messages need nobody.
func mustPage(t *testing.T, change func(*window.Options, *rig.Rig)) (*rig.Rig, *page) {
	t.Helper()
	var p *page
	made := func(w *window.Window) window.Page { p = newPage(w); return p }
	calm := func(o *window.Options, r *rig.Rig) {
		r.Relay.Calm()
		if change != nil {
			change(o, r)
		}
	}
	r := rig.Must(t, calm, window.Entry{Name: window.Overview, New: made}, rig.Stub(window.Setup))
	return r, p
}

func TestOverviewTellsWhatIsWrong(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.MustSee("@acme_support · support", "Connected", "To Motion in a year", "http://10.20.0.5:3002/reply/")
	r.Relay.Change(func(s *control.Status) {
		s.State = control.StateDegraded
		s.Channels[0].Motion = control.Link{State: "degraded", Detail: "Motion cannot be reached. Check that Motion is running"}
	})
	r.Refresh()
	r.MustSee("Recovering", "Trouble with Motion", "Motion cannot be reached. Check that Motion is running.")
	r.Relay.SetStopped(true)
	r.Refresh()
	r.MustSee("Stopped", "The relay is not running", "Start")
	r.Press("Start")
	r.MustSee("The relay is running.", "Restart")
	r.Press("Pause")
	r.MustSee("Deliveries are paused", "Resume")
	r.Press("Resume")
	r.MustSee("Deliveries go on.")
	r.Press("Stop")
	r.MustSee("The relay has stopped.")
}

func TestOverviewSaysThatTheDiskIsFull(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.MustNotSee("Cannot store messages")
	since := rig.Now.Add(-2 * time.Minute)
	r.Relay.Change(func(s *control.Status) {
		s.State = control.StateDegraded
		s.Journal = control.Link{State: "degraded", Detail: "the disk that holds the journal is full. Make room on it", Since: &since}
		s.Channels[0].X = control.Link{State: "degraded", Detail: "X cannot be reached. Wait"}
	})
	r.Refresh()
	r.MustSee("Cannot store messages", "Messages cannot be stored", "The disk that holds the journal is full. Make room on it.", "since 15:02")
	r.Relay.Change(func(s *control.Status) {
		s.State, s.Journal = control.StateRunning, control.Link{State: "connected"}
		s.Channels[0].X = control.Link{State: "connected"}
	})
	r.Refresh()
	r.MustNotSee("Cannot store messages", "is full")
}

func TestOverviewSaysThatABackupFailed(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.Relay.Change(func(s *control.Status) {
		s.State, s.Backup.Error = control.StateDegraded, "the disk of /b is full. Make room on it"
	})
	r.Refresh()
	r.MustSee("The last backup failed", "The disk of /b is full. Make room on it.")
}

func TestOverviewTellsOfEncryptedChat(t *testing.T) {
	r, _ := mustPage(t, nil)
	change := func(chat control.Chat, unread int) {
		r.Relay.Change(func(s *control.Status) { s.Channels[0].Chat, s.Channels[0].Encrypted = chat, unread })
		r.Refresh()
	}
	change(control.Chat{}, 1)
	r.MustSee("1 encrypted message came that could not be read here.", "Settings, the channel, Encrypted chat.")
	change(control.Chat{State: "ready"}, 3)
	r.MustNotSee("encrypted message")
	change(control.Chat{State: "needs_login", Detail: "X wants a login by OAuth 2.0 for this; perch x login"}, 0)
	r.MustSee("Encrypted chat needs you", "X wants a login by OAuth 2.0 for this. Perch x login.")
	change(control.Chat{State: "degraded", Detail: "X has no credits left. Buy some"}, 0)
	r.MustSee("Trouble with encrypted chat", "X has no credits left. Buy some.")
	just := rig.Now.Add(-time.Second)
	r.Relay.Change(func(s *control.Status) { s.Started = &just })
	r.Refresh()
	r.MustNotSee("X has no credits left.")
}

func TestOverviewTellsOfANewerPerch(t *testing.T) {
	r, _ := mustPage(t, nil)
	change := func(u *control.Update) {
		r.Relay.Change(func(s *control.Status) { s.Update = u })
		r.Refresh()
	}
	change(&control.Update{Latest: "0.2.0", Newer: true, Page: "https://perch.example/0.2.0"})
	r.MustSee("A newer Perch is available", "Perch 0.2.0 is available. Get it from https://perch.example/0.2.0.")
	change(&control.Update{Latest: "0.2.0", Newer: true})
	r.MustSee("Get it from the place from which you have this one.")
	change(&control.Update{Latest: "0.1.0"})
	r.MustNotSee("is available")
	r.Relay.Change(func(s *control.Status) {
		s.Update = &control.Update{Latest: "0.2.0", Newer: true}
		s.State, s.Channels[0].Motion = control.StateDegraded, control.Link{State: "degraded", Detail: "Motion cannot be reached. Wait"}
	})
	r.Refresh()
	r.MustSee("Motion cannot be reached.")
	r.MustNotSee("is available") // what is wrong is more urgent
}

const noTrayText = "This desktop has no place for Perch's icon; this window offers the same."

func TestDesktopWithoutTrayIsToldUntilItWasRead(t *testing.T) {
	path := t.TempDir() + "/window.json"
	open := func() *rig.Rig {
		r, _ := mustPage(t, func(o *window.Options, _ *rig.Rig) { o.PreferencesPath = path })
		return r
	}
	r := open()
	r.MustNotSee(noTrayText)
	r.Desktop.Become(desk.No, desk.No, nil)
	r.Refresh()
	r.MustNotSee(noTrayText) // the panel may be starting again
	r.Clock.Pass(watch.DesktopEvery)
	r.Refresh()
	r.MustSee(noTrayText)
	r.Desktop.Become(desk.Yes, desk.No, nil)
	r.Refresh()
	r.MustNotSee(noTrayText)
	r.Desktop.Become(desk.No, desk.No, nil)
	r.Refresh()
	r.Clock.Pass(watch.DesktopEvery)
	r.Refresh()
	isClose := func(b *kit.Button) bool { return b.AccessibilityLabel() == "Close" }
	test.Tap(rig.Find(r, "button that closes", isClose))
	r.Refresh()
	r.MustNotSee(noTrayText)
	r = open()
	r.Desktop.Become(desk.No, desk.No, nil)
	r.Refresh()
	r.Clock.Pass(watch.DesktopEvery)
	r.Refresh()
	r.MustNotSee(noTrayText)
}

// A window that is opened while the relay is stopped knows nothing, and must not say that all is well.
func TestFiguresOfAStoppedRelayAreNotKnown(t *testing.T) {
	_, p := mustPage(t, func(_ *window.Options, r *rig.Rig) { r.Relay.SetStopped(true) })
	for _, f := range []*figure{p.waiting, p.needYou, p.in, p.out} {
		if got := f.number.Text(); got != "–" {
			t.Errorf("a figure says %s", got)
		}
	}
}

func TestStartWithoutASetUpLeadsThere(t *testing.T) {
	r, _ := mustPage(t, func(o *window.Options, r *rig.Rig) {
		r.Settings = uitest.NewEmpty()
		r.Relay.SetStopped(true)
		o.Settings, o.Vault = r.Settings, r.Settings
	})
	r.MustSee("Perch is not set up yet.")
	r.Press("Start")
	if r.Current() != window.Setup {
		t.Errorf("%s is open", r.Current())
	}
}

func TestDemoIsPausedAndResumedButNotRestarted(t *testing.T) {
	r, _ := mustPage(t, func(_ *window.Options, r *rig.Rig) { r.Relay.Change(func(s *control.Status) { s.Demo = true }) })
	r.Press("Pause")
	r.MustSee("Deliveries are paused")
	r.Press("Resume")
	r.MustSee("Deliveries go on.")
	r.RunRelay("stop")
	r.Settle()
	r.MustSee("The demo cannot be restarted", "Running") // and not that it has stopped
	r.Relay.SetStopped(true)
	r.Refresh()
	r.MustSee("The demo has ended.")
	start := rig.Find(r, "Start", func(b *kit.Button) bool { return b.Text() == "Start" })
	if !start.Disabled() {
		t.Error("a demo that is over can be started")
	}
}
