package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"perch/app/desk"
)

const noPanel = "notice No panel on this desktop shows Perch's icon (Perch works all the same. Open the window with the command perch-window, " +
	"or from the menu of applications. GNOME shows the icon with the extension AppIndicator.)"

func TestPanelThatDoesNotComeIsToldOnce(t *testing.T) {
	w := running()
	w.host = desk.No
	synctest.Test(t, func(t *testing.T) {
		start(t, w)
		time.Sleep(50 * time.Second)
		expect(t, "while it may still come", w.heard(), "")
		time.Sleep(time.Minute)
		expect(t, "after a while", w.heard(), noPanel)
		time.Sleep(time.Hour)
		expect(t, "later", w.heard(), "")
		w.session.Click("login")
		expect(t, "start at login without a panel", w.heard(), "login trueno")
	})
	synctest.Test(t, func(t *testing.T) { // the next login
		w.session, w.feed = nil, nil
		start(t, w)
		time.Sleep(time.Hour)
		expect(t, "started again", w.heard(), "")
		w.set(func() { w.host = desk.Yes })
		time.Sleep(time.Minute)
		expect(t, "a panel comes", w.heard(), "settle")
		time.Sleep(time.Hour)
		w.set(func() { w.host = desk.No })
		time.Sleep(2 * time.Minute)
		expect(t, "it goes for good", w.heard(), noPanel)
	})
}

func TestPanelThatIsLateOrStartsAgainIsNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.host = desk.No
		start(t, w)
		for range 3 {
			time.Sleep(45 * time.Second)
			w.set(func() { w.host = desk.Yes })
			time.Sleep(45 * time.Second)
			w.set(func() { w.host = desk.No })
		}
		w.set(func() { w.host = desk.Unknown })
		time.Sleep(time.Hour)
		expect(t, "notices", w.heard(), "settle")
	})
}
