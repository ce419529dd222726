package sshforward

import (
	"net"
	"os"
	"sync"
	"time"
)

// chunk is how much a stream reads ahead, in bytes.
const chunk = 16 << 10

// stream gives a connection the deadlines that SSH channels lack. Without them no time limit of an HTTP server would
// hold, and whoever opens connections and says nothing could use them all up.
type stream struct {
	net.Conn
	in     chan []byte
	eaten  chan struct{}
	closed chan struct{}
	close  func() error
	err    error // set before in is closed

	reading sync.Mutex
	rest    []byte

	read    limit
	mu      sync.Mutex
	writeBy time.Time
}

func newStream(conn net.Conn) *stream {
	s := &stream{Conn: conn, in: make(chan []byte), eaten: make(chan struct{}), closed: make(chan struct{}), err: net.ErrClosed}
	s.read.past = make(chan struct{})
	s.close = sync.OnceValue(func() error {
		close(s.closed)
		return conn.Close()
	})
	return s
}

// pump reads ahead until the connection ends or done is closed. It runs in a goroutine of the stream's maker.
func (s *stream) pump(done <-chan struct{}) {
	defer close(s.in)
	buffer := make([]byte, chunk)
	for {
		n, err := s.Conn.Read(buffer)
		if n > 0 && !s.hand(buffer[:n], done) {
			return
		}
		if err != nil {
			s.err = err
			return
		}
	}
}

// hand gives the reader a piece and waits until it is eaten, because the buffer is used again.
func (s *stream) hand(piece []byte, done <-chan struct{}) bool {
	select {
	case s.in <- piece:
	case <-s.closed:
		return false
	case <-done:
		return false
	}
	select {
	case <-s.eaten:
		return true
	case <-s.closed:
		return false
	case <-done:
		return false
	}
}

// Read implements net.Conn.
func (s *stream) Read(p []byte) (int, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	late := s.read.passed()
	select {
	case <-late:
		return 0, os.ErrDeadlineExceeded
	default:
	}
	if len(s.rest) == 0 {
		select {
		case piece, ok := <-s.in:
			if !ok {
				return 0, s.err
			}
			s.rest = piece
		case <-late:
			return 0, os.ErrDeadlineExceeded
		}
	}
	n := copy(p, s.rest)
	if s.rest = s.rest[n:]; len(s.rest) == 0 {
		select {
		case s.eaten <- struct{}{}:
		case <-s.closed:
		}
	}
	return n, nil
}

// Write implements net.Conn. A write that outlasts its deadline closes the connection: half a message is no use.
func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	by := s.writeBy
	s.mu.Unlock()
	if by.IsZero() {
		return s.Conn.Write(p)
	}
	left := time.Until(by)
	if left <= 0 {
		return 0, os.ErrDeadlineExceeded
	}
	timer := time.AfterFunc(left, func() { _ = s.Close() })
	n, err := s.Conn.Write(p)
	if !timer.Stop() && err != nil {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

// Close implements net.Conn.
func (s *stream) Close() error { return s.close() }

// SetDeadline implements net.Conn.
func (s *stream) SetDeadline(t time.Time) error {
	_ = s.SetReadDeadline(t)
	return s.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (s *stream) SetReadDeadline(t time.Time) error {
	s.read.set(t)
	return nil
}

// SetWriteDeadline implements net.Conn. It holds for writes that begin afterwards.
func (s *stream) SetWriteDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writeBy = t
	return nil
}

// limit is a deadline that can be waited for and moved.
type limit struct {
	mu    sync.Mutex
	timer *time.Timer
	past  chan struct{}
}

// passed returns a channel that is closed when the deadline has passed.
func (l *limit) passed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.past
}

func (l *limit) set(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fired := l.timer != nil && !l.timer.Stop()
	l.timer = nil
	select {
	case <-l.past:
		l.past = make(chan struct{})
	default:
		if fired { // its function waits for the lock and must close only the channel that it was made for
			l.past = make(chan struct{})
		}
	}
	if t.IsZero() {
		return
	}
	past := l.past
	if left := time.Until(t); left > 0 {
		l.timer = time.AfterFunc(left, func() { l.close(past) })
		return
	}
	close(past)
}

func (l *limit) close(past chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-past:
	default:
		close(past)
	}
}
