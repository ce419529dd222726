package postgres

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// asNobody makes a command that runs as the user postgres where this runs as root, as which the server does not start.
func asNobody(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if uid, gid, err := postgresUser(); err == nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	cmd.Dir = "/"
	return cmd
}

// own gives a folder to that user.
func own(folder string) error {
	uid, gid, err := postgresUser()
	if err != nil {
		return nil //nolint:nilerr // it is the user's own already
	}
	return os.Chown(folder, uid, gid)
}

func postgresUser() (uid, gid int, err error) {
	if os.Getuid() != 0 {
		return 0, 0, os.ErrPermission
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, err
	}
	uid, err = strconv.Atoi(who.Uid)
	if err == nil {
		gid, err = strconv.Atoi(who.Gid)
	}
	return uid, gid, err
}
