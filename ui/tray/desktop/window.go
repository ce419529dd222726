package desktop

import (
	"context"
	"errors"
	"log/slog"
	"os/exec"
	"strconv"
	"sync"

	"perch/app/desk"
	"perch/ui/tray"
)

// window opens perch-window, one at a time.
type window struct {
	programs desk.Programs
	t        tray.T
	log      *slog.Logger

	mu   sync.Mutex
	open *exec.Cmd
}

// errNoWindow tells in words what else there is.
var errNoWindow = errors.New("there is no window")

// Open starts the window, or brings the one that this tray has opened to the front where the desktop lets it. The
// window outlives the tray.
func (w *window) Open(ctx context.Context, section string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open != nil {
		w.raise(ctx, w.open.Process.Pid)
		return nil
	}
	var args []string
	if section != "" {
		args = []string{"--section", section}
	}
	cmd, err := w.programs.Start(ctx, desk.Window, args...)
	if err != nil {
		return &sentence{w.t("tray.window.missing"), errors.Join(errNoWindow, err)}
	}
	w.open = cmd
	go w.wait(cmd) // ends with the window or with this process
	return nil
}

// wait takes the window's end in, so that it does not stay as a zombie and can be opened again.
func (w *window) wait(cmd *exec.Cmd) {
	err := cmd.Wait()
	w.log.Debug("window closed", "error", err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = nil
}

// raise asks the window manager by way of a helper that many desktops have; where there is none, the user has to look.
func (w *window) raise(ctx context.Context, pid int) {
	err := run(ctx, w.programs.Env, "", "xdotool", "search", "--onlyvisible", "--pid", strconv.Itoa(pid), "windowactivate")
	w.log.Info("the window is open already", "error", err)
}

// sentence is an error for people with a cause for the log.
type sentence struct {
	text  string
	cause error
}

func (s *sentence) Error() string { return s.text }
func (s *sentence) Unwrap() error { return s.cause }
