package service

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"perch/app/notify"
	"perch/bridge"
)

const (
	// watchdog is how long a relay may show no sign of life (WatchdogSec of the unit), stopLimit how long it may take to end
	// (TimeoutStopSec), readyLimit to begin (TimeoutStartSec): a slow disk may take its time.
	watchdog   = 60 * time.Second
	stopLimit  = 40 * time.Second
	readyLimit = time.Hour
	// lookEvery is how often that is looked at; while the relay starts or stops, the service manager is told as often that it
	// goes on.
	lookEvery = time.Second
)

// The states of a lifetime.
type phase int

const (
	phaseStarting phase = iota
	phaseRunning
	phaseStopping
)

// lifetime is one run of the relay under a service manager that does not watch it itself, as systemd does. It guarantees
// that the manager hears "running" only from a relay that has shown that it is alive, and that run returns when the relay
// has ended, when it shows no sign of life for the time of watchdog, or when it takes longer to begin or to end than it may.
type lifetime struct {
	log *slog.Logger
	// report tells the manager the phase, and again now and then while it lasts.
	report func(phase)
	// say keeps why the relay ended; "" when there is nothing to say any more.
	say func(why string)
	// stop asks the relay to end.
	stop <-chan struct{}

	phase phase
	// looks counts the looks since the phase began or, while it runs, since the last sign of life. A clock would also count
	// the time in which the computer slept.
	looks int
}

// run lives one life of the relay. After an error the process has to end: a relay that hangs is still in it.
func (l *lifetime) run(ctx context.Context, relay func(context.Context, *notify.Manager) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended, told := make(chan error, 1), make(chan string, 16)
	manager := notify.To(l.log, watchdog, func(state string) {
		select {
		case told <- state:
		default: // the next one says it again
		}
	})
	go func() { ended <- relay(ctx, manager) }() // outlived by this process only where it hangs
	l.enter(phaseStarting)
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for stop := l.stop; ; {
		select {
		case <-stop:
			stop = nil
			l.enter(phaseStopping)
			cancel()
		case state := <-told:
			l.hear(state)
		case <-look.C:
			if why := l.late(); why != "" {
				l.say(why)
				l.log.Error("the relay is ended", "reason", why)
				return fail(bridge.Temporary, why, "Windows starts it again by itself", nil)
			}
		case err := <-ended:
			for len(told) > 0 {
				l.hear(<-told)
			}
			if err == nil {
				l.say("")
			}
			return err
		}
	}
}

func (l *lifetime) enter(p phase) {
	l.phase, l.looks = p, 0
	l.report(p)
}

// hear takes in what the relay tells of itself.
func (l *lifetime) hear(state string) {
	isReady, isFed := strings.Contains(state, notify.Ready), strings.Contains(state, notify.Fed)
	switch {
	case strings.Contains(state, notify.Stopping):
		if l.phase != phaseStopping {
			l.enter(phaseStopping)
		}
	case isReady && l.phase == phaseStarting:
		l.say("")
		l.enter(phaseRunning)
	case isFed && l.phase == phaseRunning:
		l.looks = 0
	case !isReady && !isFed: // why it ends
		l.say(notify.WordsOf(state))
	}
}

// late says that the relay takes longer than it may; "" while it does not.
func (l *lifetime) late() string {
	l.looks++
	took := time.Duration(l.looks) * lookEvery
	switch {
	case l.phase == phaseStarting && took > readyLimit:
		return "the relay did not begin in time"
	case l.phase == phaseRunning && took > watchdog:
		return "the relay hung: its journal and its deliveries made no round any more"
	case l.phase == phaseStopping && took > stopLimit:
		return "the relay did not end in time"
	}
	if l.phase != phaseRunning {
		l.report(l.phase)
	}
	return ""
}
