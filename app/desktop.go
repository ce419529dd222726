package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"perch/app/config"
	"perch/app/desk"
)

// trayGrace is how long a panel that is just starting is waited for before the window takes the tray's place.
const trayGrace = 2 * time.Second

// openDesktop starts the tray, or the window where nothing would show the tray's icon, and returns at once. It reports
// whether there was one to start.
func (p *program) openDesktop(ctx context.Context) (bool, error) {
	if desk.CheckDisplay(ctx, os.Getenv) != nil {
		return false, nil
	}
	programs := desk.Programs{Home: p.homeFlag}
	names, why := []string{desk.Tray, desk.Window}, ""
	if isTrayUseless(ctx, programs) {
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
		p.print("Started %s.%s\n", name, why)
		return true, cmd.Process.Release()
	}
	return false, nil
}

// isTrayUseless tells that there is a tray to start and nothing that would show its icon.
func isTrayUseless(ctx context.Context, programs desk.Programs) bool {
	_, err := programs.Find(desk.Tray)
	return err == nil && desk.AwaitTrayHost(ctx, os.Getenv, trayGrace) == desk.No
}

// demoDesktop shows the window of a demo, and the tray where something shows its icon, until leave is called, which waits
// for their end. closed is closed when the window is; nil when there is none.
func (p *program) demoDesktop(ctx context.Context, home config.Home) (closed <-chan struct{}, leave func()) {
	if desk.CheckDisplay(ctx, os.Getenv) != nil {
		return nil, func() {}
	}
	ctx, end := context.WithCancel(ctx)
	programs := desk.Programs{Home: filepath.Dir(home.Config())}
	closed = start(ctx, programs, desk.Window)
	var tray <-chan struct{}
	if !isTrayUseless(ctx, programs) {
		tray = start(ctx, programs, desk.Tray)
	}
	return closed, func() {
		end()
		for _, ended := range []<-chan struct{}{closed, tray} {
			if ended != nil {
				<-ended
			}
		}
	}
}

// start starts a program that ends with ctx. It returns a channel that is closed at its end; nil when there is none.
func start(ctx context.Context, programs desk.Programs, name string) <-chan struct{} {
	cmd, err := programs.Command(ctx, name)
	if err != nil || cmd.Start() != nil {
		return nil
	}
	ended := make(chan struct{})
	go func() { // ends with ctx
		_ = cmd.Wait()
		close(ended)
	}()
	return ended
}
