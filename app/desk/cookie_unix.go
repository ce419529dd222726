//go:build !windows && !darwin && !js

package desk

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

const (
	// familyLocal and familyWild are the kinds of addresses in the file that mean this computer and any (X11/Xauth.h).
	familyLocal = 256
	familyWild  = 65535
	cookieName  = "MIT-MAGIC-COOKIE-1"
	cookieBytes = 16
	// maxCookies bounds the file of cookies, in bytes.
	maxCookies = 1 << 20
)

// cookie returns what opens an X display of this computer, in hexadecimal; empty where nothing is kept for it. Perch
// opens displays itself, because the library has no time limit when it does; it then takes the cookie only from us.
func cookie(env func(string) string, display int) string {
	path := env("XAUTHORITY")
	if path == "" {
		path = filepath.Join(env("HOME"), ".Xauthority")
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // only read
	host, err := os.Hostname()
	if err != nil {
		return ""
	}
	return findCookie(io.LimitReader(f, maxCookies), host, strconv.Itoa(display))
}

// findCookie reads a file of cookies: entries of a family and four strings, each with its length before it.
func findCookie(file io.Reader, host, display string) string {
	r := bufio.NewReader(file)
	for {
		family, err := number(r)
		if err != nil {
			return ""
		}
		var fields [4]string // address, display, name of the method, cookie
		for i := range fields {
			if fields[i], err = text(r); err != nil {
				return ""
			}
		}
		isHere := family == familyWild || (family == familyLocal && fields[0] == host)
		isThis := fields[1] == "" || fields[1] == display
		if isHere && isThis && fields[2] == cookieName && len(fields[3]) == cookieBytes {
			return hex.EncodeToString([]byte(fields[3]))
		}
	}
}

func number(r io.Reader) (uint16, error) {
	var b [2]byte
	_, err := io.ReadFull(r, b[:])
	return binary.BigEndian.Uint16(b[:]), err
}

func text(r io.Reader) (string, error) {
	n, err := number(r)
	if err != nil {
		return "", err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return string(b), err
}
