package desk

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// displayAddresses are the addresses of an X server: host:number.screen, where no host means this computer.
func displayAddresses(display string) [][2]string {
	host, number, _, ok := parseDisplay(display)
	if !ok {
		return nil
	}
	if host == "" || host == "unix" {
		path := fmt.Sprintf("/tmp/.X11-unix/X%d", number)
		return [][2]string{{"unix", path}, {"unix", "@" + path}}
	}
	return [][2]string{{"tcp", net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(6000+number))}}
}

// parseDisplay takes the name of an X display apart.
func parseDisplay(display string) (host string, number, screen int, ok bool) {
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

// dialFirst connects to the first address that answers.
func dialFirst(ctx context.Context, addresses [][2]string) (net.Conn, bool) {
	for _, address := range addresses {
		var d net.Dialer
		if conn, err := d.DialContext(ctx, address[0], address[1]); err == nil {
			return conn, true
		}
	}
	return nil, false
}
