// Package single lets one window at most show a home on a desktop: whoever would open a second one asks the first to come
// to the front.
//
// It guarantees that every question ends in bounded time, also where the window that is asked hangs or is just closing;
// that a window which has ended, however it did, is in nobody's way; and that an answer says what the window has done, not
// only that its process is there.
package single

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	// AskTime bounds a question to the window that is open, and the wait for one that is just opening or closing.
	AskTime = 6 * time.Second
	// showTime bounds what the window does when it is asked. It is less than AskTime, so that it can still say so.
	showTime = 4 * time.Second
	// againAfter is the time between two tries while a window is opening or closing.
	againAfter = 50 * time.Millisecond
)

var (
	// ErrAbsent tells that no window is open.
	ErrAbsent = errors.New("no window is open")
	// ErrShown tells that the window that was open has come to the front.
	ErrShown = errors.New("the window is open already; it has come to the front")
	// ErrUnkept tells that it cannot be seen to that there is one window, as where the folder cannot be written to.
	ErrUnkept = errors.New("another window may be opened beside this one")
)

// SilentError tells that a window is open and does not answer.
type SilentError struct {
	// PID is the number of its process; 0 where it is not known.
	PID int
}

// Error is a sentence with what to do.
func (e *SilentError) Error() string {
	process := ""
	if e.PID != 0 {
		process = " " + strconv.Itoa(e.PID)
	}
	return "a window is open already and does not answer; close it, or end its process" + process + " (perch-window), and open it again"
}

// Place is where one window at most is: a home, on one desktop. Make it with At.
type Place struct{ folder, name string }

// At returns the place of a home, whose socket is in folder, on the desktop that the environment names; env is os.Getenv.
func At(folder string, env func(string) string) Place {
	hash := sha256.Sum256([]byte(desktopOf(env)))
	return Place{folder, fmt.Sprintf("w%x", hash[:3])} // the socket's name is no longer than control.sock, whose path has room
}

// desktopOf names the desktop of a person who may have several, as over ssh -X.
func desktopOf(env func(string) string) string {
	display := strings.TrimPrefix(env("DISPLAY"), "unix")
	if display == "" {
		return env("WAYLAND_DISPLAY") + session()
	}
	colon := strings.LastIndexByte(display, ':')
	number, _, _ := strings.Cut(display[colon+1:], ".") // its screens are one desktop
	return display[:colon+1] + number
}

func (p Place) lock() string   { return filepath.Join(p.folder, p.name+".lock") }
func (p Place) socket() string { return filepath.Join(p.folder, p.name+".sock") }
