package webhook

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// farewell is how long who is told to go may still be given an answer.
	farewell = 250 * time.Millisecond
	// peerBits is what one customer of an access provider gets of IPv6: a whole network.
	peerBits = 64
)

// What becomes of a connection. Only one that is open can be told to go: what has begun to be done is not interrupted.
const (
	phaseOpen int32 = iota
	phaseServed
	phaseTold
)

// conn is a connection that knows whether it has shown to be X's or Motion's. The methods that are not net.Conn's may
// be called on nil, which is a connection of a server that is not Serve's.
type conn struct {
	net.Conn
	owner  owner
	began  time.Time // when the owner began
	peer   netip.Prefix
	phase  atomic.Int32
	proven atomic.Bool  // changed under the owner's lock
	last   atomic.Int64 // ns after the owner's beginning at which it came, proved itself or brought a piece of a body

	mu     sync.Mutex // orders deadlines and the telling
	readBy time.Time
}

// owner is the listener by which connections come.
type owner interface {
	// proved tells that a connection has proved itself, gone that it is closed.
	proved(*conn)
	gone(*conn)
}

type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

func connOf(ctx context.Context) *conn {
	c, _ := ctx.Value(connKey{}).(*conn)
	return c
}

// before tells which of two goes first. Headers and single bytes that dribble in do not count as a sign of life.
func (c *conn) before(o *conn) bool {
	if mine, its := c.proven.Load(), o.proven.Load(); mine != its {
		return its
	}
	return cmp.Less(c.last.Load(), o.last.Load())
}

func (c *conn) touch() {
	if c != nil {
		c.last.Store(int64(time.Since(c.began)))
	}
}

// prove remembers that the connection has brought a good signature or reply token.
func (c *conn) prove() {
	if c == nil {
		return
	}
	c.touch()
	if c.proven.Load() {
		return
	}
	c.owner.proved(c)
}

// enter begins what must not be interrupted; false means that the connection has been told to go, and nothing may be done.
func (c *conn) enter() bool { return c == nil || c.phase.CompareAndSwap(phaseOpen, phaseServed) }

// leave ends what enter began.
func (c *conn) leave() {
	if c != nil {
		c.touch()
		c.phase.Store(phaseOpen)
	}
}

// tell makes the connection's owner, who reads or writes, give up; it never waits.
func (c *conn) tell() bool {
	if !c.phase.CompareAndSwap(phaseOpen, phaseTold) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.Conn.SetReadDeadline(time.Unix(1, 0))
	_ = c.Conn.SetWriteDeadline(time.Now().Add(farewell))
	return true
}

func (c *conn) isTold() bool { return c != nil && c.phase.Load() == phaseTold }

// deadline is when the request that is being read has to be there; zero when nobody has said.
func (c *conn) deadline() time.Time {
	if c == nil {
		return time.Time{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.readBy
}

// Close implements net.Conn.
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.owner.gone(c)
	return err
}

// CloseWrite lets an answer arrive although the sender goes on sending.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn. Who was told to go gets no more time.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isTold() {
		return nil
	}
	c.readBy = t
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isTold() {
		return nil
	}
	return c.Conn.SetWriteDeadline(t)
}

// peerOf tells who is at the other end: an address of IPv4 or a network of IPv6. It is not valid for loopback addresses,
// behind which tunnels and Motion's proxy bring everybody, and for what is no address.
func peerOf(a net.Addr) netip.Prefix {
	if a == nil {
		return netip.Prefix{}
	}
	return peerOfText(a.String())
}

func peerOfText(address string) netip.Prefix {
	at, err := netip.ParseAddrPort(address)
	ip := at.Addr().Unmap()
	if err != nil || ip.IsLoopback() {
		return netip.Prefix{}
	}
	bits := ip.BitLen()
	if ip.Is6() {
		bits = peerBits
	}
	network, _ := ip.Prefix(bits) // fails for no number of bits that an address has
	return network
}
