package demo

import (
	"context"
	"os"
	"path/filepath"

	"perch/app/config"
	"perch/app/desk"
)

// showDesktop shows the window of a demo, and the tray where something shows its icon, until leave is called, which waits
// for their end. closed is closed when the window is; nil when there is none.
func showDesktop(ctx context.Context, home config.Home) (closed <-chan struct{}, leave func()) {
	if desk.CheckDisplay(ctx, os.Getenv) != nil {
		return nil, func() {}
	}
	ctx, end := context.WithCancel(ctx)
	programs := desk.Programs{Home: filepath.Dir(home.Config())}
	closed = start(ctx, programs, desk.Window)
	var tray <-chan struct{}
	if !programs.IsTrayHidden(ctx) {
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
		if cmd.ProcessState.ExitCode() == desk.ExitUndrawn { // the page in the browser is there in its place
			<-ctx.Done()
		}
		close(ended)
	}()
	return ended
}
