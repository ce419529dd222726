package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"perch/app/acl"
	"perch/bridge"
	"perch/bridge/secret"
)

// Free space in bytes below which to warn, and below which Perch is about to stop: a journal needs room for what arrives
// while nobody looks.
const (
	littleSpace = 200 << 20
	noSpace     = 50 << 20
)

func (e *exam) checkConfig(context.Context) result {
	switch {
	case e.ConfigErr != nil:
		r := failure(e.ConfigErr)
		r.message = strings.ReplaceAll(r.message, "\n", " ")
		return r
	case e.Config == nil:
		return bad("there is no configuration", "write one with: perch init")
	}
	return fine(fmt.Sprintf("%s can be read, %d channel(s), events by %s", e.Home.Config(), len(e.Config.Channels), e.Config.Reach.Mode))
}

// folders are those in which Perch writes, each once.
func (e *exam) folders() []string {
	all := []string{filepath.Dir(e.Home.Journal()), filepath.Dir(e.Home.Config()), filepath.Dir(e.Home.Socket())}
	if e.Config != nil && e.Config.LogFile != "" {
		all = append(all, filepath.Dir(e.Config.LogFile))
	}
	var each []string
	for _, folder := range all {
		if !slices.Contains(each, folder) {
			each = append(each, folder)
		}
	}
	return each
}

func (e *exam) checkFolders(context.Context) result {
	for _, folder := range e.folders() {
		if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
			folder = existing(folder) // Perch makes the rest
		}
		if err := tryToWrite(folder); err != nil {
			return folderTrouble(folder, err)
		}
	}
	return fine(filepath.Dir(e.Home.Journal()) + " can be written")
}

// existing returns the nearest folder above that is there.
func existing(folder string) string {
	for {
		above := filepath.Dir(folder)
		if _, err := os.Stat(above); err == nil || above == folder {
			return above
		}
		folder = above
	}
}

func tryToWrite(folder string) error {
	f, err := os.CreateTemp(folder, ".perch-doctor-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString("Perch checks whether it can write here.\n")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func folderTrouble(folder string, err error) result {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return bad("the disk of "+folder+" is full", "free some space; what Perch has acknowledged is safe")
	case errors.Is(err, syscall.EROFS):
		return bad("the disk of "+folder+" is mounted read-only", "look at the system's log for disk errors, or name another folder: --home DIR")
	}
	return bad("Perch cannot write in the folder "+folder+" ("+firstLine(err)+")",
		"let the account that runs Perch own the folder, or name another: --home DIR")
}

func (e *exam) checkDisk(context.Context) result {
	folder := filepath.Dir(e.Home.Journal())
	if _, err := os.Stat(folder); err != nil {
		folder = existing(folder)
	}
	free, err := e.Free(folder)
	if err != nil {
		return skip("the system does not say how much space is free (" + firstLine(err) + ")")
	}
	text := fmt.Sprintf("%d MB are free in %s", free>>20, folder)
	const remedy = "free some space: when the disk is full, Perch takes in no more messages"
	switch {
	case free < noSpace:
		return bad("the disk is full: only "+text, remedy)
	case free < littleSpace:
		return warn("the disk is nearly full: only "+text, remedy)
	}
	return fine(text)
}

// othersMayRead are the bits of everybody but the owner.
const othersMayRead = 0o077

// checkModes looks at files that hold secrets or customers' messages.
func (e *exam) checkModes(context.Context) result {
	if runtime.GOOS == "windows" {
		return checkFolder(filepath.Dir(e.Home.Config()))
	}
	paths := []string{e.Home.Vault(), e.Home.Journal(), e.Home.Journal() + "-wal", e.Home.Log(), e.Home.Passphrase(), os.Getenv(secret.EnvPassphraseFile)}
	if e.Config != nil {
		paths = append(paths, ownHome(e.Config.Reach.SSH.IdentityFile), ownHome(e.Config.Reach.TLS.KeyFile))
	}
	var open []string
	for _, path := range paths {
		if info, err := os.Stat(path); path != "" && err == nil && info.Mode().IsRegular() && info.Mode().Perm()&othersMayRead != 0 {
			open = append(open, path)
		}
	}
	if len(open) > 0 {
		list := strings.Join(open, " ")
		return warn("others on this computer may read or change "+list, "make them yours alone: chmod 600 "+list)
	}
	return fine("only their owner can read Perch's files")
}

// checkFolder is what Windows has in place of modes.
func checkFolder(folder string) result {
	isOpen, err := acl.IsOpen(folder)
	switch {
	case err != nil:
		return warn("Windows does not say who may read "+folder, "look at its properties, Security")
	case isOpen:
		return warn("everybody on this computer may read "+folder, `take that away: icacls "`+folder+`" /inheritance:d /remove:g *S-1-1-0 *S-1-5-11 *S-1-5-32-545`)
	}
	return fine("only those whom Windows lets into " + folder + " can read Perch's files")
}

// ownHome turns "~/x" into a path.
func ownHome(path string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, "~/"); ok && err == nil {
		return filepath.Join(home, rest)
	}
	return path
}

func (e *exam) checkStore(context.Context) result {
	switch {
	case e.isDelegated():
		return fine("the relay has them open; here nobody gave the passphrase, so the relay makes the checks")
	case e.SecretsErr != nil:
		r := failure(e.SecretsErr)
		r.message = bridge.AsError(e.SecretsErr).Message
		return r
	}
	return fine(fmt.Sprintf("%d secrets can be read from the %s", len(e.Values), e.Config.Secrets))
}

// isDelegated reports whether only the relay can open the secrets, and so has to make the checks that need them.
func (e *exam) isDelegated() bool {
	return e.relay.isRunning && errors.Is(e.SecretsErr, secret.ErrNoPassphrase)
}

func (e *exam) checkLegacyPath(context.Context) result {
	r := e.Config.Reach
	if r.Tunnel == "" && r.PublicURL == "" && r.MotionProxy.Host == "" && isLoopback(hostOnly(e.Config.Listen)) {
		return fine("/sendMessage is open, on this computer only")
	}
	return warn("/sendMessage is open to everybody who reaches the public address: whoever calls it writes in the brand's name",
		"put the Reply URL of perch urls into Motion, then set legacy_reply_path = false in perch.toml")
}
