package delivery

import (
	"context"

	"perch/bridge"
)

// findRecipient looks the handle up at X when Perch has never met the person.
func (j *job) findRecipient(ctx context.Context) error {
	d := j.d
	if d.Kind.IsPublic() || d.PeerID != "" {
		return nil
	}
	if d.To == "" {
		return nobodyError()
	}
	// An earlier reply of the conversation may have found out since this one was accepted.
	known, ok, err := j.journal.PersonByHandle(ctx, d.Channel, d.To)
	if err != nil {
		return err
	}
	if ok {
		d.Address(known)
		return nil
	}
	person, err := j.ch.X.UserByHandle(ctx, d.To)
	if err != nil {
		if bridge.AsError(err).Code == bridge.CodeNoAccount {
			return unknownHandleError(d.To, err)
		}
		return err
	}
	d.PeerID, d.To = person.ID, person.Handle
	j.learned = bridge.Learned{Person: person, InteractionID: d.Reply.InteractionID, Direct: true}
	if d.Reply.Command == bridge.CommandDM {
		j.learned.InteractionID = "" // it is a public one
	}
	return nil
}
