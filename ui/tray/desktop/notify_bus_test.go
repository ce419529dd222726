//go:build !windows && !darwin

package desktop_test

import (
	"bufio"
	"log/slog"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"perch/app/desk"
	"perch/bridge/sim/tidy"
	"perch/ui/translation"
	"perch/ui/tray"
	"perch/ui/tray/desktop"
)

// service is a desktop's service of notifications.
type service struct {
	abilities []string
	mu        sync.Mutex
	got       []call
}

type call struct {
	replaces    uint32
	title, body string
}

// GetCapabilities is called by the message bus.
func (s *service) GetCapabilities() ([]string, *dbus.Error) { return s.abilities, nil }

// Notify is called by the message bus.
func (s *service) Notify(
	_ string, replaces uint32, _, title, body string, _ []string, _ map[string]dbus.Variant, _ int32,
) (uint32, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, call{replaces, title, body})
	if replaces != 0 {
		return replaces, nil
	}
	return uint32(100 + len(s.got)), nil
}

// calls returns what was asked for so far.
func (s *service) calls() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// newBus starts a message bus with a service on it; tests are skipped where none is installed.
func newBus(t *testing.T, s *service) *dbus.Conn {
	t.Helper()
	folder := tidy.Folder(t)
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address", "--address=unix:path="+filepath.Join(folder, "bus"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip("there is no message bus to test with:", err)
	}
	t.Cleanup(func() { tidy.End(cmd) })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	bus, err := dbus.Connect(strings.TrimSpace(address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	if s == nil {
		return bus
	}
	if err := bus.Export(s, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName("org.freedesktop.Notifications", 0); err != nil {
		t.Fatal(err)
	}
	return bus
}

func TestNotificationsReplaceThoseOfTheirGroupAndTakeClicks(t *testing.T) {
	s := &service{abilities: []string{"body", "body-markup"}}
	bus := newBus(t, s)
	clicked := make(chan string, 4)
	d := desktop.New(desktop.Config{T: translation.New("en").T, Log: slog.New(slog.DiscardHandler), Clicked: func(section string) { clicked <- section }})
	defer d.Close()
	for _, n := range []tray.Notice{
		{Group: "a", Title: "one", Body: "1 < 2 & <b>", Section: "attention"}, {Group: "b", Title: "two"}, {Group: "a", Title: "three", Section: "overview"},
	} {
		if err := d.Notify(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	want := []call{{0, "one", "1 &lt; 2 &amp; &lt;b&gt;"}, {0, "two", ""}, {101, "three", ""}}
	if got := s.calls(); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	emit := func(name string, values ...any) {
		if err := bus.Emit("/org/freedesktop/Notifications", "org.freedesktop.Notifications."+name, values...); err != nil {
			t.Fatal(err)
		}
	}
	emit("ActionInvoked", uint32(7), "default") // another program's
	emit("NotificationClosed", uint32(102), uint32(1))
	emit("ActionInvoked", uint32(102), "default") // gone
	emit("ActionInvoked", uint32(101), "default")
	if got := <-clicked; got != "overview" {
		t.Errorf("opens %q", got)
	}
}

func TestNotificationsOfAServiceThatStartsLate(t *testing.T) {
	bus := newBus(t, nil)
	d := newDesktop(t, desk.Programs{})
	if err := d.Notify(t.Context(), tray.Notice{Title: "x"}); err == nil || !strings.Contains(err.Error(), "shows no notifications") {
		t.Errorf("got %v", err)
	}
	s := &service{}
	if err := bus.Export(s, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName("org.freedesktop.Notifications", 0); err != nil {
		t.Fatal(err)
	}
	if err := d.Notify(t.Context(), tray.Notice{Title: "x", Body: "a & b"}); err != nil || s.calls()[0].body != "a & b" {
		t.Errorf("%v, %+v", err, s.calls())
	}
}

func TestNoBusIsBroughtUp(t *testing.T) {
	for _, address := range []string{"unix:path=/no/such/bus", "autolaunch:"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		d := newDesktop(t, desk.Programs{})
		if err := d.Notify(t.Context(), tray.Notice{Title: "x"}); err == nil || !strings.Contains(err.Error(), "there is no session bus") {
			t.Errorf("%s: got %v", address, err)
		}
	}
}
