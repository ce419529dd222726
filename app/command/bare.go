package command

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

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

// startGrace is how long a window is watched that has been started: one that lacks a library ends within milliseconds.
const startGrace = 500 * time.Millisecond

// endsAtOnce returns the exit code of a program that has ended before it could show anything; 0 for one that runs.
func endsAtOnce(cmd *exec.Cmd) int {
	ended := make(chan int, 1)
	go func() { // ends with the program or with this one
		if err := cmd.Wait(); err != nil {
			ended <- cmd.ProcessState.ExitCode()
		}
		ended <- 0
	}()
	select {
	case code := <-ended:
		return code
	case <-time.After(startGrace):
		return 0
	}
}

// What a program that lacks a library ends with: by the loader of Linux and its like, and by Windows.
const noLibrary, noLibraryWindows = 127, 0xC0000135

// windowEnded does what is left to do when a window has ended at once, with a code other than 0. What it has to say it has
// said to the terminal.
func (p *program) windowEnded(ctx context.Context, code int) error {
	switch uint32(code) { //nolint:gosec // Windows' codes are 32 bits
	case desk.ExitUndrawn:
		return nil
	case desk.ExitUnseen:
		p.exit = exitFailed
		return nil
	case noLibrary, noLibraryWindows:
		p.Print("The window cannot be drawn here: OpenGL is missing (on Debian: apt install libgl1 libegl1). Here it is in the browser:\n")
		return p.openWeb(ctx, false)
	}
	p.Print("The window has ended at once; run it by itself to see why: %s. The same window opens in a browser: perch web\n", desk.Window)
	p.exit = exitFailed
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
	programs.Terminal, _ = p.Err.(*os.File)
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
		if name == desk.Window {
			if code := endsAtOnce(cmd); code != 0 {
				return true, p.windowEnded(ctx, code)
			}
		}
		p.Print("Started %s.%s\n", name, why)
		if name == desk.Window { // it is waited for already
			return true, nil
		}
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
