package desk

import (
	"context"
	"os"
	"time"
)

const (
	// hostTime bounds the question for a tray host, hostPoll is the time between two while one is waited for.
	hostTime = 3 * time.Second
	hostPoll = 200 * time.Millisecond
)

// TrayHost tells whether anything on this desktop shows tray icons: a StatusNotifier host on the message bus or, where
// the bus takes no icons in, a panel that embeds them on the X display; env is os.Getenv. It is Unknown when the bus or
// the display does not say.
func TrayHost(ctx context.Context, env func(string) string) Answer {
	if isAlwaysThere() {
		return Yes
	}
	ctx, cancel := context.WithTimeout(ctx, hostTime)
	defer cancel()
	return trayHost(ctx, env)
}

// AwaitTrayHost asks again and again until there is a tray host or the grace is over, and returns the last answer: a
// panel that is just starting is seen.
func AwaitTrayHost(ctx context.Context, env func(string) string, grace time.Duration) Answer {
	return await(ctx, func(ctx context.Context) Answer { return TrayHost(ctx, env) }, grace)
}

func await(ctx context.Context, ask func(context.Context) Answer, grace time.Duration) Answer {
	over := time.After(grace)
	for {
		answer := ask(ctx)
		if answer == Yes {
			return Yes
		}
		select {
		case <-time.After(hostPoll):
		case <-over:
			return answer
		case <-ctx.Done():
			return answer
		}
	}
}

// trayGrace is how long a panel that is just starting is waited for before the window takes the tray's place.
const trayGrace = 2 * time.Second

// IsTrayHidden tells that there is a tray to start and nothing that would show its icon.
func (p Programs) IsTrayHidden(ctx context.Context) bool {
	_, err := p.Find(Tray)
	return err == nil && AwaitTrayHost(ctx, os.Getenv, trayGrace) == No
}
