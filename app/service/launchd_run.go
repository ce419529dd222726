package service

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"perch/bridge"
)

const (
	// settleTime bounds the wait for launchd, which after the end of a service refuses it for some seconds.
	settleTime = 20 * time.Second
	// launchPoll is the time between two questions.
	launchPoll = 250 * time.Millisecond
	// exitSaid is the exit code of a relay that has said why, exitNoProgram what launchd gives for one that it could not run
	// (sysexits.h, EX_CONFIG).
	exitSaid, exitNoProgram = "1", "78"
)

// job is what launchd knows of a service.
type job struct {
	isRunning bool
	pid       int
	// runs is how many times it was started; -1 where launchd does not say.
	runs int
	// exit is how it ended last, as launchd says it; "" where it has not ended or all was well.
	exit string
	// folder is the home that it works on; "" where launchd does not say.
	folder string
}

// print asks launchd for the service.
func (l *launchd) print(ctx context.Context) (job, error) {
	out, err := l.launchctl(ctx, callTime, "print", l.target())
	if err != nil {
		return job{}, err
	}
	return readJob(out), nil
}

// readJob reads what launchctl print says. That is for people and changes, so that what is missing is no error.
func readJob(out string) job {
	values, depth := map[string]string{}, 0
	j := job{runs: -1}
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if folder, ok := strings.CutPrefix(line, envFolder+" => "); ok {
			j.folder = folder
		}
		name, value, found := strings.Cut(line, " = ")
		switch {
		case strings.HasSuffix(line, "{"):
			depth++
		case line == "}":
			depth--
		case found && depth == 1 && values[name] == "":
			values[name] = value
		}
	}
	j.pid, _ = strconv.Atoi(values["pid"])
	j.isRunning = values["state"] == "running" && j.pid != 0
	if runs, err := strconv.Atoi(values["runs"]); err == nil {
		j.runs = runs
	}
	if code := values["last exit code"]; code != "0" && code != "(never exited)" {
		j.exit = code
	}
	if signal := values["last terminating signal"]; j.exit == "" && signal != "" {
		j.exit = signal
	}
	return j
}

// bootstrap has launchd know and run the service; one that it knows already is only run.
func (l *launchd) bootstrap(ctx context.Context) error {
	_, err := l.print(ctx)
	if err == nil {
		_, err = l.launchctl(ctx, callTime, "kickstart", l.target())
		return err
	}
	if !errors.Is(err, errNotLoaded) {
		return err
	}
	return l.again(ctx, func() (bool, error) {
		_, err := l.launchctl(ctx, callTime, "bootstrap", l.domain(), l.path())
		return !errors.Is(err, errBusy), err
	})
}

// unload ends the service and has launchd forget it, until it starts by itself the next time.
func (l *launchd) unload(ctx context.Context) error {
	_, err := l.launchctl(ctx, doTime, "bootout", l.target())
	if err != nil && !errors.Is(err, errBusy) {
		if errors.Is(err, errNotLoaded) {
			err = nil
		}
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, doTime)
	defer cancel()
	for {
		_, err := l.print(ctx)
		if errors.Is(err, errNotLoaded) {
			return nil
		}
		select {
		case <-time.After(launchPoll):
		case <-ctx.Done():
			return fail(bridge.Temporary, "the service has not ended in time", "wait a little, then look with: "+l.perch("service status"), nil)
		}
	}
}

