//go:build desktop

package e2e

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/tidy"
)

// display starts an X server of the test's own, which offers OpenGL, and returns its name.
func display(t *testing.T) string { return displayWith(t, "+extension") }

// displayWith gives or takes OpenGL: "+extension" or "-extension".
func displayWith(t *testing.T, openGL string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("Xvfb", "-noreset", "-displayfd", "3", "-screen", "0", "1200x800x24", openGL, "GLX")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal("needs Xvfb, which make test-desktop installs: ", err)
	}
	t.Cleanup(func() { tidy.End(cmd) })
	_ = w.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return ":" + strings.TrimSpace(number)
}

// builtProgram is one that "make test-desktop" has built into bin/.
func builtProgram(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "bin", name))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatalf("%s is not built: run make test-desktop: %v", name, err)
	}
	return path
}

// endSession waits for a session whose program was killed: it ends its message bus then, and what that has started.
func endSession(cmd *exec.Cmd) {
	group := -cmd.Process.Pid
	late := time.AfterFunc(2*time.Second, func() { _ = syscall.Kill(group, syscall.SIGTERM) }) // it was not to be killed yet
	_ = cmd.Wait()
	late.Stop()
	_ = syscall.Kill(group, syscall.SIGTERM)
}

// A tray and a window that are killed again and again cost no message.
func TestKilledTrayAndWindowLoseNothing(t *testing.T) {
	b := newBox(t).start()
	screen := display(t)
	env := append(b.env, "DISPLAY="+screen, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1", "NO_AT_BRIDGE=1")
	stop := make(chan struct{})
	var killers sync.WaitGroup
	shown := make([]int, 2)
	for i, name := range []string{"perch-tray", "perch-window"} {
		program := builtProgram(t, name)
		killers.Go(func() {
			for {
				cmd := exec.Command("dbus-run-session", "--", program, "--home", b.home)
				cmd.Env, cmd.WaitDelay = env, time.Second
				cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
				if err := cmd.Start(); err != nil {
					t.Error(err)
					return
				}
				select {
				case <-stop:
				case <-time.After(time.Duration(700+400*i) * time.Millisecond):
				}
				// The program itself, not only the session that it runs in.
				_ = exec.Command("pkill", "-9", "-f", program+" --home "+b.home).Run()
				endSession(cmd)
				shown[i]++
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	const messages = 1000
	for i := range messages {
		b.x.DM(annID, brandID, sim.Message{Text: fmt.Sprint("message ", i)})
		time.Sleep(5 * time.Millisecond)
	}
	in := b.awaitMotion(messages)
	close(stop)
	killers.Wait()
	for i, m := range in {
		if m.Body != fmt.Sprint("message ", i) {
			t.Fatalf("message %d is %q", i, m.Body)
		}
	}
	if len(in) != messages || shown[0] < 3 || shown[1] < 3 {
		t.Errorf("%d messages; tray killed %d times, window %d times", len(in), shown[0], shown[1])
	}
	t.Logf("%d of %d messages in order; tray killed %d times, window %d times", len(in), messages, shown[0], shown[1])
}
