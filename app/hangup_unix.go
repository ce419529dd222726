//go:build unix

package app

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// reloadSignals returns what asks a relay to reload: SIGHUP. Call end when nobody listens any more. A terminal that is
// closed sends the same signal; then stop is called, because its relay ends with it.
func reloadSignals(stop func()) (asked <-chan os.Signal, end func()) {
	hangup, reload := make(chan os.Signal, 1), make(chan os.Signal, 1)
	done, ended := make(chan struct{}), make(chan struct{})
	inTerminal := hasTerminal()
	signal.Notify(hangup, syscall.SIGHUP)
	go func() {
		defer close(ended)
		for {
			select {
			case s := <-hangup:
				if inTerminal && !hasTerminal() {
					stop()
					continue
				}
				select {
				case reload <- s:
				default: // one is asked for already
				}
			case <-done:
				return
			}
		}
	}()
	return reload, func() {
		signal.Stop(hangup)
		close(done)
		<-ended
	}
}

// hasTerminal reports whether the process was started in a terminal that is still there.
func hasTerminal() bool { return term.IsTerminal(int(os.Stdin.Fd())) }
