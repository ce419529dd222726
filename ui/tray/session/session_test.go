package session_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/app/control"
	"perch/ui/tray"
)

func TestShowsTheTruthAndAsksSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		start(t, w)
		expect(t, "line", w.view().FirstLine, "Running")
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := len(w.views); n != 2 { // "Looking for the relay", "Running"
			t.Errorf("shown %d times", n)
		}
		if w.asked > 32 {
			t.Errorf("asked %d times in a minute", w.asked)
		}
		expect(t, "acts", w.heard(), "")
	})
}

func TestFeedBringsChangesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		start(t, w)
		time.Sleep(600 * time.Millisecond)
		w.set(func() { w.status.Channels = []control.Channel{{Name: "support", Inbound: control.Inbound{Queued: 3}}} })
		before := w.asked
		for range 1000 { // in one burst
			w.feed <- control.Message{}
		}
		time.Sleep(time.Millisecond)
		expect(t, "line", w.view().FirstLine, "Running · 3 waiting")
		time.Sleep(time.Second)
		synctest.Wait()
		if n := w.asked - before; n > 3 {
			t.Errorf("asked %d times for one burst", n)
		}
	})
}

func TestLimitsAreAskedForWhileSomethingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.status.Channels[0].Outbound.Queued = 1
		start(t, w)
		expect(t, "line", w.view().FirstLine, "Running · 1 waiting · X limit resets 01:00")
		time.Sleep(15 * time.Second)
		expect(t, "acts", w.heard(), "limits; limits")
	})
}

func TestClicksActInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		start(t, w)
		w.session.Open("limits")
		for _, id := range []string{
			tray.ItemOpen, tray.ItemAttention, tray.ItemCopyReply, tray.ItemCopyWebhook + "/sales", tray.ItemResume, tray.ItemPause,
		} {
			w.session.Click(id)
		}
		time.Sleep(600 * time.Millisecond)
		expect(t, "acts", w.heard(), `open "limits"; open ""; open "attention"; copy http://reply/1; copy http://hook/2; resume; notice That did not work (the relay is busy); pause`)
		expect(t, "line", w.view().FirstLine, "Paused")
		w.session.Click(tray.ItemPause + "/2h")
		time.Sleep(600 * time.Millisecond)
		expect(t, "acts", w.heard(), "pause for 2h0m0s")
		expect(t, "line", w.view().FirstLine, "Paused until "+time.Now().Add(2*time.Hour).Format("15:04"))
	})
}

func TestEveryClickCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		start(t, w)
		for range 200 {
			w.session.Click(tray.ItemPause)
		}
		if n := strings.Count(w.heard(), "pause"); n != 200 {
			t.Errorf("%d of 200 clicks counted", n)
		}
	})
}

func TestAddressIsShownWhereNothingCanCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.copyErr = errors.New("no clipboard")
		start(t, w)
		w.session.Click(tray.ItemCopyReply)
		expect(t, "acts", w.heard(), "notice Nothing on this computer can copy for Perch. The address of support: (http://reply/1)")
	})
}

func TestLoginIsToggledAndTheBoxSetRight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		start(t, w)
		w.session.Click(tray.ItemLogin)
		expect(t, "acts", w.heard(), "login true")
		w.set(func() { w.loginErr = errors.New("the folder is read-only") })
		before := len(w.views)
		w.session.Click(tray.ItemLogin)
		expect(t, "acts", w.heard(), "login false; notice That did not work (the folder is read-only)")
		if len(w.views) != before+1 {
			t.Error("the box was not set right")
		}
	})
}

func TestQuitLeavesTheRelayAndFinishesWhatItBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.slow = 5 * time.Second
		start(t, w)
		w.session.Click(tray.ItemRestart)
		synctest.Wait()
		w.session.Click(tray.ItemPause)
		w.session.Click(tray.ItemQuit)
		began := time.Now()
		<-w.ended
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("ended after %v", took)
		}
		expect(t, "acts", w.heard(), "perch restart; pause")
		if !w.up {
			t.Error("the relay is down")
		}
		w.session.Click(tray.ItemPause) // does not block
	})
}

func TestTrayThatIsStartedAgainDoesNotRepeatItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running()
		w.status.Channels[0].Inbound.Dead = 2
		start(t, w)
		expect(t, "acts", w.heard(), "notice 2 messages need you (2 could not be delivered.)")
		w.session.Click(tray.ItemQuit)
		<-w.ended
		start(t, w)
		time.Sleep(time.Minute)
		expect(t, "acts", w.heard(), "")
		expect(t, "line", w.view().FirstLine, "Running · 2 need you")
	})
}
