//go:build !windows && !darwin && !js

package desk

import (
	"context"
	"errors"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

const (
	// raiseTime bounds all that is said to the X server.
	raiseTime = 3 * time.Second
	// activeWindow is the message by which a window is brought to the front (freedesktop.org: Extended Window Manager Hints).
	activeWindow = "_NET_ACTIVE_WINDOW"
	// asPager says that a person wants the window: a program may not always bring itself to the front.
	asPager = 2
)

var errNoRaise = errors.New("the window is open, but the desktop does not let Perch bring it to the front; look for it in the list of windows")

// Raise brings a window of X11 to the front, minimised or not; env is os.Getenv. The error is a sentence.
func Raise(ctx context.Context, env func(string) string, window uintptr) error {
	ctx, cancel := context.WithTimeout(ctx, raiseTime)
	defer cancel()
	display := env("DISPLAY")
	_, number, screen, _ := parseDisplay(display)
	conn, ok := dialFirst(ctx, displayAddresses(display))
	if !ok {
		return errNoRaise
	}
	defer func() { _ = conn.Close() }() // a second time does no harm
	x, err := openX(ctx, conn, cookie(env, number))
	if err != nil {
		return errNoRaise
	}
	defer closeX(x)
	if raise(x, screen, xproto.Window(window)) != nil {
		return errNoRaise
	}
	return nil
}

// raise maps the window, by which ICCCM 4.1.4 has a minimised one come back, and asks the window manager to activate it.
func raise(x *xgb.Conn, screen int, window xproto.Window) error {
	roots := xproto.Setup(x).Roots
	if screen >= len(roots) {
		return errNoRaise
	}
	if err := xproto.MapWindowChecked(x, window).Check(); err != nil {
		return err
	}
	above := []uint32{xproto.StackModeAbove}
	if err := xproto.ConfigureWindowChecked(x, window, xproto.ConfigWindowStackMode, above).Check(); err != nil {
		return err
	}
	atom, err := xproto.InternAtom(x, false, uint16(len(activeWindow)), activeWindow).Reply()
	if err != nil {
		return err
	}
	message := xproto.ClientMessageEvent{
		Format: 32, Window: window, Type: atom.Atom,
		Data: xproto.ClientMessageDataUnionData32New([]uint32{asPager, xproto.TimeCurrentTime, 0, 0, 0}),
	}
	mask := uint32(xproto.EventMaskSubstructureRedirect | xproto.EventMaskSubstructureNotify)
	return xproto.SendEventChecked(x, false, roots[screen].Root, mask, string(message.Bytes())).Check()
}

// LetCome has nothing to allow: the window manager decides.
func LetCome() {}
