package console

import (
	"context"
	"strconv"
	"strings"

	"perch/bridge"
	"perch/bridge/slash"
)

// Edit gives a reply that failed for good another text and puts it back into the queue. What it said stays in its history,
// and the agent is told what was sent in the end. A text that X would refuse changes nothing.
func (c *Console) Edit(ctx context.Context, id int64, text string) error {
	text = strings.TrimSpace(text)
	return c.update(ctx, id, func(d *bridge.Delivery) (bridge.Result, error) {
		if err := c.editable(d); err != nil {
			return bridge.Result{}, err
		}
		old := d.Text
		if err := c.reword(d, text); err != nil {
			return bridge.Result{}, err
		}
		c.requeue(d)
		d.Progress.Edited, d.Progress.Posted = true, nil // an encrypted message is made anew
		return bridge.Result{Delivery: d, Opened: true, Attempt: bridge.Attempt{
			At: c.now(), Outcome: d.State, Message: "changed and sent again by a person; it said: " + strconv.Quote(old),
		}}, nil
	})
}

// editable reports whether a message can get another text.
func (c *Console) editable(d *bridge.Delivery) error {
	switch {
	case d.Progress.Refused && d.State == bridge.Dead:
		return refusedError(d)
	case d.State == bridge.Undecided:
		e := notNowError(d, "changed")
		e.Message, e.Remedy = "it is not certain whether this reply went out", "settle that first: perch sent, or perch resend; to change it, discard it and let the agent write again"
		return e
	case d.Kind == bridge.KindHide:
		e := notNowError(d, "changed")
		e.Message, e.Remedy = "it has no text: it hides a customer's reply", "try it again, or discard it"
		return e
	case d.Reply != nil && d.Reply.Command == bridge.CommandThread:
		e := notNowError(d, "changed")
		e.Message, e.Remedy = "it is a thread of several posts", "try it again, or discard it and let the agent write again"
		return e
	case d.Direction != bridge.Out || d.Reply == nil || d.State != bridge.Dead || c.dispatcher.IsBusy(d.ID):
		return notNowError(d, "changed")
	}
	return nil
}

// reword puts a text in the place of the reply's own, if X takes it.
func (c *Console) reword(d *bridge.Delivery, text string) error {
	if text == "" {
		return bridge.Refusal("the text is empty", "write what the customer is to read; to send nothing, discard the reply")
	}
	if ch := c.accounts.Channel(d.Channel); ch != nil {
		command, plain, refusal := slash.Parse(ch.Agents, text)
		if command != "" {
			refusal = bridge.Refusal("a command cannot be given by a changed text", "discard the reply and let the agent write again; to send the text as it stands, begin it with two slashes")
		}
		if refusal != nil {
			return refusal
		}
		text = plain
	}
	reply := *d.Reply
	reply.Body = text
	d.Reply, d.Text = &reply, text
	if reply.AttachmentID != "" {
		d.Text, d.Media = bridge.Captioned(reply, "", "")
	}
	if refusal := bridge.PreflightText(d, c.measure); refusal != nil {
		return refusal
	}
	return nil
}
