package e2e

import (
	"bytes"
	"io"
	"os/exec"
	"sync"
)

// safeBuffer is a buffer that one goroutine writes and another reads.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newPipe() (*io.PipeReader, *io.PipeWriter) { return io.Pipe() }

// background runs a command until stop is called.
func (b *box) background(out io.Writer, args ...string) (stop func()) {
	cmd := exec.Command(perchBinary, append(args, "--home", b.home)...)
	cmd.Env, cmd.Stdout = b.env, out
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}
