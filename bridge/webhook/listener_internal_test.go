package webhook

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// from is a connection that comes from an address.
type from struct {
	net.Conn
	at net.Addr
}

func (f from) RemoteAddr() net.Addr { return f.at }

// queued is a listener that is fed.
type queued struct{ conns chan net.Conn }

func (q *queued) Accept() (net.Conn, error) {
	c, ok := <-q.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (q *queued) Close() error {
	close(q.conns)
	return nil
}

func (q *queued) Addr() net.Addr { return &net.TCPAddr{} }

// hall is a listener with those who came in by it.
type hall struct {
	t *testing.T
	q *queued
	d *boundedListener
}

func newHall(t *testing.T) *hall {
	t.Helper()
	q := &queued{conns: make(chan net.Conn, 1)}
	return &hall{t: t, q: q, d: newBoundedListener(q, slog.New(slog.DiscardHandler))}
}

// come lets one in; a millisecond later than the one before.
func (h *hall) come(address string) *conn {
	h.t.Helper()
	time.Sleep(time.Millisecond)
	inner, _ := net.Pipe()
	h.q.conns <- from{inner, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))}
	c, err := h.d.Accept()
	if err != nil {
		h.t.Fatal(err)
	}
	return c.(*conn)
}

// crowd lets in n strangers of as many peers.
func (h *hall) crowd(n int) []*conn {
	h.t.Helper()
	all := make([]*conn, n)
	for i := range all {
		all[i] = h.come(fmt.Sprintf("10.0.%d.%d:1000", i/250, i%250+1))
	}
	return all
}

func told(all []*conn) (n int) {
	for _, c := range all {
		if c.isTold() {
			n++
		}
	}
	return n
}

func TestWhoGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		known := h.come("10.1.0.1:1000")
		known.prove()
		all := append([]*conn{known}, h.crowd(maxConns-1)...)
		time.Sleep(time.Second)
		all[2].touch() // brought a piece of a body
		if !all[3].enter() {
			t.Fatal("a connection that is open cannot be served")
		}
		for i, gone := range []int{1, 4, 5} {
			h.come("192.0.2.1:99")
			if told(all) != i+1 || !all[gone].isTold() {
				t.Errorf("newcomer %d: %d were told to go, and %v is whether the one that was silent for longest was", i, told(all), all[gone].isTold())
			}
		}
		if all[1].enter() {
			t.Error("a request was begun on a connection that is going")
		}
	})
}

func TestKnownOnesGoWhenThereAreNoOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		all := h.crowd(maxConns)
		for _, c := range all {
			c.prove()
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		all[0].prove()
		h.come("192.0.2.1:99").prove()
		if told(all) != 1 || !all[1].isTold() {
			t.Errorf("%d were told to go; want the one that brought nothing for longest", told(all))
		}
	})
}

func TestPeersHaveAShare(t *testing.T) {
	for _, tc := range []struct {
		name, address, neighbour string
		sent                     int
	}{
		{"IPv4", "192.0.2.1:%d", "192.0.2.2:1", 1},
		{"IPv4 in IPv6", "[::ffff:192.0.2.1]:%d", "192.0.2.2:1", 1},
		{"a network of IPv6", "[2001:db8:0:1::%x]:1", "[2001:db8:0:2::1]:1", 1},
		{"loopback, where proxies and tunnels come from", "127.0.0.1:%d", "127.0.0.1:1", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHall(t)
				first := h.come(tc.neighbour)
				var all []*conn
				for i := range maxPeerConns {
					all = append(all, h.come(fmt.Sprintf(tc.address, i+1)))
				}
				if told(all) != 0 {
					t.Fatal("told to go within the share")
				}
				h.come(fmt.Sprintf(tc.address, maxPeerConns+1))
				if first.isTold() || told(all) != tc.sent || all[0].isTold() != (tc.sent == 1) {
					t.Errorf("%d told to go; want %d, of the same peer", told(all), tc.sent)
				}
			})
		})
	}
}

// Those that bring good signatures are not counted: X may come with many connections from one address.
func TestKnownPeersHaveNoShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		var all []*conn
		for i := range 2 * maxPeerConns {
			c := h.come(fmt.Sprintf("192.0.2.1:%d", i+1))
			c.prove()
			all = append(all, c)
		}
		if told(all) > 0 || len(h.d.strange) > 0 {
			t.Errorf("%d told to go, %v counted as strangers", told(all), h.d.strange)
		}
	})
}

// Only while every connection has its request done does a newcomer wait, and then only for the first that ends.
func TestNewcomerWaitsForWhatIsBeingDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		all := h.crowd(maxConns)
		for _, c := range all {
			c.enter()
		}
		came := make(chan *conn)
		go func() { came <- h.come("192.0.2.1:99") }()
		synctest.Wait()
		time.Sleep(time.Second)
		select {
		case <-came:
			t.Error("let in beyond the bound")
		default:
		}
		if told(all) > 0 {
			t.Error("what was being done was interrupted")
		}
		_ = all[7].Close()
		<-came
		if len(h.d.open) != maxConns {
			t.Errorf("%d are open", len(h.d.open))
		}
	})
}

// The counts are right again when all have left, in whatever order.
func TestDoorForgetsWhoLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		all := h.crowd(maxConns + maxLeaving)
		if told(all) != maxLeaving || len(h.d.open) != maxConns+maxLeaving {
			t.Errorf("%d told, %d open", told(all), len(h.d.open))
		}
		for i, c := range all {
			if i%3 == 0 {
				c.prove()
			}
			_ = c.Close()
			_ = c.Close()
			c.prove() // its handler may not know yet
		}
		if len(h.d.open) != 0 || h.d.leaving != 0 || len(h.d.strange) != 0 {
			t.Errorf("left behind: %d open, %d leaving, %v", len(h.d.open), h.d.leaving, h.d.strange)
		}
	})
}

func TestWhoIsToldToGoGetsNoMoreTime(t *testing.T) {
	h := newHall(t)
	c := h.come("192.0.2.1:99")
	if !c.tell() || c.tell() {
		t.Fatal("told not once")
	}
	_ = c.SetDeadline(time.Time{})
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("it reads")
	}
	if !c.deadline().IsZero() {
		t.Error("it has a deadline to come")
	}
}
