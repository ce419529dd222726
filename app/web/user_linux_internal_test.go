package web

import (
	"net"
	"net/netip"
	"os"
	"testing"
)

func TestTheUserOfAProgramIsKnown(t *testing.T) {
	for _, listen := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := net.Listen("tcp", listen)
		if err != nil {
			t.Log("not here: ", err)
			continue
		}
		defer func() { _ = l.Close() }()
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		near, far := netip.MustParseAddrPort(conn.LocalAddr().String()), netip.MustParseAddrPort(l.Addr().String())
		got := max(userIn("/proc/self/net/tcp", near, far), userIn("/proc/self/net/tcp6", near, far))
		if got != os.Getuid() {
			t.Errorf("%s: user %d, want %d", listen, got, os.Getuid())
		}
		want := os.Getuid()
		if want == 0 {
			want = anybody
		}
		if got := userOf(near.String(), far.String()); got != want {
			t.Errorf("%s: %d, want %d", listen, got, want)
		}
		if got := userOf(near.String(), netip.AddrPortFrom(far.Addr(), 1).String()); got != anybody {
			t.Errorf("%s: a connection that there is not is of %d", listen, got)
		}
	}
	for _, peer := range []string{"", "192.0.2.1:4711", "not an address"} {
		if got := userOf(peer, "127.0.0.1:3004"); got != anybody {
			t.Errorf("%q: %d", peer, got)
		}
	}
}
