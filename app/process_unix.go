//go:build unix

package app

import (
	"os/exec"
	"syscall"
)

// detach lets the child outlive this process and its terminal.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
