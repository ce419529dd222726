package app

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
)

// demoGone bounds the wait for a demo that was stopped to take its folder away.
const demoGone = 15 * time.Second

// demoMark is the file by which a demo's home is known, also after a demo that was killed.
func demoMark(home config.Home) string { return filepath.Join(filepath.Dir(home.Config()), "demo") }

func markDemo(home config.Home) error {
	return os.WriteFile(demoMark(home), []byte("This folder belongs to perch demo and goes with it.\n"), 0o600)
}

// notInDemo refuses to start a relay where a demo lives or lived.
func (p *program) notInDemo(op string) error {
	home, err := p.home()
	if err != nil || !exists(demoMark(home)) {
		return err
	}
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: op, Message: "this relay belongs to the demo and ends with it",
		Remedy: "end the demo by closing its window, with Ctrl+C in its terminal or with perch stop; perch demo shows it again",
	}
}

// stopDemo ends a demo by its relay and waits until nothing is left of it.
func (p *program) stopDemo(ctx context.Context, client *control.Client) error {
	home, err := p.home()
	if err != nil {
		return err
	}
	if err := client.Stop(ctx); err != nil {
		return err
	}
	for deadline := time.Now().Add(demoGone); exists(demoMark(home)); {
		if time.Now().After(deadline) {
			return &bridge.Error{
				Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "stop", Message: "the demo has not ended yet",
				Remedy: "press Ctrl+C in its terminal",
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
	p.print("The demo has ended.\n")
	return nil
}

// untilHangup ends with ctx, and when the demo's terminal goes away, unless it was told not to mind that.
func untilHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	if signal.Ignored(syscall.SIGHUP) {
		return context.WithCancel(ctx)
	}
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist)
}
