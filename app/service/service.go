// Package service runs the relay as a service of the operating system: it comes back by itself after a crash, a hang and a
// restart of the computer.
//
// It guarantees that a unit which Perch did not write is never changed or removed, that a home has one service at most,
// that an installation which fails leaves things as they were, that removing a service keeps the home, that every call of
// another program ends in bounded time, and that nothing asks for a password: where rights are missing, the error says
// what to type.
package service

import (
	"context"
	"os"
	"path/filepath"

	"perch/app/config"
	"perch/bridge"
)

// The kinds of service, as control.Status.Service names them.
const (
	SystemdUser   = "systemd-user"
	SystemdSystem = "systemd-system"
	LaunchdUser   = "launchd-user"
	LaunchdSystem = "launchd-system"
	Windows       = "windows"
)

const (
	// EnvService is the variable by which a relay is told which kind of service runs it.
	EnvService = "PERCH_SERVICE"
	// Account is the account of a service of the whole system.
	Account = "perch"
	// SystemHome is its home.
	SystemHome = "/var/lib/perch"
	// Credential is the file of the vault's passphrase for a service of the whole system. Root alone reads it; systemd hands
	// it to the service.
	Credential = "/etc/perch/vault-passphrase"
)

// Verb is what a service is told to do.
type Verb string

// The verbs.
const (
	Start   Verb = "start"
	Stop    Verb = "stop"
	Restart Verb = "restart"
)

// Service is the one service of a home. Its errors are *bridge.Error with what to do.
type Service interface {
	// Install makes the service, or brings up to date the one that Perch has made, and starts it. It returns what was done,
	// a sentence each, also together with an error.
	Install(ctx context.Context, plan Plan) ([]string, error)
	// Uninstall stops and removes what Install has made; the home stays.
	Uninstall(ctx context.Context) ([]string, error)
	// Do returns when the relay takes requests, or has ended.
	Do(ctx context.Context, verb Verb) error
	// Status fails only when the service manager cannot be asked.
	Status(ctx context.Context) (State, error)
}

// Plan is what a service is made of.
type Plan struct {
	// Program is the path of perch.
	Program string
	// HomeFlag is the value of --home, absolute; empty for the usual folders.
	HomeFlag string
	// Env are variables that the usual folders depend on, as NAME=value.
	Env []string
	// TakeOver says that the files of the home may be given to the service's account.
	TakeOver bool
	// MakeRoom ends what works on the home, once nothing else is in the way of the service; nil where nothing does.
	MakeRoom func(ctx context.Context) error
	// Passphrase is the vault's, to be kept as a credential; "" for none. Only a service of the whole system has that.
	Passphrase string
}

// State is how a service is.
type State struct {
	Kind      string `json:"kind"`  // "" where nothing is installed
	Scope     string `json:"scope"` // "user" or "system"
	Installed bool   `json:"installed"`
	Enabled   bool   `json:"enabled"`
	Running   bool   `json:"running"`
	PID       int    `json:"pid,omitempty"`
	Unit      string `json:"unit"`
	Home      string `json:"home"`
	// Lingering says that the service also runs while the user is not logged in. One of the system always does.
	Lingering bool `json:"lingering"`
	// Detail is what the relay said last, or why it does not run.
	Detail string `json:"detail,omitempty"`
	// Problem says what keeps the service from working, and what to do; "" for nothing.
	Problem string `json:"problem,omitempty"`
}

// Lasting says how a service that runs only while the user is logged in comes to run always.
func (s State) Lasting() string {
	if s.Kind == LaunchdUser {
		return "It runs only while you are logged in at this Mac. So that it always runs: perch service uninstall, and then: sudo perch service install --system"
	}
	return "It runs only while you are logged in. So that it always runs: sudo loginctl enable-linger"
}

// Setting is what the services of a scope are like on this system.
type Setting struct {
	// Home is the value of --home where none is named; "" for the usual folders.
	Home string
	// HasAccount says that they run as an account of their own.
	HasAccount bool
	// ReadsKeyring says that they can read the keyring of whoever installs them.
	ReadsKeyring bool
}

// SettingOf returns the setting of a scope.
func SettingOf(isSystem bool) Setting { return platformSetting(isSystem) }

// Running returns the kind of service that runs this process; "" for none.
func Running() string { return os.Getenv(EnvService) }

// TakesLog reports whether somebody keeps what this process writes to standard error: a terminal, or systemd's journal.
func TakesLog() bool {
	kind := Running()
	return kind == "" || kind == SystemdUser || kind == SystemdSystem
}

// For returns the service that a home has or can have in this scope.
func For(home config.Home, isSystem bool) (Service, error) { return platformFor(home, isSystem) }

// Find returns the service that is installed for a home; nil when there is none. It asks no other program.
func Find(home config.Home) Service { return platformFind(home) }

// folderOf is what a home is known by: the folder of the journal, which one relay at most works on.
func folderOf(home config.Home) string { return filepath.Dir(home.Lock()) }

func fail(kind bridge.Kind, message, remedy string, err error) error {
	return &bridge.Error{Kind: kind, Side: bridge.SidePerch, Op: "service", Message: message, Remedy: remedy, Err: err}
}
