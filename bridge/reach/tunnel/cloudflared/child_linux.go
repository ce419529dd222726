package cloudflared

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// runBound runs a child that the kernel kills when we die. The kernel means the thread that started it, so this goroutine
// keeps its thread.
func runBound(cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// Its own group: the terminal's interrupt is for Perch, which then stops the child in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	return cmd.Run()
}

func stopChild(process *os.Process) error { return process.Signal(syscall.SIGTERM) }
