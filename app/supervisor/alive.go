package supervisor

import (
	"context"
	"fmt"
	"time"

	"perch/app/control"
	"perch/bridge"
)

// diskPatience is how long a relay counts as alive while its disk takes a write. A snapshot of a virtual machine stops its disks
// for a minute or two, and a relay that is ended then loses what X would have answered: its direct messages become undecided.
const diskPatience = 10 * time.Minute

// alive is how the service manager sees the relay.
type alive struct {
	relay  *relay
	status func(context.Context) (control.Status, error)
}

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
	status, err := a.status(ctx)
	if err != nil {
		return "How the relay is cannot be told now: " + bridge.AsError(err).Message
	}
	var waiting, undecided, dead int
	for _, c := range status.Channels {
		waiting += c.Inbound.Queued + c.Outbound.Queued
		undecided += c.Outbound.Undecided
		dead += c.Inbound.Dead + c.Outbound.Dead
	}
	state := status.Face().Words()
	if worst, found := status.Worst(); found && worst.Level != control.Note {
		state += " (" + worst.Title() + ", see perch status)"
	}
	return fmt.Sprintf("%s: %d waiting, %d undecided, %d failed", state, waiting, undecided, dead)
}
