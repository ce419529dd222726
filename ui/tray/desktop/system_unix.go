//go:build unix

package desktop

import (
	"os"
	"os/exec"
	"syscall"
)

func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// detach lets a program outlive this one.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// quiet has nothing to do: programs have no window of their own here.
func quiet(*exec.Cmd) {}
