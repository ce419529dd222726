package desk

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
)

var errNoBrowser = errors.New("there is no display")

// OpenBrowser shows an address in the person's browser. It does not wait for it.
func OpenBrowser(address string) error {
	var name string
	var args []string
	switch {
	case runtime.GOOS == "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler"}
	case runtime.GOOS == "darwin":
		name = "open"
	case os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "":
		return errNoBrowser
	default:
		name = "xdg-open"
	}
	cmd := exec.Command(name, append(args, address)...) //nolint:gosec,noctx // the system's own program; it outlives this one
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Process.Release()
}
