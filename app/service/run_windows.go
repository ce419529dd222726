package service

import (
	"context"
	"errors"
	"log/slog"

	win "golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"

	"perch/app/config"
	"perch/app/notify"
	"perch/bridge"
)

const (
	// failedCode is the exit code, of the service's own, of a relay that ended with an error; Windows starts it anew then.
	failedCode = 1
	// stopHint is how long, in milliseconds, Windows may wait for a relay to end before it is to look again.
	stopHint = 20_000
	// eventNumber is the number of Perch's entries in the event log, of those that eventcreate.exe can show.
	eventNumber = 1
)

// RunWindows lets Windows' service manager run the relay in this process, until it is stopped or ends. It does not end with
// ctx: Windows tells the programs of a service by a signal when somebody logs off, who is not of their concern. After an
// error the process has to end.
func RunWindows(ctx context.Context, log *slog.Logger, home config.Home, relay func(context.Context, *notify.Manager) error) error {
	ignoreLogOff()
	l := &life{log: log, home: home, relay: relay, ctx: context.WithoutCancel(ctx)}
	err := svc.Run(windowsName, l)
	if errors.Is(err, win.ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) {
		return fail(bridge.Invalid, "this command is for Windows' service manager alone", "type: perch service start", nil)
	}
	return errors.Join(err, l.err)
}

// life is the relay as Windows sees it.
type life struct {
	log   *slog.Logger
	home  config.Home
	relay func(context.Context, *notify.Manager) error
	ctx   context.Context //nolint:containedctx // svc.Handler takes none
	err   error
}

// Execute implements svc.Handler.
func (l *life) Execute(_ []string, requests <-chan svc.ChangeRequest, changes chan<- svc.Status) (isOwnCode bool, code uint32) {
	stop, done := make(chan struct{}), make(chan struct{})
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		hear(requests, changes, stop, done)
	}()
	var number uint32
	run := lifetime{
		log: l.log, stop: stop, say: l.say,
		report: func(p phase) {
			number++
			changes <- statusOf(p, number)
		},
	}
	l.err = run.run(l.ctx, l.relay)
	close(done)
	<-heard
	if l.err != nil {
		return true, failedCode
	}
	return false, 0
}

// hear answers Windows until done is closed. The first request to end closes stop.
func hear(requests <-chan svc.ChangeRequest, changes chan<- svc.Status, stop chan<- struct{}, done <-chan struct{}) {
	for isStopping := false; ; {
		select {
		case request := <-requests:
			switch request.Cmd {
			case svc.Interrogate:
				changes <- request.CurrentStatus
			case svc.Stop, svc.Shutdown, svc.PreShutdown:
				if !isStopping {
					isStopping = true
					close(stop)
				}
			}
		case <-done:
			return
		}
	}
}

func statusOf(p phase, number uint32) svc.Status {
	switch p {
	case phaseStarting:
		return svc.Status{State: svc.StartPending, CheckPoint: number, WaitHint: uint32(2 * lookEvery.Milliseconds())} //nolint:gosec // a constant
	case phaseStopping:
		return svc.Status{State: svc.StopPending, CheckPoint: number, WaitHint: stopHint}
	}
	return svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown | svc.AcceptPreShutdown}
}

// say keeps why the relay ended, for perch service status and for Windows' event log.
func (l *life) say(why string) {
	keepSaid(l.home, why)
	if why == "" {
		return
	}
	if events, err := eventlog.Open(windowsName); err == nil {
		_ = errors.Join(events.Error(eventNumber, why), events.Close()) // the file has it too
	}
}

// ignoreLogOff keeps the runtime from hearing what Windows tells every program of a service when somebody logs off or the
// computer ends, of which the service manager tells the service by itself.
func ignoreLogOff() {
	const logOff, shutDown = 5, 6 // CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT
	handler := win.NewCallback(func(event uint32) uintptr {
		if event == logOff || event == shutDown {
			return 1
		}
		return 0
	})
	_, _, _ = win.NewLazySystemDLL("kernel32.dll").NewProc("SetConsoleCtrlHandler").Call(handler, 1)
}
