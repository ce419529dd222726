package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// mustTerminal returns the person's end of a terminal and the program's.
func mustTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	t.Cleanup(func() { _ = person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return person, program
}

// relayIn runs command, a relay, with a terminal of its own that nothing of it reads or writes.
func (b *box) relayIn(program *os.File, command ...string) (ended chan error) {
	b.t.Helper()
	cmd := exec.Command(command[0], append(command[1:], "relay", "--home", b.home)...)
	cmd.Env, cmd.ExtraFiles = b.env, []*os.File{program}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	_ = program.Close()
	ended = make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	b.t.Cleanup(func() { _ = cmd.Process.Kill() })
	b.until("the relay", func() bool { _, _, code := b.perch("status"); return code == 0 })
	return ended
}

func TestARelayEndsWithItsTerminal(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	person, program := mustTerminal(t)
	ended := b.relayIn(program, perchBinary)
	b.edit(`secrets = "vault"`, "secrets = \"vault\"\nlegacy_reply_path = true")
	if err := syscall.Kill(b.status().PID, syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	b.until("the reload", func() bool { return strings.Contains(b.log(), "settings reloaded") })
	_ = person.Close()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Fatal("the relay goes on without its terminal")
	}
}

func TestARelayUnderNohupOutlivesItsTerminal(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	person, program := mustTerminal(t)
	ended := b.relayIn(program, "nohup", perchBinary)
	_ = person.Close()
	select {
	case err := <-ended:
		t.Fatal("the relay ended with its terminal: ", err)
	case <-time.After(2 * time.Second):
	}
	b.must("stop")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
