//go:build !windows && !darwin

package desktop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"perch/app/desk"
	"perch/ui/tray"
)

const (
	busTime      = 5 * time.Second
	serviceName  = "org.freedesktop.Notifications"
	servicePath  = "/org/freedesktop/Notifications"
	actionSignal = serviceName + ".ActionInvoked"
	closeSignal  = serviceName + ".NotificationClosed"
	// whenever lets the desktop decide how long a notification stands.
	whenever = int32(-1)
)

// errNoBus tells that there is no message bus: a server without a session, most often.
var errNoBus = errors.New("there is no session bus to notify by")

// notifier shows notifications by the desktop's own service; one of each group at most.
type notifier struct {
	t       tray.T
	log     *slog.Logger
	clicked func(section string)

	mu       sync.Mutex
	bus      *dbus.Conn
	shown    map[string]uint32 // by group
	sections map[uint32]string // by notification
	readers  sync.WaitGroup
}

// Notify shows a notification in place of the last one of its group.
func (n *notifier) Notify(ctx context.Context, notice tray.Notice) error {
	notice = notice.Readable()
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	bus, err := n.connect(ctx)
	if err != nil {
		return err
	}
	n.mu.Lock()
	before := n.shown[notice.Group]
	n.mu.Unlock()
	service := bus.Object(serviceName, servicePath)
	call := service.CallWithContext(
		ctx, serviceName+".Notify", 0, n.t("tray.name"), before, "perch", notice.Title, bodyFor(ctx, service, notice.Body),
		[]string{"default", n.t("tray.notice.open")}, map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant("perch-tray")}, whenever,
	)
	var id uint32
	if err := call.Store(&id); err != nil {
		return fmt.Errorf("the desktop shows no notifications: %w", err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.sections, before)
	n.shown[notice.Group], n.sections[id] = id, notice.Section
	return nil
}

// bodyFor keeps a body from being read as markup by a service that does.
func bodyFor(ctx context.Context, service dbus.BusObject, body string) string {
	var abilities []string
	err := service.CallWithContext(ctx, serviceName+".GetCapabilities", 0).Store(&abilities)
	if err != nil || !slices.Contains(abilities, "body-markup") {
		return body
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
}

// connect opens the session bus, if one runs. The library would start one where there is none.
func (n *notifier) connect(ctx context.Context) (*dbus.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.bus != nil && n.bus.Connected() {
		return n.bus, nil
	}
	address := desk.BusAddress(os.Getenv)
	if address == "" {
		return nil, errNoBus
	}
	bus, err := dbus.Connect(address)
	if err != nil {
		return nil, errors.Join(errNoBus, err)
	}
	n.bus, n.shown, n.sections = bus, map[string]uint32{}, map[uint32]string{}
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	if err := bus.AddMatchSignalContext(ctx, dbus.WithMatchInterface(serviceName)); err != nil {
		n.log.Debug("clicks on notifications are not seen", "error", err)
	}
	n.readers.Go(func() { n.read(signals) })
	return bus, nil
}

// read takes in what becomes of the notifications, until the bus is closed.
func (n *notifier) read(signals <-chan *dbus.Signal) {
	for s := range signals {
		if len(s.Body) == 0 {
			continue
		}
		id, ok := s.Body[0].(uint32)
		n.mu.Lock()
		section, ours := n.sections[id]
		if s.Name == closeSignal {
			delete(n.sections, id)
		}
		n.mu.Unlock()
		if ok && ours && s.Name == actionSignal {
			n.clicked(section)
		}
	}
}

func (n *notifier) close() {
	n.mu.Lock()
	if n.bus != nil {
		_ = n.bus.Close()
	}
	n.mu.Unlock()
	n.readers.Wait()
}
