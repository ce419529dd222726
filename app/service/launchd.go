package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"perch/app/config"
	"perch/bridge"
)

// launchd is a service under macOS's launchd: an agent of one user, which runs while he is logged in at the screen, or a
// daemon of the whole system, which runs as the account that has installed it.
type launchd struct {
	mac
	home     config.Home
	isSystem bool
}

func newLaunchd(home config.Home, isSystem bool, m mac) *launchd {
	return &launchd{mac: m, home: home, isSystem: isSystem}
}

// findLaunchd returns the service that is installed for a home; nil when there is none.
func findLaunchd(home config.Home, m mac) *launchd {
	for _, isSystem := range []bool{false, true} {
		if l := newLaunchd(home, isSystem, m); l.isInstalled() {
			return l
		}
	}
	return nil
}

// path is the plist's.
func (l *launchd) path() string {
	folder := l.agents
	if l.isSystem {
		folder = l.daemons
	}
	return filepath.Join(folder, label+".plist")
}

// domain is launchd's name of what the service is loaded into, target that of the service.
func (l *launchd) domain() string {
	if l.isSystem {
		return "system"
	}
	return "gui/" + l.userNumber()
}

func (l *launchd) target() string { return l.domain() + "/" + label }

func (l *launchd) scope() string { return map[bool]string{true: "system", false: "user"}[l.isSystem] }

// isInstalled reports whether this home has this service.
func (l *launchd) isInstalled() bool {
	data, err := os.ReadFile(l.path())
	return err == nil && isOurPlist(string(data)) && folderInPlist(string(data)) == folderOf(l.home)
}

// What launchctl can say that decides what is done next; they are in the chain.
var (
	errNotLoaded = errors.New("not loaded")
	errBusy      = errors.New("busy")
	errNoSession = errors.New("no session")
)

// launchctl runs launchctl. What only root may do is not even tried by others: launchctl refuses it in words that are also
// those of other failures.
func (l *launchd) launchctl(ctx context.Context, limit time.Duration, args ...string) (string, error) {
	if l.isSystem && l.userID != 0 && !strings.HasPrefix(args[0], "print") {
		return "", l.noRights(args[0])
	}
	out, err := l.run(ctx, limit, "launchctl", args...)
	if err != nil {
		return out, l.complaint(args[0], out, err)
	}
	return out, nil
}

// complaint makes a sentence of what launchctl said.
func (l *launchd) complaint(verb, out string, err error) error {
	has := func(parts ...string) bool { return hasAny(strings.ToLower(out), parts) }
	said := errors.New(lastLine(firstLine(out), err))
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return fail(bridge.Operator, "there is no launchctl on this computer", "switch on Start at login in the window's settings or in the tray's menu", nil)
	case errors.Is(err, context.DeadlineExceeded):
		return fail(bridge.Temporary, "launchctl "+verb+" has not ended in time", "try again; if that does not help, restart the computer", nil)
	case has("could not find service", "no such process"):
		return fail(bridge.Operator, "launchd does not know the service", "start it: "+l.perch("service start"), errNotLoaded)
	case has("could not find domain", "domain does not support", "could not find specified domain"):
		return fail(bridge.Operator, "you are not logged in at this Mac's own screen, and a service of one user runs only there",
			"log in there and type it again; or make one of the whole system, which needs nobody: sudo perch service install --system", errNoSession)
	case has("is disabled", "service disabled"):
		return fail(bridge.Operator, "macOS was told not to start the service", "switch it on again: "+l.perch("service install"), nil)
	case has("operation not permitted", "not privileged", "permission denied", "must be root"):
		return l.noRights(verb)
	case has("ownership", "bad permissions"):
		return fail(bridge.Operator, "launchd refuses "+l.path()+", because others could change it", "it has to belong to "+l.owner()+" and nobody else may write it: install the service again: "+l.perch("service install"), said)
	case has("in progress", "input/output error", "file exists", "already bootstrapped"):
		return fail(bridge.Temporary, "launchd is not done with the service yet, or macOS does not allow it",
			"look whether Perch is switched on in System Settings, General, Login Items; then: "+l.perch("service start"), fmt.Errorf("%w: %w", errBusy, said))
	}
	return fail(bridge.Temporary, "launchctl "+verb+" did not work", "look at: launchctl print "+l.target(), said)
}

func (l *launchd) noRights(verb string) error {
	remedy := "log in at this Mac as yourself, and try again"
	if l.isSystem {
		remedy = "type: " + l.perch("service "+verbs[verb])
	}
	return fail(bridge.Operator, "this account may not "+verbs[verb]+" the service", remedy, errNoRights)
}

// verbs are what a person types instead of launchctl's.
var verbs = map[string]string{"bootstrap": "start", "kickstart": "start", "enable": "install", "bootout": "stop", "print": "look at", "print-disabled": "look at"}

// owner is whom the plist has to belong to.
func (l *launchd) owner() string {
	if l.isSystem {
		return "root"
	}
	return l.userName
}

// firstLine returns what launchctl said before it advises to be root, which helps nobody.
func firstLine(out string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(out), "\n")
	return first
}

// perch is a command line of Perch for this service.
func (l *launchd) perch(args string) string {
	command, usual := "perch "+args, l.usualFolder
	if l.isSystem {
		command = "sudo " + command + " --system"
	}
	if folder := folderOf(l.home); folder != usual {
		command += " --home " + quoteShell(folder)
	}
	return command
}

// quoteShell writes a word as a shell reads it.
func quoteShell(word string) string {
	if !strings.ContainsAny(word, " \t'\"$&;()<>|*?[]#~`!\\") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
