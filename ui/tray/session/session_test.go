package session_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"perch/app/control"
	"perch/app/desk"
	"perch/assets"
	"perch/ui/translation"
	"perch/ui/tray"
	"perch/ui/tray/session"
)

// world is a computer with a relay and a desktop. Its methods are what the session calls.
type world struct {
	mu         sync.Mutex
	up, silent bool
	socket     bool
	configured bool
	status     control.Status
	feed       chan control.Message
	startErr   error
	restartErr error
	copyErr    error
	openErr    error
	login      desk.Answer
	host       desk.Answer
	loginErr   error
	history    tray.History
	asked      int
	slow       time.Duration
	said       []string
	views      []tray.View
	session    *session.Session
	ended      chan struct{}
}

func (w *world) lock() func() { w.mu.Lock(); return w.mu.Unlock }

func (w *world) say(format string, args ...any) {
	defer w.lock()()
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

// heard returns what was said since the last call.
func (w *world) heard() string {
	synctest.Wait()
	defer w.lock()()
	said := strings.Join(w.said, "; ")
	w.said = nil
	return said
}

func (w *world) view() tray.View {
	synctest.Wait()
	defer w.lock()()
	if len(w.views) == 0 {
		return tray.View{}
	}
	return w.views[len(w.views)-1]
}

var errGone = errors.Join(errors.New("the relay is not running"), control.ErrNotRunning)

func (w *world) Status(ctx context.Context) (control.Status, error) {
	unlock := w.lock()
	w.asked++
	up, silent, status := w.up, w.silent, w.status
	unlock()
	switch {
	case !up:
		return control.Status{}, errGone
	case silent:
		<-ctx.Done()
		return control.Status{}, errors.Join(control.ErrNotRunning, ctx.Err())
	}
	return status, nil
}

func (w *world) Limits(context.Context) ([]control.Limit, error) {
	w.say("limits")
	return []control.Limit{{Waiting: 1, Windows: []control.Window{{Limit: 5, ResetAt: time.Now().Add(time.Hour)}}}}, nil
}

func (w *world) URLs(context.Context) ([]control.URLs, error) {
	return []control.URLs{
		{Channel: "support", ReplyURL: "http://reply/1", WebhookURL: "http://hook/1"},
		{Channel: "sales", ReplyURL: "http://reply/2", WebhookURL: "http://hook/2"},
	}, nil
}

func (w *world) Pause(context.Context) error {
	w.say("pause")
	defer w.lock()()
	w.status.State = control.StatePaused
	return nil
}

func (w *world) Resume(context.Context) error {
	w.say("resume")
	return errors.New("the relay is busy")
}

func (w *world) Feed(ctx context.Context, _ control.Query, show func(control.Message)) error {
	unlock := w.lock()
	feed := make(chan control.Message)
	w.feed = feed
	unlock()
	for {
		select {
		case m, ok := <-feed:
			if !ok {
				return errGone
			}
			show(m)
		case <-ctx.Done():
			return nil
		}
	}
}

func (w *world) Do(_ context.Context, command string) error {
	w.say("perch %s", command)
	time.Sleep(w.slow)
	defer w.lock()()
	err := map[string]error{"start": w.startErr, "restart": w.restartErr}[command]
	if err == nil {
		w.up = command != "stop"
		w.socket = w.up
	}
	return err
}

func (w *world) IsConfigured() bool { defer w.lock()(); return w.configured }
func (w *world) LeftSocket() bool   { defer w.lock()(); return w.socket }
func (w *world) State() desk.Answer { defer w.lock()(); return w.login }
func (w *world) Load() tray.History { defer w.lock()(); return w.history }

func (w *world) Save(m tray.History) error {
	defer w.lock()()
	w.history = m
	return nil
}

func (w *world) Host(context.Context) desk.Answer { defer w.lock()(); return w.host }

func (w *world) Settle() error {
	w.say("settle")
	return w.loginErr
}

func (w *world) Set(on bool, host desk.Answer) error {
	w.say("login %v%s", on, host)
	defer w.lock()()
	if w.loginErr == nil {
		w.login = map[bool]desk.Answer{true: desk.Yes, false: desk.No}[on]
	}
	return w.loginErr
}

func (w *world) Notify(_ context.Context, n tray.Notice) error {
	w.say("notice %s (%s)", n.Title, n.Body)
	return nil
}

func (w *world) Copy(_ context.Context, text string) error {
	if w.copyErr == nil {
		w.say("copy %s", text)
	}
	return w.copyErr
}

func (w *world) Open(_ context.Context, section string) error {
	w.say("open %q", section)
	return w.openErr
}

// die ends the relay, cleanly or not.
func (w *world) die(clean bool) {
	defer w.lock()()
	w.up = false
	w.socket = !clean
	if w.feed != nil {
		close(w.feed)
		w.feed = nil
	}
}

func (w *world) set(change func()) { defer w.lock()(); change() }

// start runs a session in the world, in the time of a synctest bubble.
func start(t *testing.T, w *world) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	w.ended = make(chan struct{})
	w.session = session.New(session.Options{
		Relay: w, Process: w, Desktop: w, Login: w, History: w, Host: w.Host, T: translation.New("en").T, Log: slog.New(slog.DiscardHandler),
		Show: func(v tray.View) {
			defer w.lock()()
			w.views = append(w.views, v)
		},
	})
	go func() {
		w.session.Run(ctx)
		close(w.ended)
	}()
	t.Cleanup(func() { stop(); <-w.ended })
	time.Sleep(time.Millisecond)
}

func running() *world {
	return &world{up: true, socket: true, configured: true, login: desk.No, status: control.Status{
		State: control.StateRunning, Channels: []control.Channel{{Name: "support"}},
	}}
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

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
		expect(t, "acts", w.heard(), "")
		w.set(func() { w.silent = false })
		time.Sleep(4 * time.Second)
		expect(t, "line", w.view().FirstLine, "Running")
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
