package tidy

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

type process struct {
	id      int
	command string
}

// String names it for people.
func (p process) String() string { return fmt.Sprintf("%d (%s)", p.id, p.command) }

func (p process) kill() { _ = syscall.Kill(p.id, syscall.SIGKILL) }

// apart keeps the keeper from what ends the run: a signal to its group, or the end of its terminal.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// processes returns those that belong to the run with this folder: not this one, not the keeper, and none that has ended
// and only waits to be noticed.
func processes(folder string) []process {
	var all []process
	mark := []byte(envFolder + "=" + folder + "\x00")
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil
	}
	for _, proc := range folders {
		id, err := strconv.Atoi(filepath.Base(proc))
		if err != nil || id == os.Getpid() || id == os.Getppid() {
			continue
		}
		command, _ := os.ReadFile(proc + "/cmdline")
		environment, _ := os.ReadFile(proc + "/environ")
		isKeeper := bytes.Contains(environment, []byte(envKeeper+"=1\x00"))
		if isKeeper || len(command) == 0 || !bytes.Contains(environment, mark) && !bytes.Contains(command, []byte(folder+"/")) {
			continue
		}
		all = append(all, process{id, strings.TrimSpace(strings.ReplaceAll(string(command), "\x00", " "))})
	}
	return all
}
