package console

import (
	"context"

	"perch/bridge"
	"perch/bridge/wait"
)

// Get returns one message and its attempts, oldest first.
func (c *Console) Get(ctx context.Context, id int64) (*bridge.Delivery, []bridge.Attempt, error) {
	d, err := c.journal.Get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	attempts, err := c.journal.Attempts(ctx, id)
	c.showDue(ctx, d)
	return d, attempts, err
}

// List returns the messages that match, newest first, each with the time at which it will be tried.
func (c *Console) List(ctx context.Context, f bridge.Filter) ([]*bridge.Delivery, error) {
	list, err := c.journal.List(ctx, f)
	for _, d := range list {
		c.showDue(ctx, d)
	}
	return list, err
}

// Story returns what was said with a customer, one for each channel that knows anything.
func (c *Console) Story(ctx context.Context, f bridge.StoryFilter) ([]bridge.Story, error) {
	stories, err := c.journal.Story(ctx, f)
	for _, story := range stories {
		for _, d := range story.Deliveries {
			c.showDue(ctx, d)
		}
	}
	return stories, err
}

// showDue puts off the due time of a message that waits for an earlier one or whose lane is blocked, and says why.
func (c *Console) showDue(ctx context.Context, d *bridge.Delivery) {
	if d.State != bridge.Queued {
		return
	}
	if due, open, err := c.journal.HeadDue(ctx, d.Conversation); err == nil && open {
		d.DueAt = wait.Later(d.DueAt, due)
	}
	blocked, ok := c.breakers.Blocked(d.Lane)
	if !ok {
		return
	}
	d.DueAt = wait.Later(d.DueAt, blocked.Until)
	if d.Failure == nil {
		f := blocked.Failure
		d.Failure = &f
	}
}
