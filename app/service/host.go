package service

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	// callTime bounds a question, doTime what waits for the relay: it may need its time to open, and to finish.
	callTime = 10 * time.Second
	doTime   = 50 * time.Second
	// waitDelay bounds the wait for output after a program has ended.
	waitDelay = 2 * time.Second
)

// runner runs another program and returns all that it printed.
type runner func(ctx context.Context, limit time.Duration, name string, args ...string) (string, error)

// host is what systemd's services are made on; tests have one of their own.
type host struct {
	run runner
	// userUnits and systemUnits are where units are written to, packaged has the folders user and system of packages.
	userUnits, systemUnits, packaged string
	// linger holds one file for each user whose services also run while he is not logged in.
	linger string
	// credential is Credential.
	credential string
	userID     int
	userName   string
	// lookup returns the ids of an account.
	lookup func(name string) (uid, gid int, err error)
	chown  func(path string, uid, gid int) error
}

func machine() host {
	h := host{
		run: run, systemUnits: "/etc/systemd/system", packaged: "/usr/lib/systemd", linger: "/var/lib/systemd/linger",
		credential: Credential, userID: os.Getuid(), userName: strconv.Itoa(os.Getuid()), lookup: lookup, chown: os.Lchown,
	}
	if folder, err := os.UserConfigDir(); err == nil {
		h.userUnits = filepath.Join(folder, "systemd/user")
	}
	if u, err := user.Current(); err == nil {
		h.userName = u.Username
	}
	return h
}

// run is the runner of the real machine. Where this user's message bus is not named, as after su, it is looked for.
func run(ctx context.Context, limit time.Duration, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // programs of the system, named here
	cmd.WaitDelay = waitDelay
	cmd.Env = append(os.Environ(), "LC_ALL=C", "SYSTEMD_COLORS=0", "SYSTEMD_PAGER=")
	if folder := "/run/user/" + strconv.Itoa(os.Getuid()); os.Getenv("XDG_RUNTIME_DIR") == "" && exists(folder) {
		cmd.Env = append(cmd.Env, "XDG_RUNTIME_DIR="+folder)
	}
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err)
	}
	return strings.TrimSpace(string(out)), err
}

func lookup(name string) (uid, gid int, err error) {
	u, err := user.Lookup(name)
	if err != nil {
		return 0, 0, err
	}
	uid, uidErr := strconv.Atoi(u.Uid)
	gid, gidErr := strconv.Atoi(u.Gid)
	return uid, gid, errors.Join(uidErr, gidErr)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// HasCredential reports whether there is the file Credential.
func HasCredential() bool { return exists(Credential) }
