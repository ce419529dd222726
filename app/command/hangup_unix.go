//go:build unix

package command

import (
	"os"
	"os/signal"
	"syscall"
)

// reloadSignals returns what asks a relay to reload: SIGHUP. Call end when nobody listens any more. A terminal that is
// closed sends the same signal; then stop is called, because its relay ends with it.
func reloadSignals(stop func()) (asked <-chan os.Signal, end func()) {
	hangup, reload := make(chan os.Signal, 1), make(chan os.Signal, 1)
	done, ended := make(chan struct{}), make(chan struct{})
	inTerminal := hasTerminal() && !signal.Ignored(syscall.SIGHUP) // nohup
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

// hasTerminal reports whether the process belongs to a terminal that is still there, wherever its input and output go.
func hasTerminal() bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDONLY|syscall.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	_ = tty.Close()
	return true
}
