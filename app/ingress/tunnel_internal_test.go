package ingress

import (
	"net"
	"strings"
	"syscall"
	"testing"

	"perch/bridge"
)

func TestAPortThatCannotBeHad(t *testing.T) {
	taken, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, err = Listen(t.Context(), taken.Addr().String())
	if e := bridge.AsError(err); e == nil || !strings.Contains(e.Remedy, "another program") {
		t.Errorf("a port that is taken: %v", err)
	}
	refused := &net.OpError{Op: "listen", Err: syscall.EACCES}
	if said := whyNoPort(refused); !strings.Contains(said, "below 1024") {
		t.Errorf("a port without the right to it: %s", said)
	}
}