// again calls fn until it is done, for settleTime at most.
func (l *launchd) again(ctx context.Context, fn func() (isDone bool, err error)) error {
	for end := time.Now().Add(settleTime); ; {
		isDone, err := fn()
		if isDone || time.Now().After(end) {
			return err
		}
		select {
		case <-time.After(launchPoll):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Do implements Service.
func (l *launchd) Do(ctx context.Context, verb Verb) error {
	if verb == Stop {
		return l.unload(ctx)
	}
	if problem := l.problem(); problem != "" {
		message, remedy, _ := strings.Cut(problem, "; ")
		return fail(bridge.Operator, message, remedy, nil)
	}
	runs, err := l.begin(ctx, verb)
	if err != nil {
		return err
	}
	return l.await(ctx, runs)
}

// begin has launchd run the service, and returns how many times it had run before.
func (l *launchd) begin(ctx context.Context, verb Verb) (runs int, err error) {
	if verb == Restart {
		if err := l.unload(ctx); err != nil {
			return 0, err
		}
	}
	if before, err := l.print(ctx); err == nil {
		runs = before.runs
		if before.isRunning {
			runs--
		}
	}
	return runs, l.bootstrap(ctx)
}

// await returns when the relay that launchd runs answers, or has ended after more than so many runs.
func (l *launchd) await(ctx context.Context, runs int) error {
	ctx, cancel := context.WithTimeout(ctx, doTime)
	defer cancel()
	for {
		j, err := l.print(ctx)
		if err == nil && j.isRunning && l.answers(ctx, l.home) == j.pid {
			return nil
		}
		if err == nil && j.pid == 0 && j.runs > runs && j.exit != "" {
			message, remedy, found := strings.Cut(l.why(j), "; ")
			if !found {
				remedy = "look at: perch logs"
			}
			return fail(bridge.Operator, "the service does not start: "+message, remedy, nil)
		}
		select {
		case <-time.After(launchPoll):
		case <-ctx.Done():
			return fail(bridge.Temporary, "the service has not answered in time", "look at: "+l.perch("service status")+", and perch logs", nil)
		}
	}
}

// why says why the relay has ended.
func (l *launchd) why(j job) string {
	code, _, _ := strings.Cut(j.exit, ":")
	said := ""
	if code == exitSaid {
		said = lastError(folderOf(l.home))
	}
	switch {
	case said != "":
		return said
	case code == exitNoProgram:
		return "macOS could not run it; is the program still where it was? If not, install the service again: " + l.perch("service install")
	}
	return "it ended (" + j.exit + "); look at: " + filepath.Join(folderOf(l.home), errorsName)
}

// Status implements Service.
func (l *launchd) Status(ctx context.Context) (State, error) {
	state := State{Scope: l.scope(), Home: folderOf(l.home)}
	isInstalled := l.isInstalled()
	if isInstalled {
		state.Kind, state.Installed, state.Unit, state.Lingering = launchdKind(l.isSystem), true, l.path(), l.isSystem
		state.Problem = l.problem()
	}
	j, err := l.print(ctx)
	switch {
	case !isInstalled && err == nil && j.folder == state.Home:
		state.Problem = "launchd still runs a service whose file " + l.path() + " is gone; write it again: " + l.perch("service install") + ", or end it: " + l.perch("service uninstall")
		state.Running, state.PID = j.isRunning, j.pid
		return state, nil
	case !isInstalled:
		return state, nil
	case err != nil && !errors.Is(err, errNotLoaded) && !errors.Is(err, errNoSession):
		return state, err
	}
	state.Running, state.PID = j.isRunning, j.pid
	if !j.isRunning && j.exit != "" {
		state.Detail = l.why(j)
		if j.runs > 1 {
			state.Detail += fmt.Sprintf(" (it is tried again by itself, %d times so far)", j.runs-1)
		}
	}
	isDisabled, err := l.isDisabled(ctx)
	state.Enabled = !isDisabled
	if isDisabled && state.Problem == "" {
		state.Problem = "macOS was told not to start the service (launchctl disable); switch it on again: " + l.perch("service install")
	}
	return state, err
}

// problem says what keeps the service from working, and what to do.
func (l *launchd) problem() string {
	if folder := filepath.Dir(l.home.Config()); isGone(folder) {
		return "the folder " + folder + " that the service works on is gone; bring it back and then type: " + l.perch("service start") +
			", or remove the service: " + l.perch("service uninstall")
	}
	return ""
}

// isDisabled reports whether launchd was told not to start the service. That a user may decide while he is not logged in.
func (l *launchd) isDisabled(ctx context.Context) (bool, error) {
	domain := "system"
	if !l.isSystem {
		domain = "user/" + l.userNumber()
	}
	out, err := l.launchctl(ctx, callTime, "print-disabled", domain)
	if errors.Is(err, errNoSession) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " => ")
		if strings.Trim(name, `"`) == label {
			return value == "disabled" || value == "true", nil
		}
	}
	return false, nil
}
