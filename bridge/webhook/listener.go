package webhook

import (
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// maxConns bounds the open connections of a listener. The computer's own bound on open files is 1,024 or more.
	maxConns = 1024
	// maxPeerConns bounds the connections of one peer that have proved nothing: a quarter, so that one computer alone can
	// not fill it. Proxies and tunnels come from loopback addresses and are not counted so.
	maxPeerConns = maxConns / 4
	// maxLeaving bounds those beyond maxConns that were told to go and are not gone yet.
	maxLeaving = 256
)

// boundedListener is a listener at which newcomers are never kept out: when the most are open, the connection that has shown
// nothing for longest goes. Those that never brought a good signature or reply token go before all others, and one whose
// request is being done never goes.
type boundedListener struct {
	net.Listener
	began time.Time
	done  chan struct{}
	close func() error
	left  chan struct{} // holds one when somebody has left
	full  *spaced

	mu      sync.Mutex
	open    map[*conn]struct{}
	leaving int
	strange map[netip.Prefix]int // connections of a peer that have proved nothing
}

func newBoundedListener(listener net.Listener, log *slog.Logger) *boundedListener {
	l := &boundedListener{
		Listener: listener, began: time.Now(), done: make(chan struct{}), left: make(chan struct{}, 1), full: &spaced{log: log},
		open: map[*conn]struct{}{}, strange: map[netip.Prefix]int{},
	}
	l.close = sync.OnceValue(func() error {
		close(l.done)
		return listener.Close()
	})
	return l
}

// Close implements net.Listener.
func (l *boundedListener) Close() error { return l.close() }

// Accept implements net.Listener. It waits for room only while all that are open have their requests done.
func (l *boundedListener) Accept() (net.Conn, error) {
	inner, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: inner, owner: l, began: l.began, peer: peerOf(inner.RemoteAddr())}
	c.touch()
	for !l.admit(c) {
		select {
		case <-l.left:
		case <-l.done:
			_ = inner.Close()
			return nil, net.ErrClosed
		}
	}
	return c, nil
}

func (l *boundedListener) admit(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.peer.IsValid() && l.strange[c.peer] >= maxPeerConns {
		l.sendAway(func(o *conn) bool { return o.peer == c.peer && !o.proven.Load() })
	}
	for len(l.open)-l.leaving >= maxConns {
		if !l.sendAway(func(*conn) bool { return true }) {
			return false
		}
	}
	if len(l.open) >= maxConns+maxLeaving {
		return false
	}
	l.open[c] = struct{}{}
	l.strange[c.peer]++
	return true
}

// sendAway tells one of those that may go to go. The caller holds the lock.
func (l *boundedListener) sendAway(may func(*conn) bool) bool {
	for {
		var worst *conn
		for c := range l.open {
			if c.phase.Load() == phaseOpen && may(c) && (worst == nil || c.before(worst)) {
				worst = c
			}
		}
		if worst == nil {
			return false
		}
		if worst.tell() {
			l.leaving++
			l.full.warn("too many connections; the one that was silent for longest was closed", "from", worst.RemoteAddr().String())
			return true
		}
	}
}

// gone forgets a connection that is closed.
func (l *boundedListener) gone(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.open[c]; !ok {
		return
	}
	delete(l.open, c)
	if c.phase.Load() == phaseTold {
		l.leaving--
	}
	if !c.proven.Load() {
		l.known(c)
	}
	select {
	case l.left <- struct{}{}:
	default:
	}
}

// proved counts a connection as a stranger no more.
func (l *boundedListener) proved(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !c.proven.Swap(true) {
		l.known(c)
	}
}

// known takes a connection off its peer's count of strangers. The caller holds the lock.
func (l *boundedListener) known(c *conn) {
	if l.strange[c.peer]--; l.strange[c.peer] <= 0 {
		delete(l.strange, c.peer)
	}
}
