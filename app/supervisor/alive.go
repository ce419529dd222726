package supervisor

import (
	"context"
	"fmt"
	"time"

	"perch/bridge"
)

// diskPatience is how long a relay counts as alive while its disk takes a write. A snapshot of a virtual machine stops its disks
// for a minute or two, and a relay that is ended then loses what X would have answered: its direct messages become undecided.
const diskPatience = 10 * time.Minute

// alive is how the service manager sees the relay.
type alive struct{ relay *relay }

// Alive implements notify.Relay: the journal's committer, the unpacker and the dispatcher have made a round. A full disk, a slow
// one or a side that is out of order is no reason to start anew, and the port is not asked: strangers may keep it busy.
func (a alive) Alive(ctx context.Context) error {
	err := a.round(ctx)
	if err != nil && a.relay.journal.AwaitsDisk(diskPatience) {
		return nil
	}
	return err
}

func (a alive) round(ctx context.Context) error {
	if err := a.relay.journal.Round(ctx); err != nil {
		return fmt.Errorf("the journal makes no round: %w", err)
	}
	return a.relay.engine.Round(ctx)
}

// Words implements notify.Relay.
func (a alive) Words(ctx context.Context) string {
	status, err := a.relay.engine.Status(ctx)
	if err != nil {
		return "Running"
	}
	var waiting, undecided, dead int
	for _, c := range status.Channels {
		waiting += c.In.Queued + c.Out.Queued
		undecided += c.Out.Undecided
		dead += c.In.Dead + c.Out.Dead
	}
	state := "Running"
	switch {
	case status.Journal.State == bridge.LinkDegraded:
		state = "Messages cannot be stored, see perch status"
	case status.Paused:
		state = "Paused"
	case status.Degraded():
		state = "Running, but something needs a look, see perch status"
	}
	return fmt.Sprintf("%s: %d waiting, %d undecided, %d dead", state, waiting, undecided, dead)
}
