package link

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// queued bounds the connections that wait to be accepted. More are refused, because a reader that waits for room would
	// miss the sign of life of the link behind it.
	queued = 64
	// closeWait is how long Accept leaves a server whose context ends too the time to close the listener itself: an HTTP
	// server takes any earlier error for a failure.
	closeWait = time.Second
)

// Queue is a listener that is fed by whatever link is up at the moment.
type Queue struct {
	addr   net.Addr
	done   <-chan struct{}
	closed chan struct{}
	close  func()
	conns  chan net.Conn
	open   atomic.Int64
}

// NewQueue returns a queue and the context of what feeds it, which ends with ctx or with the queue's Close.
func NewQueue(ctx context.Context, addr net.Addr) (context.Context, *Queue) {
	ctx, cancel := context.WithCancel(ctx)
	q := &Queue{addr: addr, done: ctx.Done(), closed: make(chan struct{}), conns: make(chan net.Conn, queued)}
	q.close = sync.OnceFunc(func() {
		close(q.closed)
		cancel()
	})
	return ctx, q
}

// Accept implements net.Listener.
func (q *Queue) Accept() (net.Conn, error) {
	select {
	case <-q.done:
	default:
		select {
		case <-q.done:
		case conn := <-q.conns:
			return conn, nil
		}
	}
	timer := time.NewTimer(closeWait)
	defer timer.Stop()
	select {
	case <-q.closed:
	case <-timer.C:
	}
	return nil, net.ErrClosed
}

// Close implements net.Listener. Connections already accepted have the grace to finish.
func (q *Queue) Close() error {
	q.close()
	return nil
}

// Addr implements net.Listener. It is where the far end listens.
func (q *Queue) Addr() net.Addr { return q.addr }

// Offer hands a connection over, or closes it when the queue is closed or full.
func (q *Queue) Offer(conn net.Conn) {
	q.open.Add(1)
	counted := &counted{Conn: conn, gone: sync.OnceFunc(func() { q.open.Add(-1) })}
	select {
	case <-q.done:
	default:
		select {
		case q.conns <- counted:
			return
		default:
		}
	}
	_ = counted.Close()
}

// Drain refuses what still waits, and returns when the accepted connections are closed or the grace is over.
func (q *Queue) Drain() {
	end, ticker := time.NewTimer(grace), time.NewTicker(20*time.Millisecond)
	defer end.Stop()
	defer ticker.Stop()
	for {
		select {
		case conn := <-q.conns:
			_ = conn.Close()
			continue
		default:
		}
		if q.open.Load() == 0 {
			return
		}
		select {
		case <-end.C:
			return
		case <-ticker.C:
		}
	}
}

// counted tells its queue when it is closed.
type counted struct {
	net.Conn
	gone func()
}

// Close implements net.Conn.
func (c *counted) Close() error {
	defer c.gone()
	return c.Conn.Close()
}

// Address is a listener's address in words.
type Address string

// Network implements net.Addr.
func (Address) Network() string { return "tcp" }

// String implements net.Addr.
func (a Address) String() string { return string(a) }
