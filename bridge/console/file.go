package console

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/delivery"
)

// refusalPause is how long Motion is not asked for a file after it has refused the credentials: it locks accounts.
const refusalPause = time.Minute

// File fetches the file of a message from where it is: a customer's from X, an agent's from Motion. n counts from 0, in
// the order of Delivery.Media. It only reads: no delivery, no breaker and no state of a side changes, whatever comes of it,
// and X's limits are touched by one question at most, when X did not describe the files itself. Every error is an *Error.
func (c *Console) File(ctx context.Context, id int64, n int) (bridge.File, error) {
	d, err := c.journal.Get(ctx, id)
	if err != nil {
		return bridge.File{}, bridge.AsError(err)
	}
	ch := c.accounts.Channel(d.Channel)
	if ch == nil {
		return bridge.File{}, channelGoneError(d.Channel)
	}
	key := fileKey{id, n}
	if file, ok := c.files.get(key); ok {
		return file, nil
	}
	if err := c.files.enter(ctx); err != nil {
		return bridge.File{}, err
	}
	defer c.files.leave()
	file, err := c.fetchShown(ctx, ch, d, n)
	if err != nil {
		return bridge.File{}, bridge.AsError(err)
	}
	if len(file.Data) > bridge.MaxShownFile {
		return bridge.File{}, shownFileTooLargeError(len(file.Data))
	}
	c.files.put(key, file)
	return file, nil
}

func (c *Console) fetchShown(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery, n int) (bridge.File, error) {
	switch {
	case n < 0:
	case d.Direction == bridge.Out && d.Reply != nil && d.Reply.AttachmentID != "" && n == 0:
		return c.fetchAgentFile(ctx, ch, d)
	case d.Direction == bridge.In && d.Event != nil:
		media, err := c.mediaOf(ctx, ch, d)
		if err != nil {
			return bridge.File{}, err
		}
		if n < len(media) && media[n].IsDescribed() {
			return delivery.FetchMedia(ctx, c.chats, ch, media[n])
		}
	}
	return bridge.File{}, noSuchFileError(d.ID, n)
}

// mediaOf returns where the files of an event are.
func (c *Console) mediaOf(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery) ([]bridge.Media, error) {
	if !d.Event.NeedsLookUp() {
		return d.Event.Media, nil
	}
	if media, ok := c.files.lookedUp(d.ID, c.now()); ok {
		return d.Event.Describe(media), nil
	}
	media, err := delivery.LookUpMedia(ctx, ch, d)
	if err == nil {
		c.files.remember(d.ID, media, c.now())
	}
	return d.Event.Describe(media), err
}

// fetchAgentFile asks Motion, unless Motion is known to refuse the credentials.
func (c *Console) fetchAgentFile(ctx context.Context, ch *bridge.Channel, d *bridge.Delivery) (bridge.File, error) {
	if f := c.accounts.Last(bridge.SideMotion, ch.Name).Failure; f != nil && f.Kind == bridge.Operator {
		return bridge.File{}, stillRefusedError(f)
	}
	if err := c.files.refused(ch.Name, c.now()); err != nil {
		return bridge.File{}, err
	}
	file, err := ch.Motion.Download(ctx, d.Reply.AttachmentID)
	if bridge.KindOf(err) == bridge.Operator {
		c.files.refuse(ch.Name, bridge.AsError(err), c.now().Add(refusalPause))
	}
	file.Name = d.Reply.Body
	return file, err
}
