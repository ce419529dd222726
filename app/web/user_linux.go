package web

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// Of a line in /proc/net/tcp (proc_net(5)): the two ends, the state, and the user. A user whom this process may not know is
// there as nobody (user_namespaces(7)): another one than it itself in any case.
const (
	nearField, farField, stateField, userField = 1, 2, 3, 7
	established                                = "01"
)

// userOf returns the user of this computer whose program talks to here from peer; anybody when that cannot be told. Root is
// taken for anybody: it reads everything anyway, and what passes connections on runs as root.
func userOf(peer, here string) int {
	near, err := netip.ParseAddrPort(peer)
	far, err2 := netip.ParseAddrPort(here)
	if err != nil || err2 != nil || !near.Addr().Unmap().IsLoopback() {
		return anybody
	}
	for _, file := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		if user := userIn(file, near, far); user != 0 && user != anybody {
			return user
		}
	}
	return anybody
}

func userIn(file string, near, far netip.AddrPort) int {
	list, err := os.Open(file) //nolint:gosec // one of two
	if err != nil {
		return anybody
	}
	defer func() { _ = list.Close() }()
	isWide := strings.HasSuffix(file, "6")
	nearText, farText := ends(near, isWide), ends(far, isWide)
	for lines := bufio.NewScanner(list); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) <= userField || f[nearField] != nearText || f[farField] != farText || f[stateField] != established {
			continue
		}
		if user, err := strconv.Atoi(f[userField]); err == nil {
			return user
		}
	}
	return anybody
}

// ends writes an address as the kernel does: words of 32 bits in the order of the machine.
func ends(at netip.AddrPort, isWide bool) string {
	bytes := at.Addr().Unmap().AsSlice()
	if isWide {
		wide := at.Addr().As16()
		bytes = wide[:]
	}
	var b strings.Builder
	for ; len(bytes) > 0; bytes = bytes[4:] {
		fmt.Fprintf(&b, "%08X", binary.NativeEndian.Uint32(bytes))
	}
	fmt.Fprintf(&b, ":%04X", at.Port())
	return b.String()
}
