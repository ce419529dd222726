package desk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// displayTime bounds the knock at a display.
const displayTime = 3 * time.Second

var (
	errNoDisplay = errors.New("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); " +
		"sign in to a desktop (over SSH: ssh -X), or use the command line: perch status")
	errShutDisplay = errors.New("does not let Perch in; start Perch as the user who is signed in to the desktop (without sudo), " +
		"or use the command line: perch status")
	errDeafDisplay = errors.New("does not answer; log in to the desktop again, or use the command line: perch status")
)

// isPlain tells that the system always has a display and a place for icons.
func isPlain() bool { return runtime.GOOS == "windows" || runtime.GOOS == "darwin" }

// CheckDisplay knocks at the display that the environment names; env is os.Getenv. Toolkits end the process or panic
// where there is none, so it has to be known before. The error is a sentence.
func CheckDisplay(ctx context.Context, env func(string) string) error {
	if isPlain() {
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
		if hangUp(knock(ctx, [][2]string{{"unix", wayland}})) {
			return nil
		}
	}
	if x11 == "" {
		return fmt.Errorf("the display %s %w", wayland, errDeafDisplay)
	}
	conn, isOpen := knock(ctx, doors(x11))
	if !isOpen {
		return fmt.Errorf("the display %s %w", x11, errDeafDisplay)
	}
	defer func() { _ = conn.Close() }() // nothing more to say
	if isRefused(ctx, conn, x11, env) {
		return fmt.Errorf("the display %s %w", x11, errShutDisplay)
	}
	return nil
}

// doors are the addresses of an X server: host:number.screen, where no host means this computer.
func doors(display string) [][2]string {
	host, number, _, ok := parts(display)
	if !ok {
		return nil
	}
	if host == "" || host == "unix" {
		path := fmt.Sprintf("/tmp/.X11-unix/X%d", number)
		return [][2]string{{"unix", path}, {"unix", "@" + path}}
	}
	return [][2]string{{"tcp", net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(6000+number))}}
}

// parts takes the name of an X display apart.
func parts(display string) (host string, number, screen int, ok bool) {
	colon := strings.LastIndexByte(display, ':')
	if colon < 0 {
		return "", 0, 0, false
	}
	first, second, hasScreen := strings.Cut(display[colon+1:], ".")
	number, err := strconv.Atoi(first)
	if err == nil && hasScreen {
		screen, err = strconv.Atoi(second)
	}
	return display[:colon], number, screen, err == nil
}

// knock opens the first door that there is.
func knock(ctx context.Context, doors [][2]string) (net.Conn, bool) {
	for _, door := range doors {
		var d net.Dialer
		if conn, err := d.DialContext(ctx, door[0], door[1]); err == nil {
			return conn, true
		}
	}
	return nil, false
}

func hangUp(conn net.Conn, isOpen bool) bool {
	if isOpen {
		_ = conn.Close() // nothing was said
	}
	return isOpen
}
