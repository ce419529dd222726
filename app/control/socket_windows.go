package control

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"

	"perch/app/acl"
)

const (
	// pipePrefix begins the names of pipes.
	pipePrefix = `\\.\pipe\perch-`
	// maxName bounds the name of a pipe in its file, in bytes: Windows takes 256 characters.
	maxName = 256
)

// pipe is a named pipe, whose name is in a file where other systems have the socket: the name is made anew each time, so
// that only who may read the file knows it, and nobody can be there first.
type pipe struct {
	net.Listener
	path  string
	stays atomic.Bool
	close func() error // once
}

// listen opens a named pipe for those who may use the folder that the file is in, and for nobody on another computer.
func listen(_ context.Context, path string) (net.Listener, error) {
	name := pipePrefix + rand.Text()
	trusted, err := acl.Trusted(filepath.Dir(path))
	if err != nil {
		return nil, socketError(path, err)
	}
	l, err := winio.ListenPipe(name, &winio.PipeConfig{SecurityDescriptor: acl.ForPipe(trusted)})
	if err != nil {
		return nil, socketError(path, err)
	}
	if err = takeFirst(name); err == nil {
		err = os.WriteFile(path, []byte(name), 0o600)
	}
	if err != nil {
		return nil, errors.Join(socketError(path, err), l.Close())
	}
	p := &pipe{Listener: l, path: path}
	p.close = sync.OnceValue(p.end)
	return p, nil
}

// takeFirst uses up the instance by which go-winio keeps the name, which it never serves. Windows lets nobody connect to
// that one; Wine does, and the first client would wait for ever.
func takeFirst(name string) error {
	text, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return err
	}
	handle, err := windows.CreateFile(text, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.OPEN_EXISTING, windows.SECURITY_SQOS_PRESENT|windows.SECURITY_ANONYMOUS, 0)
	if err != nil {
		return nil //nolint:nilerr // as it should be
	}
	return windows.CloseHandle(handle)
}

// SetUnlinkOnClose implements Socket.
func (p *pipe) SetUnlinkOnClose(unlink bool) { p.stays.Store(!unlink) }

// Close closes the pipe and removes the file with its name.
func (p *pipe) Close() error { return p.close() }

func (p *pipe) end() error {
	var err error
	if !p.stays.Load() {
		err = os.Remove(p.path)
	}
	return errors.Join(err, p.Listener.Close())
}

// dial opens the pipe whose name is in the file, and fails as a socket does. The relay can learn nothing of the caller's rights, let alone use them:
// go-winio connects as SECURITY_ANONYMOUS.
func dial(ctx context.Context, path string) (net.Conn, error) {
	connection, err := dialPipe(ctx, path)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "pipe", Err: err}
	}
	return connection, nil
}

func dialPipe(ctx context.Context, path string) (net.Conn, error) {
	file, err := os.Open(path) //nolint:gosec // the path is the program's own
	if err != nil {
		return nil, err
	}
	name, err := io.ReadAll(io.LimitReader(file, maxName))
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(string(name), pipePrefix) {
		return nil, errors.New("there is no name of a pipe in " + path) //nolint:err113 // a cause for the log
	}
	return winio.DialPipeContext(ctx, string(name))
}
