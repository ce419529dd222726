package bridge

import (
	"context"
	"time"
)

const (
	opShowFile = "show a file"
	// filesAtOnce is how many files are fetched side by side for people; each may take MaxShownFile of memory.
	filesAtOnce = 2
	// refusalPause is how long Motion is not asked for a file after it has refused the credentials: it locks accounts.
	refusalPause = time.Minute
)

// File fetches the file of a message from where it is: a customer's from X, an agent's from Motion. n counts from 0, in
// the order of Delivery.Media. It only reads: no delivery, no gate and no state of a side changes, whatever comes of it,
// and X's limits are touched by one question at most, when X did not describe the files itself. Every error is an *Error.
func (c *Console) File(ctx context.Context, id int64, n int) (File, error) {
	d, err := c.journal.Get(ctx, id)
	if err != nil {
		return File{}, AsError(err)
	}
	ch := c.accounts.Channel(d.Channel)
	if ch == nil {
		return File{}, channelGoneError(d.Channel)
	}
	key := fileKey{id, n}
	if file, ok := c.files.get(key); ok {
		return file, nil
	}
	if err := c.files.enter(ctx); err != nil {
		return File{}, err
	}
	defer c.files.leave()
	file, err := c.fetchShown(ctx, ch, d, n)
	if err != nil {
		return File{}, AsError(err)
	}
	if len(file.Data) > MaxShownFile {
		return File{}, shownFileTooLargeError(len(file.Data))
	}
	c.files.put(key, file)
	return file, nil
}

func (c *Console) fetchShown(ctx context.Context, ch *Channel, d *Delivery, n int) (File, error) {
	switch {
	case n < 0:
	case d.Direction == Out && d.Reply != nil && d.Reply.AttachmentID != "" && n == 0:
		return c.fetchAgentFile(ctx, ch, d)
	case d.Direction == In && d.Event != nil:
		media, err := c.mediaOf(ctx, ch, d)
		if err != nil {
			return File{}, err
		}
		if n < len(media) && len(media[n].Variants) > 0 {
			return ch.X.FetchMedia(ctx, media[n])
		}
	}
	return File{}, noSuchFileError(d.ID, n)
}

// mediaOf returns where the files of an event are.
func (c *Console) mediaOf(ctx context.Context, ch *Channel, d *Delivery) ([]Media, error) {
	if !d.Event.NeedsLookUp() {
		return d.Event.Media, nil
	}
	if media, ok := c.files.lookedUp(d.ID, c.now()); ok {
		return d.Event.Describe(media), nil
	}
	media, err := LookUpMedia(ctx, ch, d)
	if err == nil {
		c.files.remember(d.ID, media, c.now())
	}
	return d.Event.Describe(media), err
}

// fetchAgentFile asks Motion, unless Motion is known to refuse the credentials.
func (c *Console) fetchAgentFile(ctx context.Context, ch *Channel, d *Delivery) (File, error) {
	if f := c.accounts.Last(SideMotion, ch.Name).Failure; f != nil && f.Kind == Operator {
		return File{}, stillRefusedError(f)
	}
	if err := c.files.refused(ch.Name, c.now()); err != nil {
		return File{}, err
	}
	file, err := ch.Motion.Download(ctx, d.Reply.AttachmentID)
	if KindOf(err) == Operator {
		c.files.refuse(ch.Name, AsError(err), c.now().Add(refusalPause))
	}
	file.Name = d.Reply.Body
	return file, err
}
