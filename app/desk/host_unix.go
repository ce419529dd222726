//go:build !windows && !darwin && !js

package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

const (
	// watcherName is the service that icons register with, which knows whether anybody shows them.
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
	getProperty = "org.freedesktop.DBus.Properties.Get"
)

// trayHost asks the message bus first. Icons go where somebody takes them in, even if nobody shows them there: a panel
// that embeds is of use only without a watcher.
func trayHost(ctx context.Context, env func(string) string) Answer {
	answer, hasWatcher := notifierHost(ctx, env)
	if hasWatcher || answer == Unknown {
		return answer
	}
	return embeddingHost(ctx, env)
}

// BusAddress returns where the session's message bus is; empty where none runs. The library would start one.
func BusAddress(env func(string) string) string {
	if address := env("DBUS_SESSION_BUS_ADDRESS"); address != "" && !strings.HasPrefix(address, "autolaunch:") {
		return address
	}
	folder := env("XDG_RUNTIME_DIR")
	if folder == "" {
		folder = fmt.Sprintf("/run/user/%d", os.Getuid())
	}
	path := filepath.Join(folder, "bus")
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return "unix:path=" + path
}

// notifierHost asks the message bus whether anybody shows the icons that are registered there, and whether there is a
// watcher to register them with. Where the bus cannot be reached, neither can icons.
func notifierHost(ctx context.Context, env func(string) string) (answer Answer, hasWatcher bool) {
	address := BusAddress(env)
	if address == "" {
		return No, false
	}
	bus, err := dbus.Connect(address, dbus.WithContext(ctx))
	switch {
	case err != nil && ctx.Err() != nil:
		return Unknown, false
	case err != nil:
		return No, false
	}
	defer func() { _ = bus.Close() }() // only asked
	var shown bool
	call := bus.Object(watcherName, watcherPath).
		CallWithContext(ctx, getProperty, dbus.FlagNoAutoStart, watcherName, "IsStatusNotifierHostRegistered")
	var refused dbus.Error
	switch err := call.Store(&shown); {
	case errors.As(err, &refused) && (strings.HasSuffix(refused.Name, ".ServiceUnknown") || strings.HasSuffix(refused.Name, ".NameHasNoOwner")):
		return No, false
	case err != nil:
		return Unknown, true
	case shown:
		return Yes, true
	}
	return No, true
}

// embeddingHost asks the X server whether a panel has claimed the tray of the screen.
func embeddingHost(ctx context.Context, env func(string) string) Answer {
	display := env("DISPLAY")
	if display == "" {
		return No
	}
	_, number, screen, _ := parseDisplay(display)
	conn, ok := dialFirst(ctx, displayAddresses(display))
	if !ok {
		return Unknown
	}
	defer func() { _ = conn.Close() }() // a second time does no harm
	x, err := openX(ctx, conn, cookie(env, number))
	if err != nil {
		return Unknown
	}
	defer closeX(x)
	owner, err := selectionOwner(x, fmt.Sprintf("_NET_SYSTEM_TRAY_S%d", screen))
	switch {
	case err != nil:
		return Unknown
	case owner != xproto.WindowNone:
		return Yes
	}
	return No
}

// quietX keeps the library from writing to standard error that it tries without a cookie.
var quietX = sync.OnceFunc(func() { xgb.Logger.SetOutput(io.Discard) }) //nolint:forbidigo // the library logs there

// openX greets the X server. All that is said on the connection ends with ctx, which has to have a deadline.
func openX(ctx context.Context, conn net.Conn, cookie string) (*xgb.Conn, error) {
	quietX()
	limit, _ := ctx.Deadline()
	if err := conn.SetDeadline(limit); err != nil {
		return nil, err
	}
	return xgb.NewConnNetWithCookieHex(conn, cookie)
}

// closeX waits for the library's goroutines.
func closeX(x *xgb.Conn) {
	x.Close()
	for event, err := x.WaitForEvent(); event != nil || err != nil; event, err = x.WaitForEvent() {
		continue // nothing was asked for
	}
}

// isRefused tells that the X server of this computer turns Perch away. It is false where that cannot be told.
func isRefused(ctx context.Context, conn net.Conn, display string, env func(string) string) bool {
	host, number, _, _ := parseDisplay(display)
	if host != "" && host != "unix" {
		return false
	}
	x, err := openX(ctx, conn, cookie(env, number))
	if err != nil {
		return strings.Contains(err.Error(), "authentication refused")
	}
	closeX(x)
	return false
}

// selectionOwner returns the window that owns a selection.
func selectionOwner(x *xgb.Conn, selection string) (xproto.Window, error) {
	atom, err := xproto.InternAtom(x, true, uint16(len(selection)), selection).Reply()
	switch {
	case err != nil:
		return 0, err
	case atom.Atom == xproto.AtomNone: // nobody has ever spoken of it
		return xproto.WindowNone, nil
	}
	owner, err := xproto.GetSelectionOwner(x, atom.Atom).Reply()
	if err != nil {
		return 0, err
	}
	return owner.Owner, nil
}
