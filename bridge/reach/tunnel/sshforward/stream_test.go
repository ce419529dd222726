package sshforward

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// bare hides the deadlines of a pipe, as SSH channels have none.
type bare struct{ net.Conn }

func (bare) SetDeadline(time.Time) error      { return errors.New("no deadlines") }
func (bare) SetReadDeadline(time.Time) error  { return errors.New("no deadlines") }
func (bare) SetWriteDeadline(time.Time) error { return errors.New("no deadlines") }

func streamPair(t *testing.T) (*stream, net.Conn) {
	t.Helper()
	near, far := net.Pipe()
	s := newStream(bare{near})
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		s.pump(done)
		close(ended)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-ended
	})
	return s, far
}

func TestStreamReadsUntilItsDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, far := streamPair(t)
		begun := time.Now()
		_ = s.SetReadDeadline(begun.Add(time.Second))
		buffer := make([]byte, 3)
		if _, err := s.Read(buffer); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
		if _, err := s.Read(buffer); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a deadline that has passed: %v", err)
		}
		_ = s.SetReadDeadline(time.Time{})
		go func() { _, _ = far.Write([]byte("hello")) }()
		text, err := io.ReadAll(io.LimitReader(s, 5))
		if err != nil || string(text) != "hello" {
			t.Errorf("%q %v", text, err)
		}
	})
}

func TestStreamDeadlineEndsAReadUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, far := streamPair(t)
		_ = s.SetReadDeadline(time.Now().Add(time.Hour))
		read := make(chan error)
		go func() {
			_, err := s.Read(make([]byte, 1))
			read <- err
		}()
		synctest.Wait()
		_ = s.SetReadDeadline(time.Now().Add(-time.Second))
		if err := <-read; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read: %v", err)
		}
		_ = s.SetReadDeadline(time.Now().Add(time.Hour))
		_ = far.Close()
		if _, err := s.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestStreamWritesUntilItsDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := streamPair(t)
		_ = s.SetDeadline(time.Now().Add(time.Second))
		if _, err := s.Write([]byte("nobody reads")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("write: %v", err)
		}
		if _, err := s.Write([]byte("too late")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a second write: %v", err)
		}
	})
}
