package xcall

import (
	"context"
	"errors"
	"strings"
	"testing"

	"perch/bridge"
)

// What is wrong and what to do about it are told apart: people are shown the one, and then the other.
func TestLostSaysWhatToDoInItsRemedy(t *testing.T) {
	for _, err := range []error{errors.New("connection refused"), errors.New("remote error: tls: handshake failure")} {
		e := Lost(Call{}, err, true)
		if e.Kind != bridge.Temporary || e.Remedy == "" || strings.Contains(e.Message, "check ") {
			t.Errorf("%q, %q", e.Message, e.Remedy)
		}
	}
	if e := Lost(Call{}, context.DeadlineExceeded, false); e.Message != "X did not answer in time" {
		t.Errorf("%q", e.Message)
	}
	if e := Lost(Call{Sends: true}, errors.New("connection reset"), true); e.Kind != bridge.OutcomeUnknown || e.Remedy != "" {
		t.Errorf("%q, %q", e.Message, e.Remedy)
	}
}
