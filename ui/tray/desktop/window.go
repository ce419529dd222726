package desktop

import (
	"context"
	"errors"
	"log/slog"
	"os/exec"
	"strconv"

	"perch/app/desk"
	"perch/app/single"
	"perch/ui/tray"
)

// window opens perch-window, of which there is one at a time.
type window struct {
	programs desk.Programs
	place    single.Place
	t        tray.T
	log      *slog.Logger
}

// errNoWindow tells in words what else there is.
var errNoWindow = errors.New("there is no window")

// Open has the window that is open come to the front, whoever has opened it, or starts one. The window outlives the tray.
func (w *window) Open(ctx context.Context, section string) error {
	err := w.place.Ask(ctx, section)
	var silent *single.SilentError
	switch {
	case errors.As(err, &silent):
		return &sentence{w.t("tray.window.silent", processOf(silent)), err}
	case !errors.Is(err, single.ErrAbsent):
		return err
	}
	var args []string
	if section != "" {
		args = []string{"--section", section}
	}
	cmd, err := w.programs.Start(ctx, desk.Window, args...)
	if err != nil {
		return &sentence{w.t("tray.window.missing"), errors.Join(errNoWindow, err)}
	}
	go w.wait(cmd) // ends with the window or with this process
	return nil
}

func processOf(silent *single.SilentError) string {
	if silent.PID == 0 {
		return desk.Window
	}
	return desk.Window + ", " + strconv.Itoa(silent.PID)
}

// wait takes the window's end in, so that it does not stay as a zombie.
func (w *window) wait(cmd *exec.Cmd) {
	err := cmd.Wait()
	w.log.Debug("window closed", "error", err)
}

// sentence is an error for people with a cause for the log.
type sentence struct {
	text  string
	cause error
}

func (s *sentence) Error() string { return s.text }
func (s *sentence) Unwrap() error { return s.cause }
