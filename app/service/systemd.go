package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"perch/app/config"
	"perch/bridge"
)

// systemd is a service under systemd: of one user, or of the whole system.
type systemd struct {
	host
	home     config.Home
	isSystem bool
}

func newSystemd(home config.Home, isSystem bool, m host) *systemd {
	return &systemd{host: m, home: home, isSystem: isSystem}
}

// find returns the service that is installed for a home; nil when there is none.
func find(home config.Home, m host) *systemd {
	for _, isSystem := range []bool{false, true} {
		if s := newSystemd(home, isSystem, m); s.isInstalled() {
			return s
		}
	}
	return nil
}

// folder is where Perch writes units to.
func (s *systemd) folder() string {
	if s.isSystem {
		return s.systemUnits
	}
	return s.userUnits
}

// path is where Perch writes the unit.
func (s *systemd) path() string { return filepath.Join(s.folder(), unitName) }

// unit returns the unit in force and its text; "" for none. A package's unit counts where it is enabled.
func (s *systemd) unit() (path, text string) {
	path = s.path()
	if data, err := os.ReadFile(path); err == nil {
		return path, string(data)
	}
	packaged := filepath.Join(s.packaged, s.scope(), unitName)
	if !exists(filepath.Join(s.folder(), s.target()+".wants", unitName)) {
		return "", ""
	}
	data, err := os.ReadFile(packaged)
	if err != nil {
		return "", ""
	}
	return packaged, string(data)
}

// target is what the service starts with.
func (s *systemd) target() string {
	return map[bool]string{true: "multi-user.target", false: "default.target"}[s.isSystem]
}

func (s *systemd) scope() string { return map[bool]string{true: "system", false: "user"}[s.isSystem] }

// isInstalled reports whether this home has this service.
func (s *systemd) isInstalled() bool {
	_, text := s.unit()
	return isOurs(text) && s.isFor(text)
}

// isFor reports whether a unit that Perch wrote is for this home.
func (s *systemd) isFor(text string) bool {
	folder := homeIn(text)
	if folder == "" {
		usual, err := config.FindHome("")
		return err == nil && s.home == usual
	}
	return folder == folderOf(s.home)
}

// systemctl runs systemctl in this scope.
func (s *systemd) systemctl(ctx context.Context, limit time.Duration, args ...string) (string, error) {
	if !s.isSystem {
		args = append([]string{"--user"}, args...)
	}
	out, err := s.run(ctx, limit, "systemctl", args...)
	if err != nil {
		return out, s.complaint(args, out, err)
	}
	return out, nil
}

// command is what a person types for the same.
func (s *systemd) command(args ...string) string {
	if s.isSystem {
		return "sudo systemctl " + strings.Join(args, " ")
	}
	return "systemctl --user " + strings.Join(args, " ")
}

// errNoRights is in the chain when this user may not do it.
var errNoRights = errors.New("no rights")

// errNoSystemd is in the chain when systemd does not run this computer.
var errNoSystemd = errors.New("no systemd")

// errStarting is in the chain when the relay has not said within doTime that it is ready, nor that it cannot be.
var errStarting = errors.New("it has not said so far that it is ready")

// IsNoRights reports whether an error is that this user may not do it.
func IsNoRights(err error) bool { return errors.Is(err, errNoRights) }

// complaint makes a sentence of what systemctl said.
func (s *systemd) complaint(args []string, out string, err error) error {
	verb := args[slices.IndexFunc(args, func(arg string) bool { return !strings.HasPrefix(arg, "-") })]
	has := func(parts ...string) bool { return hasAny(out, parts) }
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return fail(bridge.Operator, "there is no systemd on this computer", "start the relay with perch start, after perch service uninstall where a service is left from before; on a desktop, switch on Start at login", errNoSystemd)
	case errors.Is(err, context.DeadlineExceeded) && (verb == string(Start) || verb == string(Restart)):
		return fail(bridge.Temporary, "the service is still starting: the disk or the computer is slow",
			"wait, then look at: perch service status", errStarting)
	case errors.Is(err, context.DeadlineExceeded):
		return fail(bridge.Temporary, "systemctl "+verb+" has not ended in time", "look at: "+s.command("status", "perch"), nil)
	case has("System has not been booted", "Host is down"):
		return fail(bridge.Operator, "systemd does not run on this computer", "start the relay with perch start, after perch service uninstall where a service is left from before; in a container, let the container's own manager run: perch relay", errNoSystemd)
	case s.isSystem && s.userID != 0 && has("Failed to connect to bus"):
		return fail(bridge.Operator, "this account may not "+verb+" a service of the whole system", "type: "+s.command(verb, "perch"), errNoRights)
	case has("Failed to connect to bus", "No medium found", "$DBUS_SESSION_BUS_ADDRESS"):
		return fail(bridge.Operator, "systemd's manager of this user cannot be reached: this account was entered by su or sudo, or never logged in",
			"log in as it directly, by SSH for example; or, so that its manager always runs: sudo loginctl enable-linger "+s.userName, nil)
	case has("Access denied", "authentication required", "Permission denied", "not privileged", "Authentication is required"):
		return fail(bridge.Operator, "this account may not "+verb+" a service of the whole system", "type: "+s.command(verb, "perch"), errNoRights)
	}
	return fail(bridge.Temporary, "systemctl "+verb+" did not work", "look at: "+s.command("status", "perch"), errors.New(lastLine(out, err)))
}

