package config

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"perch/app/acl"
)

const (
	// maxSocket is the longest path of a socket, in bytes: macOS takes 103, Linux 107.
	maxSocket = 100
	// EnvHome puts everything into one folder, as --home does.
	EnvHome = "PERCH_HOME"
)

const opHome = "find Perch's folders"

// Home knows where Perch's files are. It is comparable; make it with FindHome, which touches nothing.
type Home struct {
	config, data, runtime string
	socket                string
	// isShort is set when the socket's folder is the short one below the folder for temporary files.
	isShort bool
}

// surroundings is what FindHome looks at.
type surroundings struct {
	goos   string
	env    func(string) string
	user   func() (string, error) // the user's home folder
	temp   string
	userID int
}

// FindHome returns the folders to use. flag is the value of --home, empty when not given.
//
//   - flag, else PERCH_HOME: everything in that folder.
//   - Linux and the like: perch.toml and vault.age in $XDG_CONFIG_HOME/perch, journal, log and socket in
//     $XDG_STATE_HOME/perch. The socket is not in $XDG_RUNTIME_DIR: that goes when its user logs off, while the relay stays,
//     and after su and in cron nobody knows it.
//   - macOS: everything in ~/Library/Application Support/Perch.
//   - Windows: everything in %LOCALAPPDATA%\Perch.
//
// Systems limit a socket's path; on Windows it is a file like any other. Where it would be longer than 100 bytes, the socket is in
// perch-<user id>-<hash> below the folder for temporary files, the hash being of the path that is too long.
func FindHome(flag string) (Home, error) {
	return findHome(flag, surroundings{runtime.GOOS, os.Getenv, os.UserHomeDir, os.TempDir(), os.Getuid()})
}

func findHome(flag string, s surroundings) (Home, error) {
	if flag == "" {
		flag = s.env(EnvHome)
	}
	var h Home
	var err error
	switch {
	case flag != "":
		h, err = inOne(filepath.Abs(flag))
	case s.goos == "windows":
		h, err = inOne(s.folder("LOCALAPPDATA", "AppData/Local", "Perch"))
	case s.goos == "darwin":
		h, err = inOne(s.folder("", "Library/Application Support", "Perch"))
	default:
		h, err = s.xdg()
	}
	if err != nil {
		return Home{}, failed(opHome, "the system does not say where this user's folders are", "name a folder: --home DIR, or the variable "+EnvHome, err)
	}
	h.place(s)
	return h, nil
}

func inOne(folder string, err error) (Home, error) {
	return Home{config: folder, data: folder, runtime: folder}, err
}

// folder returns name below the folder in the variable or, without it, below standard in the user's home. A relative
// folder in a variable is not valid (XDG Base Directory Specification).
func (s surroundings) folder(variable, standard, name string) (string, error) {
	if variable != "" {
		if base := s.env(variable); filepath.IsAbs(base) {
			return filepath.Join(base, name), nil
		}
	}
	user, err := s.user()
	return filepath.Join(user, filepath.FromSlash(standard), name), err
}

func (s surroundings) xdg() (Home, error) {
	config, err := s.folder("XDG_CONFIG_HOME", ".config", "perch")
	if err != nil {
		return Home{}, err
	}
	data, err := s.folder("XDG_STATE_HOME", ".local/state", "perch")
	return Home{config: config, data: data, runtime: data}, err
}

// place decides where the socket is.
func (h *Home) place(s surroundings) {
	h.socket = filepath.Join(h.runtime, "control.sock")
	if len(h.socket) <= maxSocket || s.goos == "windows" {
		return
	}
	hash := sha256.Sum256([]byte(h.socket))
	h.runtime = filepath.Join(s.temp, fmt.Sprintf("perch-%d-%x", max(s.userID, 0), hash[:4]))
	h.socket, h.isShort = filepath.Join(h.runtime, "control.sock"), true
}

// Config is the path of perch.toml.
func (h Home) Config() string { return filepath.Join(h.config, "perch.toml") }

