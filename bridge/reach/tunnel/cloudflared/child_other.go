//go:build !linux && !windows

package cloudflared

import (
	"os"
	"os/exec"
	"syscall"
)

func runBound(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd.Run()
}

func stopChild(process *os.Process) error { return process.Signal(syscall.SIGTERM) }
