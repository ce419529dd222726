package desk

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// Detach lets a program that is about to start outlive this one and its console.
func Detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.DETACHED_PROCESS, HideWindow: true}
}

// Quiet keeps a console from flashing up.
func Quiet(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true} }
