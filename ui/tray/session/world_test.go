package session_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"perch/app/control"
	"perch/app/desk"
	"perch/bridge"
	"perch/ui/translation"
	"perch/ui/tray"
	"perch/ui/tray/session"
)

// world is a computer with a relay and a desktop. Its methods are what the session calls.
type world struct {
	mu         sync.Mutex
	up, silent bool
	socket     bool
	held       bool // a relay works on the folder
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
	lang       string // "" for English
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
		return control.Status{}, &bridge.Error{Message: "no answer", Remedy: "wait", Err: ctx.Err()}
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

func (w *world) PauseFor(_ context.Context, d time.Duration) (time.Time, error) {
	w.say("pause for %s", d)
	until := time.Now().Add(d)
	defer w.lock()()
	w.status.State, w.status.PausedUntil = control.StatePaused, &until
	return until, nil
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
func (w *world) IsHeld() bool       { defer w.lock()(); return w.held }
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
	texts := translation.New(cmp.Or(w.lang, "en"))
	w.session = session.New(session.Options{
		Relay: w, Process: w, Desktop: w, Login: w, History: w, Host: w.Host, T: texts.T, Say: texts.Said, Log: slog.New(slog.DiscardHandler),
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
