package desktop

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// displayTime bounds the knock at a display.
const displayTime = 3 * time.Second

var (
	errNoDisplay   = errors.New("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); on a server use the command line: perch status")
	errDeafDisplay = errors.New("does not answer; log in to the desktop again, or use the command line: perch status")
)

// CheckDisplay knocks at the display that the environment names. Toolkits end the process where there is none, so it
// has to be known before.
func CheckDisplay(ctx context.Context, env func(string) string) error {
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
		if knock(ctx, "unix", wayland) {
			return nil
		}
	}
	if x11 != "" {
		for _, door := range doors(x11) {
			if knock(ctx, door[0], door[1]) {
				return nil
			}
		}
	}
	named := x11
	if named == "" {
		named = wayland
	}
	return &sentence{"the display " + named + " " + errDeafDisplay.Error(), errDeafDisplay}
}

// doors are the addresses of an X server: host:number.screen, where no host means this computer.
func doors(display string) [][2]string {
	colon := strings.LastIndexByte(display, ':')
	if colon < 0 {
		return nil
	}
	host, number := display[:colon], display[colon+1:]
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.Atoi(number)
	if err != nil {
		return nil
	}
	if host == "" || host == "unix" {
		path := "/tmp/.X11-unix/X" + number
		return [][2]string{{"unix", path}, {"unix", "@" + path}}
	}
	return [][2]string{{"tcp", net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(6000+n))}}
}

func knock(ctx context.Context, network, address string) bool {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
