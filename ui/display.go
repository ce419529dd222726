package ui

import "errors"

// ErrNoDisplay says that there is nowhere to open a window, and what to do.
var ErrNoDisplay = errors.New("there is no display to open a window on; " +
	"sign in to a desktop (over SSH: ssh -X), or use the command line: perch status")

// CheckDisplay returns ErrNoDisplay where a window cannot be opened. It has to be asked before Fyne is: Fyne panics
// without a display. env is os.Getenv.
func CheckDisplay(goos string, env func(string) string) error {
	if goos == "windows" || goos == "darwin" || env("DISPLAY") != "" || env("WAYLAND_DISPLAY") != "" {
		return nil
	}
	return ErrNoDisplay
}