// hasAny reports whether one of these parts is in a text.
func hasAny(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

func lastLine(out string, err error) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return last
	}
	return err.Error()
}

// Do implements Service.
func (s *systemd) Do(ctx context.Context, verb Verb) error {
	_, err := s.systemctl(ctx, doTime, "--no-ask-password", string(verb), unitName)
	if err == nil || verb == Stop || IsNoRights(err) || errors.Is(err, errStarting) {
		return err
	}
	// systemctl says only that it did not work; the relay itself has said why.
	state, statusErr := s.Status(ctx)
	switch {
	case statusErr != nil:
		return err
	case state.Problem != "":
		message, remedy, _ := strings.Cut(state.Problem, "; ")
		return fail(bridge.Operator, message, remedy, nil)
	case state.Detail != "":
		message, remedy, found := strings.Cut(state.Detail, "; ")
		if !found {
			remedy = "look at: perch logs"
		}
		return fail(bridge.Operator, "the service does not start: "+message, remedy, nil)
	}
	return err
}

// Status implements Service.
func (s *systemd) Status(ctx context.Context) (State, error) {
	path, text := s.unit()
	state := State{Scope: s.scope(), Home: folderOf(s.home)}
	if !isOurs(text) || !s.isFor(text) {
		return state, nil
	}
	state.Kind, state.Installed, state.Unit = kindOf(s.isSystem), true, path
	state.Lingering = s.isSystem || exists(filepath.Join(s.linger, s.userName))
	if folder := filepath.Dir(s.home.Config()); isGone(folder) {
		state.Problem = "the folder " + folder + " that the service works on is gone; bring it back, or remove the service: " + s.perch("service uninstall")
	}
	out, err := s.systemctl(ctx, callTime, "show", unitName, "--property=ActiveState,SubState,MainPID,UnitFileState,StatusText,Result,NRestarts,ExecMainStatus")
	if err != nil {
		return state, err
	}
	s.read(&state, out)
	return state, nil
}

// isGone reports whether a folder is not there any more. One that this user may not look into is there.
func isGone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, os.ErrNotExist)
}

// read takes over what systemctl show printed.
func (s *systemd) read(state *State, out string) {
	values := map[string]string{}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[name] = value
	}
	state.Enabled = values["UnitFileState"] == "enabled"
	state.Running = values["ActiveState"] == "active" || values["ActiveState"] == "reloading"
	state.PID, _ = strconv.Atoi(values["MainPID"])
	state.Detail = values["StatusText"]
	ended := orElse(endings[values["ExecMainStatus"]], "it ended ("+values["Result"]+"); look at: "+s.journal())
	switch {
	case values["SubState"] == "auto-restart":
		state.Detail = fmt.Sprintf("%s (it is tried again by itself, %s times so far)", orElse(state.Detail, ended), values["NRestarts"])
	case values["ActiveState"] == "failed" && state.Detail == "":
		state.Detail = ended
	case values["ActiveState"] == "inactive":
		state.Detail = ""
	}
}

// endings are the exit codes by which systemd says that it could not even start the relay (systemd.exec, "Process exit
// codes").
var endings = map[string]string{
	"203": "the program is not where it was when the service was installed; install the service again: perch service install",
	"217": "the account perch is gone, or systemd may not hide other accounts here; make the account, or give the unit a file of its own with PrivateUsers=no",
	"226": "systemd cannot hide the rest of the computer from the service, most often because a folder is gone; look at: sudo journalctl -u perch",
	"243": "the file with the vault's passphrase is gone; bring it back: " + Credential,
}

// journal is the command by which a person reads what systemd wrote down.
func (s *systemd) journal() string {
	if s.isSystem {
		return "sudo journalctl -u perch"
	}
	return "journalctl --user -u perch"
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// perch is a command line of Perch for this scope.
func (s *systemd) perch(args string) string {
	if s.isSystem {
		return "sudo perch " + args + " --system --home " + folderOf(s.home)
	}
	return "perch " + args
}
