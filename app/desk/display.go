package desk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"time"
)

// displayTime bounds the knock at a display.
const displayTime = 3 * time.Second

var (
	errNoDisplay = errors.New("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); " +
		"sign in to a desktop (over SSH: ssh -X), or use the command line: perch status")
	errRefusedDisplay = errors.New("does not let Perch in; start Perch as the user who is signed in to the desktop (without sudo), " +
		"or use the command line: perch status")
	errSilentDisplay = errors.New("does not answer; log in to the desktop again, or use the command line: perch status")
)

// isAlwaysThere tells that the system always has a display and a place for icons.
func isAlwaysThere() bool { return runtime.GOOS == "windows" || runtime.GOOS == "darwin" }

// CheckDisplay knocks at the display that the environment names; env is os.Getenv. Toolkits end the process or panic
// where there is none, so it has to be known before. The error is a sentence.
func CheckDisplay(ctx context.Context, env func(string) string) error {
	if isAlwaysThere() {
		return nil
	}
	x11, wayland := env("DISPLAY"), env("WAYLAND_DISPLAY")
	if x11 == "" && wayland == "" {
		return errNoDisplay
	}
	ctx, cancel := context.WithTimeout(ctx, displayTime)
	defer cancel()
	if wayland != "" {
		if !filepath.IsAbs(wayland) {
			wayland = filepath.Join(env("XDG_RUNTIME_DIR"), wayland)
		}
		if wasOpen(dialFirst(ctx, [][2]string{{"unix", wayland}})) {
			return nil
		}
	}
	if x11 == "" {
		return fmt.Errorf("the display %s %w", wayland, errSilentDisplay)
	}
	conn, isOpen := dialFirst(ctx, displayAddresses(x11))
	if !isOpen {
		return fmt.Errorf("the display %s %w", x11, errSilentDisplay)
	}
	defer func() { _ = conn.Close() }() // nothing more to say
	if isRefused(ctx, conn, x11, env) {
		return fmt.Errorf("the display %s %w", x11, errRefusedDisplay)
	}
	return nil
}

func wasOpen(conn net.Conn, isOpen bool) bool {
	if isOpen {
		_ = conn.Close() // nothing was said
	}
	return isOpen
}