// Vault is the path of the encrypted file of secrets.
func (h Home) Vault() string { return filepath.Join(h.config, "vault.age") }

// HasVault reports whether there is a vault, as far as this user may see.
func (h Home) HasVault() bool { return exists(h.Vault()) }

// Passphrase is the path of the file in which people may let Perch keep the vault's passphrase.
func (h Home) Passphrase() string { return filepath.Join(h.config, "vault-passphrase") }

// KeepsPassphrase reports whether there is that file, as far as this user may see.
func (h Home) KeepsPassphrase() bool { return exists(h.Passphrase()) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist)
}

// Journal is the path of the journal.
func (h Home) Journal() string { return filepath.Join(h.data, "perch.db") }

// Backups is the folder for the relay's own backups; Config.Backup may name another.
func (h Home) Backups() string { return filepath.Join(h.data, "backups") }

// LastBackup is the path of the note of the last good backup.
func (h Home) LastBackup() string { return filepath.Join(h.data, "backup.json") }

// Restoring is the path of the note of a restore that has begun and not ended.
func (h Home) Restoring() string { return filepath.Join(h.data, "perch.restoring") }

// Log is the path of the log file; Config.LogFile may name another.
func (h Home) Log() string { return filepath.Join(h.data, "perch.log") }

// Lock is the path of the file that the one running relay locks. It is beside the journal that the lock protects.
func (h Home) Lock() string { return filepath.Join(h.data, "perch.lock") }

// TrayLock is the path of the file that the one running tray locks.
func (h Home) TrayLock() string { return filepath.Join(h.runtime, "perch-tray.lock") }

// Socket is the path of the control API's socket, at most 100 bytes long unless the folder for temporary files has a
// very long name.
func (h Home) Socket() string { return h.socket }

// Make creates the folders that are missing, for this user only; the one for the socket is not among them (Enter).
func (h Home) Make() error {
	for _, folder := range []string{h.config, h.data} {
		if err := makeFolder(folder); err != nil {
			return err
		}
	}
	return nil
}

func makeFolder(folder string) error {
	isNew := !exists(folder)
	err := os.MkdirAll(folder, 0o700)
	if err == nil && isNew {
		err = acl.Private(folder)
	}
	if err != nil {
		return failed(opHome, "the folder "+folder+" cannot be made", "name another: --home DIR, or let the account that runs Perch make it", err)
	}
	return nil
}

// Enter makes all folders, also the one in which the socket is: for who listens there or keeps a lock there. A short folder
// that somebody else has made is refused, because everybody may write to the folder for temporary files. Leave undoes it.
func (h Home) Enter() error {
	if err := h.Make(); err != nil || !h.isShort {
		return err
	}
	if err := makeFolder(h.runtime); err != nil {
		return err
	}
	info, err := os.Lstat(h.runtime)
	if err == nil && (!info.IsDir() || !isOwn(info)) {
		err = errors.New("it belongs to somebody else")
	}
	if err == nil {
		err = os.Chmod(h.runtime, 0o700) //nolint:gosec // a folder needs the x
	}
	if err != nil {
		return failed(opHome, "the folder "+h.runtime+" cannot be used", "remove it, or name a shorter --home", err)
	}
	return nil
}

// Foreign returns a folder of the home that is there and belongs to another account than this process's, with that account's id;
// "" for none.
func (h Home) Foreign() (folder string, owner int) {
	for _, folder := range []string{h.config, h.data} {
		info, err := os.Stat(folder)
		if err != nil {
			continue
		}
		if id, ok := ownerOf(info); ok && id != os.Getuid() {
			return folder, id
		}
	}
	return "", 0
}

// Leave removes the short folder for the socket that Enter has made, unless there is something in it: the folder for
// temporary files is to be kept tidy. Enter makes it again.
func (h Home) Leave() {
	if h.isShort {
		_ = os.Remove(h.runtime)
	}
}
