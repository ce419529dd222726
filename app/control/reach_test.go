package control_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/app/control"
)

// Who is told that no relay runs moves its files or starts another one: it is said only where nobody holds the door.
func TestARelayThatCannotBeAskedIsNotOneThatDoesNotRun(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "control.sock")
	ask := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		client := control.NewClient(socket)
		defer client.Close()
		_, err := client.Status(ctx)
		return err
	}
	if err := ask(); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("without a socket: %v", err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = ask() // it is never accepted
	message, remedy := control.Explain(err)
	if errors.Is(err, control.ErrNotRunning) || !strings.Contains(message, "runs but does not answer") || !strings.Contains(remedy, "end its process") {
		t.Errorf("one that hangs: %q, %q", message, remedy)
	}
	if os.Getuid() <= 0 {
		t.Skip("root may talk to every relay, and Windows has other rights")
	}
	if err := os.Chmod(socket, 0); err != nil {
		t.Fatal(err)
	}
	err = ask()
	if message, remedy = control.Explain(err); errors.Is(err, control.ErrNotRunning) || !strings.Contains(message, "another account runs it") || !strings.Contains(remedy, "sudo -u") {
		t.Errorf("one of somebody else: %q, %q", message, remedy)
	}
}
