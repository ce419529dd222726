// Package desktop is what the tray alone needs of the desktop it runs on, beside package desk: notifications, the
// clipboard, the window as a program, and the lock that keeps the tray single.
//
// It guarantees that every call ends in bounded time, that it starts no daemon (a message bus that is not there is not
// brought up), and that what people read in errors is a sentence. It needs no cgo.
package desktop

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"

	"perch/app/desk"
	"perch/app/lockfile"
	"perch/app/single"
	"perch/ui/tray"
)

// Desktop does what a session asks for. Make it with New.
type Desktop struct {
	notifier
	clipboard
	window
}

// Config is what a Desktop is made of.
type Config struct {
	// Programs finds and runs Perch's other programs.
	Programs desk.Programs
	// Window is where the window is.
	Window single.Place
	T      tray.T
	Log    *slog.Logger
	// Clicked is called with the section of a notification that a person has clicked.
	Clicked func(section string)
}

// New returns the desktop of this process. It opens nothing yet.
func New(c Config) *Desktop {
	return &Desktop{
		notifier: notifier{t: c.T, log: c.Log, clicked: c.Clicked}, clipboard: clipboard{c.Programs.Env},
		window: window{programs: c.Programs, place: c.Window, t: c.T, log: c.Log},
	}
}

// Close lets go of the message bus. The window, if one is open, stays.
func (d *Desktop) Close() { d.close() }

// Relay is the relay's process, as a session wants it.
type Relay struct {
	Programs desk.Programs
	// Config, Socket and Lock are paths.
	Config, Socket, Lock string
}

// Do runs "perch start", "perch stop" or "perch restart".
func (r Relay) Do(ctx context.Context, command string) error { return r.Programs.Perch(ctx, command) }

// IsConfigured tells whether there is a perch.toml.
func (r Relay) IsConfigured() bool { return exists(r.Config) }

// LeftSocket tells whether the relay's socket is there.
func (r Relay) LeftSocket() bool { return exists(r.Socket) }

// IsHeld tells whether a relay works on the folder.
func (r Relay) IsHeld() bool { return lockfile.IsHeld(r.Lock) }

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
