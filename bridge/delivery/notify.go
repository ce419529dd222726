package delivery

import (
	"context"

	"perch/bridge"
)

// notify posts to the Receive URL for the delivery's customer and learns who is behind the interaction.
func (j *job) notify(ctx context.Context, n bridge.Notification) error {
	d := j.d
	n = addressed(d, n)
	if j.isNew {
		n = withWho(d, n)
	}
	receipt, err := j.ch.Motion.Notify(ctx, n)
	if err != nil {
		return err
	}
	d.Progress.ToldWho, j.isNew = d.Progress.ToldWho || (j.isNew && !receipt.IsPlain), false
	d.Progress.CalledURL = addressOf([]bridge.Call{j.ch.Motion.NotifyCall(n)})
	person := bridge.Person{ID: d.PeerID, Handle: d.From}
	if d.Event != nil {
		person = d.Event.From
	}
	if j.remembered {
		person.Handle = "" // a memory must not confirm itself
	}
	if d.Kind != bridge.KindNote {
		j.learned = bridge.Learned{
			Person: person, InteractionID: receipt.InteractionID, ThreadID: d.ThreadID,
			Public: d.ThreadID != "", Direct: d.ThreadID == "",
		}
	}
	if d.MotionID == "" {
		d.MotionID = receipt.MessageID
	}
	return nil
}
