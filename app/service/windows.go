package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"perch/app/config"
	"perch/bridge"
)

const (
	// windowsName is the service's name in Windows. A computer has one.
	windowsName = "Perch"
	// pollEvery is the wait between two looks at a service that starts or stops.
	pollEvery = 100 * time.Millisecond
	// saidName is the file beside the journal in which a relay leaves why it ended.
	saidName = "service.txt"
	// maxSaid bounds what is read of it, in bytes.
	maxSaid = 2 << 10
)

// The states of a service in Windows.
type scmState int

const (
	scmStopped scmState = iota
	scmStarting
	scmRunning
	scmStopping
)

// scmService is a service as Windows has it.
type scmService struct {
	// command is the program with its arguments.
	command     string
	isAutomatic bool
	state       scmState
	pid         int
	// exit is the code that it ended with, 0 for in order.
	exit uint32
}

// scm is Windows' manager of services. Its errors are those of Windows, or errNoRights.
type scm interface {
	// Look returns the service named Perch; nil when there is none.
	Look() (*scmService, error)
	// Write makes the service, or changes it. Nothing is left of one that cannot be made as a whole. It returns what this
	// Windows cannot do, a sentence each.
	Write(command string, isNew bool) (notes []string, err error)
	Remove() error
	// Ask asks for Start or Stop, and does not wait.
	Ask(verb Verb) error
}

// windowsHost is what a service of Windows is made on; tests have one of their own.
type windowsHost struct {
	scm scm
	// isAdministrator tells whether this process may make services.
	isAdministrator bool
	// profiles is the folder that people's own folders are in.
	profiles string
	// isRemote reports whether a path is on another computer.
	isRemote func(path string) bool
	// admit and dismiss let the service's account use a folder, and not any more.
	admit, dismiss func(folder string) error
}

// windows is the one service of this computer.
type windows struct {
	windowsHost
	home config.Home
}

// windowsCommand is the command of a service that Perch has made.
var windowsCommand = regexp.MustCompile(`^"([^"]+)" service run --home "([^"]+)"$`)

