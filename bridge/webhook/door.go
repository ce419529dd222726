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
	// not fill the door. Proxies and tunnels come from loopback addresses and are not counted so.
	maxPeerConns = maxConns / 4
	// maxLeaving bounds those beyond maxConns that were told to go and are not gone yet.
	maxLeaving = 256
)

// door is a listener at which newcomers are never kept out: when the most are open, the connection that has shown
// nothing for longest goes. Those that never brought a good signature or reply token go before all others, and one whose
// request is being done never goes.
type door struct {
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

func newDoor(listener net.Listener, log *slog.Logger) *door {
	d := &door{
		Listener: listener, began: time.Now(), done: make(chan struct{}), left: make(chan struct{}, 1), full: &spaced{log: log},
		open: map[*conn]struct{}{}, strange: map[netip.Prefix]int{},
	}
	d.close = sync.OnceValue(func() error {
		close(d.done)
		return listener.Close()
	})
	return d
}

// Close implements net.Listener.
func (d *door) Close() error { return d.close() }

// Accept implements net.Listener. It waits for room only while all that are open have their requests done.
func (d *door) Accept() (net.Conn, error) {
	inner, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: inner, door: d, peer: peerOf(inner.RemoteAddr())}
	c.touch()
	for !d.admit(c) {
		select {
		case <-d.left:
		case <-d.done:
			_ = inner.Close()
			return nil, net.ErrClosed
		}
	}
	return c, nil
}

func (d *door) admit(c *conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c.peer.IsValid() && d.strange[c.peer] >= maxPeerConns {
		d.sendAway(func(o *conn) bool { return o.peer == c.peer && !o.proven.Load() })
	}
	for len(d.open)-d.leaving >= maxConns {
		if !d.sendAway(func(*conn) bool { return true }) {
			return false
		}
	}
	if len(d.open) >= maxConns+maxLeaving {
		return false
	}
	d.open[c] = struct{}{}
	d.strange[c.peer]++
	return true
}

// sendAway tells one of those that may go to go. The caller holds the lock.
func (d *door) sendAway(may func(*conn) bool) bool {
	for {
		var worst *conn
		for c := range d.open {
			if c.phase.Load() == phaseOpen && may(c) && (worst == nil || c.before(worst)) {
				worst = c
			}
		}
		if worst == nil {
			return false
		}
		if worst.tell() {
			d.leaving++
			d.full.warn("too many connections; the one that was silent for longest was closed", "from", worst.RemoteAddr().String())
			return true
		}
	}
}

// gone forgets a connection that is closed.
func (d *door) gone(c *conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.open[c]; !ok {
		return
	}
	delete(d.open, c)
	if c.phase.Load() == phaseTold {
		d.leaving--
	}
	if !c.proven.Load() {
		d.known(c)
	}
	select {
	case d.left <- struct{}{}:
	default:
	}
}

// known takes a connection off its peer's count of strangers. The caller holds the lock.
func (d *door) known(c *conn) {
	if d.strange[c.peer]--; d.strange[c.peer] <= 0 {
		delete(d.strange, c.peer)
	}
}
