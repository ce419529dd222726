package daemon

import (
	"context"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/lockfile"
	"perch/bridge"
)

// Stop asks the relay to end and waits until it has given its lock back.
func Stop(ctx context.Context, client *control.Client, home config.Home) error {
	if err := client.Stop(ctx); err != nil {
		return err
	}
	for deadline := time.Now().Add(stopPatience); time.Now().Before(deadline); {
		if lock, err := lockfile.Take(home.Lock()); err == nil {
			return lock.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "stop", Message: "the relay is still finishing what it has begun",
		Remedy: "wait a little, then look with: perch status",
	}
}
