package command

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/app/desk"
	"perch/app/lockfile"
	"perch/app/single"
)

// runBare is perch without a command: the desktop where there is one, else how things stand and what to do next.
func (p *program) runBare(cmd *cobra.Command, _ []string) error {
	if opened, err := p.openDesktop(cmd.Context()); opened || err != nil {
		return err
	}
	home, err := p.home()
	if err != nil {
		return err
	}
	if _, err := os.Stat(home.Config()); errors.Is(err, os.ErrNotExist) {
		p.Print("Perch is not set up yet.\nNext: perch demo (shows it at work), then perch init (writes %s).\n", home.Config())
		return nil
	}
	if err := p.runStatus(cmd, nil); err != nil {
		return err
	}
	if p.exit == exitNotRunning {
		p.exit = exitFine
	}
	return nil
}

// openDesktop starts the tray, or the window where nothing would show the tray's icon or the tray is there already, and
// returns at once. A window that is open comes to the front. It reports whether there was one to start.
func (p *program) openDesktop(ctx context.Context) (bool, error) {
	if desk.CheckDisplay(ctx, os.Getenv) != nil {
		return false, nil
	}
	home, err := p.home()
	if err != nil {
		return false, err
	}
	programs := desk.Programs{Home: p.homeFlag}
	names, why := []string{desk.Tray, desk.Window}, ""
	switch {
	case lockfile.IsHeld(home.TrayLock()):
		names, why = []string{desk.Window}, " The tray runs already."
	case programs.IsTrayHidden(ctx):
		slices.Reverse(names)
		why = " Nothing on this desktop shows tray icons."
	}
	for _, name := range names {
		if name == desk.Window {
			if isOpen, err := p.raiseWindow(ctx, home); isOpen || err != nil {
				return isOpen, err
			}
		}
		cmd, err := programs.Start(ctx, name)
		if errors.Is(err, desk.ErrMissing) {
			continue
		}
		if err != nil {
			return false, err
		}
		p.Print("Started %s.%s\n", name, why)
		return true, cmd.Process.Release()
	}
	return false, nil
}

// raiseWindow brings the window that is open to the front, and reports whether there was one.
func (p *program) raiseWindow(ctx context.Context, home config.Home) (bool, error) {
	err := single.At(filepath.Dir(home.Socket()), os.Getenv).Ask(ctx, "")
	switch {
	case errors.Is(err, single.ErrAbsent):
		return false, nil
	case err != nil:
		return false, err
	}
	p.Print("The window is open already; it has come to the front.\n")
	return true, nil
}
