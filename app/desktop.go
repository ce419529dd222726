package app

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"perch/app/config"
)

// hasDisplay reports whether windows can be shown.
func hasDisplay() bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// findProgram finds one of Perch's other programs: beside this one, then on PATH; "" when there is none.
func findProgram(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if info, err := os.Stat(beside); err == nil && !info.IsDir() {
			return beside
		}
	}
	found, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return found
}

// openDesktop starts the tray, else the window, and returns at once. It reports whether there was one to start.
func (p *program) openDesktop() (bool, error) {
	if !hasDisplay() {
		return false, nil
	}
	for _, name := range []string{"perch-tray", "perch-window"} {
		path := findProgram(name)
		if path == "" {
			continue
		}
		var args []string
		if p.homeFlag != "" {
			args = []string{"--home", p.homeFlag}
		}
		cmd := exec.Command(path, args...) //nolint:gosec,noctx // one of Perch's own programs, which outlives this one
		detach(cmd)
		if err := cmd.Start(); err != nil {
			return false, err
		}
		p.print("Started %s.\n", name)
		return true, cmd.Process.Release()
	}
	return false, nil
}

// demoDesktop shows the tray and the window of a demo until ctx ends. It returns a channel that is closed when the window
// is; nil when there is none.
func (p *program) demoDesktop(ctx context.Context, home config.Home) <-chan struct{} {
	if !hasDisplay() {
		return nil
	}
	folder := filepath.Dir(home.Config())
	if tray := findProgram("perch-tray"); tray != "" {
		cmd := exec.CommandContext(ctx, tray, "--home", folder) //nolint:gosec // one of Perch's own programs
		if cmd.Start() == nil {
			go func() { _ = cmd.Wait() }() // ends with ctx
		}
	}
	window := findProgram("perch-window")
	if window == "" {
		return nil
	}
	cmd := exec.CommandContext(ctx, window, "--home", folder) //nolint:gosec // one of Perch's own programs
	if cmd.Start() != nil {
		return nil
	}
	closed := make(chan struct{})
	go func() { // ends with ctx
		_ = cmd.Wait()
		close(closed)
	}()
	return closed
}
