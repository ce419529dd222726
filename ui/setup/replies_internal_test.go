package setup

import (
	"testing"

	"perch/ui/kit"
	"perch/ui/uitest"
	"perch/ui/uitest/rig"
)

// mustFinish is a set-up that was saved, with its round trip on screen.
func mustFinish(t *testing.T, prepare func(*rig.Rig)) (*rig.Rig, *page) {
	t.Helper()
	r, w := mustFirstRun(t, "", uitest.NewEmpty())
	prepare(r)
	w.channel().Motion.ReceiveURL = "https://motion.acme.example/api/openchannel/accounts/9/notify"
	if _, err := r.Settings.SetSecret(t.Context(), "support", "motion.password", "hush"); err != nil {
		t.Fatal(err)
	}
	w.goTo(stepFinish)
	r.Press("Save and start")
	return r, w
}

func TestReplyURLOfAnotherProgramIsReplacedAfterAYesOnly(t *testing.T) {
	const old = "http://localhost:3002/sendMessage"
	r, _ := mustFinish(t, func(r *rig.Rig) { r.Relay.SetInMotion(old, false) })
	r.MustSee("another Reply URL: " + old)
	inMotion := func() string {
		now, _ := r.Relay.ReplyURL(t.Context(), "support")
		return now.InMotion
	}
	r.Press("Write it into Motion")
	r.MustSee("Replace the Reply URL in Motion?")
	r.Press("Cancel")
	if got := inMotion(); got != old {
		t.Errorf("replaced without a yes by %s", got)
	}
	r.Press("Write it into Motion")
	r.Press("Write it into Motion") // the yes
	r.MustSee("was written into Motion's account")
	if got := inMotion(); got == old {
		t.Error("not replaced")
	}
}

func TestReplyURLIsPastedWhereMotionDoesNotTellIt(t *testing.T) {
	r, _ := mustFinish(t, func(r *rig.Rig) { r.Relay.SetInMotion("", true) })
	r.MustSee("Paste this Reply URL", "http://10.20.0.5:3002/reply/")
	r.MustNotSee("Write it into Motion")
	// What was pasted is noticed.
	now, _ := r.Relay.ReplyURL(t.Context(), "support")
	r.Relay.SetInMotion(now.URL, true)
	r.Clock.Pass(replyEvery)
	r.Refresh()
	r.MustSee("Motion's account has this Reply URL.")
}

func TestRoutesOfAnswers(t *testing.T) {
	r, w := mustFirstRun(t, "", uitest.NewEmpty())
	w.goTo(stepReplies)
	choose := func(title string) {
		rig.Find(r, "tile "+title, func(a *kit.Area) bool { return a.AccessibilityLabel() == title }).Tapped(nil)
		r.Settle()
	}
	choose("On another computer of the same network")
	r.MustSee("Let only the Motion server through the firewall")
	if c := w.draft.Config; c.Listen != "0.0.0.0:3002" || c.Reach.Tunnel != "" {
		t.Errorf("network: %s, tunnel %q", c.Listen, c.Reach.Tunnel)
	}
	choose("On a computer that Motion does not reach")
	r.MustSee("Listen there on", "Known hosts")
	if c := w.draft.Config; c.Listen != "127.0.0.1:3002" || c.Reach.Tunnel != "ssh" {
		t.Errorf("tunnel: %s, tunnel %q", c.Listen, c.Reach.Tunnel)
	}
	choose("On the Motion server")
	if c := w.draft.Config; c.Listen != "127.0.0.1:3002" || c.Reach.Tunnel != "" {
		t.Errorf("here: %s, tunnel %q", c.Listen, c.Reach.Tunnel)
	}
	w.draft.Config.Reach.Mode, w.draft.Config.Reach.Tunnel = "webhook", "ssh"
	w.build()
	r.MustNotSee("On the Motion server")
}
