//go:build unix

package tidy

import (
	"os/exec"
	"syscall"
	"time"
)

// End ends a program that a test has started and waits for it. It asks first: servers of displays and message buses
// remove their sockets then. One that does not end within some seconds is killed, with its group if it leads one.
func End(cmd *exec.Cmd) {
	if cmd.Process == nil || cmd.ProcessState != nil {
		return
	}
	id := cmd.Process.Pid
	if group, err := syscall.Getpgid(id); err == nil && group == id {
		id = -id
	}
	_ = syscall.Kill(id, syscall.SIGCONT)
	_ = syscall.Kill(id, syscall.SIGTERM)
	late := time.AfterFunc(grace, func() { _ = syscall.Kill(id, syscall.SIGKILL) })
	defer late.Stop()
	_ = cmd.Wait()
}
