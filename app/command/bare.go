package command

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"perch/app/desk"
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

// openDesktop starts the tray, or the window where nothing would show the tray's icon, and returns at once. It reports
// whether there was one to start.
func (p *program) openDesktop(ctx context.Context) (bool, error) {
	if desk.CheckDisplay(ctx, os.Getenv) != nil {
		return false, nil
	}
	programs := desk.Programs{Home: p.homeFlag}
	names, why := []string{desk.Tray, desk.Window}, ""
	if programs.IsTrayHidden(ctx) {
		slices.Reverse(names)
		why = " Nothing on this desktop shows tray icons."
	}
	for _, name := range names {
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
