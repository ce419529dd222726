package delivery

import (
	"context"
	"errors"
	"time"

	"perch/bridge"
)

// Withdraw makes a reply that counted as sent a dead one, because the other side has said later that it did not keep it, and
// tells the agent. A reply in another state stays as it is.
func (w *Worker) Withdraw(ctx context.Context, id int64, why *bridge.Error) error {
	var dead *bridge.Delivery
	err := w.journal.Update(ctx, id, func(d *bridge.Delivery) (bridge.Result, error) {
		if d.State != bridge.Delivered || d.Direction != bridge.Out {
			return bridge.Result{}, errOtherState
		}
		failure := bridge.FailureOf(why)
		d.State, d.Failure, d.Progress.Posted, d.Progress.CallingSince = bridge.Dead, &failure, nil, time.Time{}
		dead = d
		return bridge.Result{
			Delivery: d, Spawned: []*bridge.Delivery{noteTo(d, noteText(d), w.now())},
			Attempt: bridge.Attempt{At: w.now(), Outcome: d.State, Kind: why.Kind, Code: why.Code, Message: "X says later that it did not keep the message"},
		}, nil
	})
	switch {
	case errors.Is(err, errOtherState):
		return nil
	case err != nil:
		return err
	}
	w.feed.Publish(dead)
	w.wake.Send()
	return nil
}

var errOtherState = errors.New("it is in another state")
