package session_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/app/control"
	"perch/app/desk"
	"perch/assets"
	"perch/ui/tray"
)

func TestStartsTheRelayThatIsNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.up, w.socket, w.slow = false, false, time.Second
		start(t, w)
		expect(t, "line", w.view().FirstLine, "Starting…")
		time.Sleep(time.Second)
		expect(t, "line", w.view().FirstLine, "Running")
		expect(t, "acts", w.heard(), "perch start")
	})
}

func TestStartsNothingThatIsNotSetUpButOpensTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{}
		start(t, w)
		time.Sleep(time.Minute)
		expect(t, "line", w.view().FirstLine, "Not set up yet: open Perch to begin")
		w.set(func() { w.configured = true }) // an admin is still at it
		time.Sleep(time.Minute)
		expect(t, "line", w.view().FirstLine, "Stopped")
		expect(t, "acts", w.heard(), `open ""`)
		w.session.Click(tray.ItemStart)
		time.Sleep(time.Second)
		expect(t, "acts", w.heard(), "perch start")
	})
}

func TestRelayThatDiedIsStartedAgainWithBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		start(t, w)
		expect(t, "line", w.view().FirstLine, "Running")
		w.set(func() { w.startErr = errors.New("the port is taken") })
		time.Sleep(time.Second)
		began := time.Now()
		w.die(false)
		time.Sleep(100 * time.Millisecond)
		var at []int
		for range 200 {
			time.Sleep(time.Second)
			for range strings.Count(w.heard(), "perch start") {
				at = append(at, int(time.Since(began).Seconds()))
			}
		}
		if want := []int{1, 3, 7, 15, 31, 63, 123, 183}; !slices.Equal(at, want) {
			t.Errorf("tried after %v s, want %v s", at, want)
		}
		w.set(func() { w.startErr = nil })
		time.Sleep(time.Minute)
		expect(t, "line", w.view().FirstLine, "Running")
	})
}

func TestDemoIsNeitherSteeredNorStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.status.Demo = true
		start(t, w)
		expect(t, "line", w.view().FirstLine, "Demo · Running")
		expect(t, "tooltip", w.view().Tooltip, "Perch: Demo · Running")
		for _, item := range []string{tray.ItemStop, tray.ItemRestart, tray.ItemStart} {
			w.session.Click(item)
		}
		w.session.Click(tray.ItemPause)
		time.Sleep(3 * time.Second)
		expect(t, "acts", w.heard(), "pause")
		w.die(false)
		time.Sleep(time.Hour)
		expect(t, "line", w.view().FirstLine, "Demo · Stopped")
		expect(t, "acts", w.heard(), "")
	})
}

const lockedNotice = "notice Perch needs its passphrase (The relay does not run before the passphrase of its vault is given. Open Perch and choose Start.)"

// errVault is what package desk makes of a vault that nobody has opened.
var errVault = fmt.Errorf("open the vault of secrets: no passphrase: %w", desk.ErrLocked)

func TestLockedVaultWaitsForAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.up, w.socket, w.startErr = false, false, errVault
		start(t, w)
		time.Sleep(time.Hour)
		expect(t, "line", w.view().FirstLine, "Needs its passphrase: open Perch")
		expect(t, "acts", w.heard(), "perch start; "+lockedNotice)
		if v := w.view(); v.Icon != assets.Attention || !v.Items[0].Hidden {
			t.Errorf("got %+v", v)
		}
		w.session.Click(tray.ItemStart)
		time.Sleep(time.Hour)
		expect(t, "acts", w.heard(), `perch start; open ""`)
		expect(t, "line", w.view().FirstLine, "Needs its passphrase: open Perch")
		w.set(func() { w.up, w.socket = true, true }) // started in the window
		time.Sleep(3 * time.Second)
		expect(t, "line", w.view().FirstLine, "Running")
		w.die(false)
		time.Sleep(time.Hour)
		expect(t, "line", w.view().FirstLine, "Needs its passphrase: open Perch")
		if n := strings.Count(w.heard(), "perch start"); n != 1 {
			t.Errorf("tried %d times", n)
		}
		w.set(func() { w.startErr = nil }) // it is kept now
		w.session.Click(tray.ItemStart)
		time.Sleep(3 * time.Second)
		expect(t, "line", w.view().FirstLine, "Running")
	})
}

func TestRestartOfALockedVaultLeavesTheRelayAndOpensTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.restartErr = errVault
		start(t, w)
		w.session.Click(tray.ItemRestart)
		time.Sleep(time.Minute)
		expect(t, "line", w.view().FirstLine, "Running")
		expect(t, "acts", w.heard(), `perch restart; open ""; notice That did not work (Needs its passphrase: open Perch)`)
	})
}

func TestDeathIsSaidOnceAndThenTheReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		start(t, w)
		w.set(func() { w.startErr = errors.New("the port is taken") })
		time.Sleep(time.Second)
		w.die(false)
		time.Sleep(5 * time.Minute)
		said := w.heard()
		for _, text := range []string{"notice The relay ended by itself", "notice The relay does not start (the port is taken)"} {
			if strings.Count(said, text) != 1 {
				t.Errorf("%q was not said once: %s", text, said)
			}
		}
		if v := w.view(); v.Icon != assets.Stopped || v.Items[0].Title != "the port is taken" {
			t.Errorf("got %+v", v)
		}
	})
}

func TestRelayThatWasStoppedElsewhereStaysStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		start(t, w)
		w.die(true)
		time.Sleep(5 * time.Minute)
		expect(t, "line", w.view().FirstLine, "Stopped")
		expect(t, "acts", w.heard(), "")
		w.set(func() { w.up, w.socket = true, true }) // and started there
		time.Sleep(3 * time.Second)
		expect(t, "line", w.view().FirstLine, "Running")
	})
}

func TestStopStartRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.slow = time.Second
		start(t, w)
		for _, c := range []struct{ item, during, after string }{
			{tray.ItemStop, "Stopping…", "Stopped"}, {tray.ItemStart, "Starting…", "Running"}, {tray.ItemRestart, "Restarting…", "Running"},
		} {
			w.session.Click(c.item)
			w.session.Click(c.item) // a double click is one command
			expect(t, "during "+c.item, w.view().FirstLine, c.during)
			time.Sleep(1100 * time.Millisecond)
			expect(t, "after "+c.item, w.view().FirstLine, c.after)
			expect(t, "acts", w.heard(), "perch "+c.item)
		}
	})
}

func TestRelayThatTakesItsTimeToStopIsShownStopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.slow = 20 * time.Second
		start(t, w)
		w.session.Click(tray.ItemStop)
		for range 19 {
			time.Sleep(time.Second)
			expect(t, "line", w.view().FirstLine, "Stopping…")
		}
		time.Sleep(2 * time.Second)
		expect(t, "line", w.view().FirstLine, "Stopped")
	})
}

func TestRestartThatIsRefusedLeavesTheRelayAndSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.restartErr = errors.New("line 3 of perch.toml: unknown key")
		start(t, w)
		w.session.Click(tray.ItemRestart)
		time.Sleep(time.Minute)
		expect(t, "line", w.view().FirstLine, "Running")
		expect(t, "acts", w.heard(), "perch restart; notice That did not work (line 3 of perch.toml: unknown key)")
	})
}

func TestSilentRelayIsNotStartedTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		start(t, w)
		w.set(func() { w.silent = true })
		time.Sleep(20 * time.Second)
		expect(t, "line", w.view().FirstLine, "The relay does not answer")
		expect(t, "icon", w.view().Icon, assets.Attention)
		expect(t, "acts", w.heard(), "notice The relay does not answer (no answer; wait)")
		w.set(func() { w.silent = false })
		time.Sleep(4 * time.Second)
		expect(t, "line", w.view().FirstLine, "Running")
	})
}

// One that holds its folder and takes no calls is starting or ending: it is neither stopped nor started once more.
func TestRelayThatHoldsItsFolderIsNotStartedTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		start(t, w)
		w.set(func() { w.up, w.held = false, true })
		time.Sleep(20 * time.Second)
		expect(t, "line", w.view().FirstLine, "The relay does not answer yet")
		expect(t, "icon", w.view().Icon, assets.Degraded)
		expect(t, "acts", w.heard(), "")
		w.set(func() { w.held, w.socket = false, false })
		time.Sleep(4 * time.Second)
		expect(t, "line", w.view().FirstLine, "Stopped")
	})
}

// What the relay and perch say is in the language of the tray, and English stays as it is.
func TestSpeaksTheLanguageOfThePerson(t *testing.T) {
	complaint := "start: start relay: a relay is already running on this folder; look at it with perch status, or stop it with perch stop"
	for lang, want := range map[string][2]string{
		"it": {"l'account X è bloccato; accedi a X con l'account del marchio e sbloccalo, poi: perch resume", "avviare il relay: su questa cartella è già in funzione un relay"},
		"en": {"the X account is locked; sign in to X as the brand and unlock it, then: perch resume", complaint},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := running()
			w.lang = lang
			w.status.Channels[0].X = control.Link{State: "paused", Failure: &control.Failure{
				Message: "the X account is locked", Remedy: "sign in to X as the brand and unlock it, then: perch resume",
			}}
			w.status = w.status.Judged(time.Now())
			start(t, w)
			if heard := w.heard(); !strings.Contains(heard, want[0]) {
				t.Errorf("the tray says %q, without %q", heard, want[0])
			}
			w.set(func() { w.restartErr = errors.New(complaint) })
			w.session.Click(tray.ItemRestart)
			time.Sleep(time.Minute)
			if heard := w.heard(); !strings.Contains(heard, want[1]) {
				t.Errorf("the tray says %q, without %q", heard, want[1])
			}
		})
	}
}