// commandFor returns the command of a service; a path never has quotation marks in it.
func commandFor(program, home string) string {
	if strings.HasSuffix(home, `\`) {
		home += `\` // one before a quotation mark would belong to that
	}
	return fmt.Sprintf(`"%s" service run --home "%s"`, program, home)
}

// folderIn returns the home in the command of a service; "" for a service that Perch has not made.
func folderIn(command string) string {
	match := windowsCommand.FindStringSubmatch(command)
	if match == nil {
		return ""
	}
	if folder, isRoot := strings.CutSuffix(match[2], `\\`); isRoot {
		return folder + `\`
	}
	return match[2]
}

// isFor reports whether a service works on this home. Windows takes large and small letters for the same.
func (s *windows) isFor(command string) bool {
	return strings.EqualFold(folderIn(command), folderOf(s.home))
}

// isInstalled reports whether this home has the service. One that Windows does not show is none.
func (s *windows) isInstalled() bool {
	found, err := s.scm.Look()
	return err == nil && found != nil && s.isFor(found.command)
}

// perch is a command line of Perch on this home.
func (s *windows) perch(args string) string {
	return fmt.Sprintf(`perch %s --home "%s"`, args, folderOf(s.home))
}

// asAdministrator is what to do where rights are missing.
func asAdministrator(command string) string {
	return "open Terminal or the command prompt as administrator (right click on it in the Start menu, Run as administrator) and type there: " + command
}

// Do implements Service.
func (s *windows) Do(ctx context.Context, verb Verb) error {
	ctx, cancel := context.WithTimeout(ctx, doTime)
	defer cancel()
	if verb == Start {
		return s.start(ctx)
	}
	err := s.stop(ctx)
	if err == nil && verb == Restart {
		err = s.start(ctx)
	}
	return err
}

// stop waits for a service that starts: Windows asks it nothing before it runs.
func (s *windows) stop(ctx context.Context) error {
	found, err := s.await(ctx, Stop, func(found *scmService) bool { return found.state != scmStarting })
	if err != nil {
		return err
	}
	if found.state == scmRunning {
		if err := s.scm.Ask(Stop); err != nil {
			return s.complaint(Stop, err)
		}
	}
	_, err = s.await(ctx, Stop, func(found *scmService) bool { return found.state == scmStopped })
	return err
}

func (s *windows) start(ctx context.Context) error {
	if problem := s.problem(); problem != "" {
		message, remedy, _ := strings.Cut(problem, "; ")
		return fail(bridge.Operator, message, remedy, nil)
	}
	if err := s.scm.Ask(Start); err != nil {
		return s.complaint(Start, err)
	}
	found, err := s.await(ctx, Start, func(found *scmService) bool { return found.state == scmRunning || found.state == scmStopped })
	if err != nil || found.state == scmRunning {
		return err
	}
	message, remedy, isWhole := strings.Cut(s.why(found), "; ")
	if !isWhole {
		remedy = "look at: " + s.perch("logs")
	}
	return fail(bridge.Operator, "the service does not start: "+message, remedy, nil)
}

// await looks at the service until it is as wanted.
func (s *windows) await(ctx context.Context, verb Verb, isDone func(*scmService) bool) (*scmService, error) {
	for {
		found, err := s.scm.Look()
		switch {
		case err != nil:
			return nil, s.complaint(verb, err)
		case found == nil:
			return nil, fail(bridge.Operator, "the service is gone", "make it again: "+s.perch("service install"), nil)
		case isDone(found):
			return found, nil
		}
		select {
		case <-ctx.Done():
			return nil, fail(bridge.Temporary, "the service needs longer than usual to "+string(verb), "wait a little, then look with: "+s.perch("service status"), nil)
		case <-time.After(pollEvery):
		}
	}
}

// complaint makes a sentence of what Windows said.
func (s *windows) complaint(verb Verb, err error) error {
	if errors.Is(err, errNoRights) {
		return fail(bridge.Operator, "this account may not "+string(verb)+" the service", asAdministrator(s.perch(string(verb))), errNoRights)
	}
	return fail(bridge.Operator, "Windows did not "+string(verb)+" the service", "look at it in Windows' list of services (services.msc), where it is named "+windowsName, err)
}

// Status implements Service.
func (s *windows) Status(context.Context) (State, error) {
	state := State{Scope: "system", Home: folderOf(s.home)}
	found, err := s.scm.Look()
	if err != nil {
		return state, fail(bridge.Temporary, "Windows does not say how the service is", "try again, or look at Windows' list of services (services.msc)", err)
	}
	if found == nil {
		return state, nil
	}
	if !s.isFor(found.command) {
		if other := folderIn(found.command); other != "" {
			state.Problem = "this computer has a service for another folder, " + other + "; look at it with: perch service status --home \"" + other + "\""
		}
		return state, nil
	}
	state.Kind, state.Installed, state.Unit, state.Lingering = Windows, true, windowsName, true
	state.Enabled, state.Running, state.Problem = found.isAutomatic, found.state == scmRunning, s.problem()
	if found.state != scmStopped {
		state.PID = found.pid
	}
	switch {
	case found.state == scmStopping:
		state.Detail = "Stopping: what has begun is finished"
	case found.state == scmStarting:
		state.Detail = "Starting"
	case found.state == scmStopped && found.exit != 0 && found.exit != neverStarted:
		state.Detail = s.why(found) + " (it is tried again by itself)"
	}
	return state, nil
}

// problem says what keeps the service from working; "" for nothing.
func (s *windows) problem() string {
	folder := folderOf(s.home)
	if !isGone(folder) {
		return ""
	}
	return "the folder " + folder + " that the service works on is gone; bring it back, or remove the service: " + s.perch("service uninstall")
}

// The codes that services end with (winerror.h) and that say more than that they ended.
var windowsExits = map[uint32]string{
	2:    "the program is not where it was when the service was installed; install the service again: perch service install",
	3:    "the program is not where it was when the service was installed; install the service again: perch service install",
	5:    "the service's account may not read the program; move perch.exe to C:\\Program Files\\Perch, then: perch service install",
	1053: "the program did not begin in time; look at: perch logs",
	1069: "Windows does not let the service's account in; give NT SERVICE\\Perch the right to log on as a service (secpol.msc)",
}

// neverStarted is the code of a service that has not been started since the computer was.
const neverStarted = 1077

// why says why the service ended.
func (s *windows) why(found *scmService) string {
	if text, ok := windowsExits[found.exit]; ok {
		return text
	}
	data, err := os.ReadFile(said(s.home))
	if err == nil && len(data) > 0 && len(data) <= maxSaid {
		return strings.ToValidUTF8(strings.TrimSpace(string(data)), "")
	}
	return "it ended before it could say why; look at: " + s.perch("logs")
}

// said is the file in which a relay leaves why it ended.
func said(home config.Home) string { return filepath.Join(folderOf(home), saidName) }

// keepSaid keeps why a relay ended; "" forgets it. It is a help only, so that one which cannot be kept does no harm.
func keepSaid(home config.Home, why string) {
	if why == "" {
		_ = os.Remove(said(home))
		return
	}
	_ = os.WriteFile(said(home), []byte(why), 0o600)
}
