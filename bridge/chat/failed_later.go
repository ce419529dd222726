package chat

import (
	"context"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat"
)

// failedLater takes in that X says of a message, which it had taken, that it does not keep it: the reply failed then, and
// the agent is told. What X lists all the same was sent, and what is not settled yet is settled by its own attempts. An
// error says that X could not be asked.
func (r *Rooms) failedLater(ctx context.Context, m *room, ch *bridge.Channel, f *xchat.Failure) error {
	d, err := r.byXID(ctx, m.channel, bridge.Out, f.MessageID)
	if err != nil || d == nil || d.State != bridge.Delivered || d.Progress.Posted == nil {
		return err
	}
	if isThere, err := r.IsThere(ctx, ch, d); isThere || err != nil {
		return err
	}
	r.Log.Warn("x took an encrypted message back", logkey.Delivery, d.ID, logkey.Channel, m.channel, "code", f.Type.Name())
	return r.Withdraw(ctx, d.ID, failureError(m.channel, xchat.Answer{Failure: f.Type}))
}

// byXID returns the message of a channel with this id at X; nil when there is none.
func (r *Rooms) byXID(ctx context.Context, channel string, direction bridge.Direction, id string) (*bridge.Delivery, error) {
	list, err := r.Journal.List(ctx, bridge.Filter{Channel: channel, Direction: direction, XID: id, Limit: 1})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}
