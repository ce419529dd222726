package demo

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

const (
	// goneTime bounds the wait for a demo that was stopped to take its folder away.
	goneTime = 15 * time.Second
	stopPoll = 50 * time.Millisecond
)

// markPath is the file by which a demo's home is known, also after a demo that was killed.
func markPath(home config.Home) string { return filepath.Join(filepath.Dir(home.Config()), "demo") }

func mark(home config.Home) error {
	return os.WriteFile(markPath(home), []byte("This folder belongs to perch demo and goes with it.\n"), 0o600)
}

// IsHome reports whether a demo lives or lived in a home.
func IsHome(home config.Home) bool {
	_, err := os.Stat(markPath(home))
	return !errors.Is(err, os.ErrNotExist)
}

// Stop ends a demo by its relay and waits until nothing is left of it.
func Stop(ctx context.Context, client *control.Client, home config.Home) error {
	if err := client.Stop(ctx); err != nil {
		return err
	}
	for deadline := time.Now().Add(goneTime); IsHome(home); {
		if time.Now().After(deadline) {
			return &bridge.Error{
				Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "stop", Message: "the demo has not ended yet",
				Remedy: "press Ctrl+C in its terminal",
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(stopPoll):
		}
	}
	return nil
}

// untilHangup ends with ctx, and when the demo's terminal goes away, unless it was told not to mind that.
func untilHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	if signal.Ignored(syscall.SIGHUP) {
		return context.WithCancel(ctx)
	}
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}
