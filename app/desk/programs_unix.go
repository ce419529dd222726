//go:build unix

package desk

import (
	"os/exec"
	"syscall"
)

// Detach lets a program that is about to start outlive this one and its terminal.
func Detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// Quiet has nothing to do: programs have no window of their own here.
func Quiet(*exec.Cmd) {}
