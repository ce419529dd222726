package intake

import (
	"context"
	"fmt"
	"strings"

	"perch/bridge"
	"perch/bridge/slash"
)

// hideText stands for the text of a delivery that has none.
const hideText = "/hide"

// obey takes the command off an agent's reply, if there is one. It returns why the reply must not be sent, if so.
func (s *Replies) obey(channel string, r *bridge.Reply) *bridge.Error {
	ch := s.accounts.Channel(channel)
	if ch == nil {
		return nil
	}
	command, text, refusal := slash.Parse(ch.Agents, r.Body)
	if refusal != nil {
		return refusal
	}
	r.Command, r.Body = command, text
	hasFile, hasText := r.AttachmentID != "", r.Body != ""
	switch r.Command {
	case bridge.CommandDM:
		if !hasText && !hasFile {
			return bridge.Refusal("there is no text behind /dm, so nothing was sent", "write the private answer behind it: /dm TEXT")
		}
	case bridge.CommandHide:
		if hasText || hasFile {
			return bridge.Refusal("/hide sends nothing, so neither was the reply hidden nor the text sent", "write /hide alone, and the text in another reply")
		}
	case bridge.CommandThread:
		return s.obeyThread(r)
	case bridge.CommandLink:
		return s.obeyLink(channel, r)
	case bridge.CommandHelp:
		if hasText || hasFile {
			return bridge.Refusal("/help sends nothing, so the text behind it was not sent", "write /help alone, and the text in another reply")
		}
	}
	return nil
}

// obeyThread judges the text of a thread.
func (s *Replies) obeyThread(r *bridge.Reply) *bridge.Error {
	switch {
	case r.AttachmentID != "":
		return bridge.Refusal("/thread takes text only, so nothing was sent", "send the file in a reply of its own")
	case r.Body == "":
		return bridge.Refusal("there is no text behind /thread, so nothing was sent", "write the long answer behind it: /thread TEXT")
	}
	if len(slash.Split(r.Body, s.measure)) == 0 {
		return bridge.Refusal(fmt.Sprintf("the text does not fit into %d posts, or holds a character that X refuses", slash.MaxPosts), "shorten it, or answer in private")
	}
	return nil
}

// obeyLink puts the link behind the text.
func (s *Replies) obeyLink(channel string, r *bridge.Reply) *bridge.Error {
	link := s.privateLink(channel)
	if link == "" {
		return bridge.Refusal("X has not told yet which account this channel speaks for, so there is no link", "send it again in a minute")
	}
	r.Body = strings.TrimSpace(r.Body + " " + link)
	return nil
}

// privateLink is where a customer writes to the channel's account in private; "" when X has not told whose that is.
func (s *Replies) privateLink(channel string) string {
	if id := s.accounts.Account(channel).ID; id != "" {
		return slash.PrivateLink(id)
	}
	return ""
}

// isPublic reports whether the interaction of a reply is a public one.
func isPublic(r *bridge.Reply, about bridge.Interaction) bool {
	if about.Direct != about.Public {
		return about.Public
	}
	return r.ThreadID != ""
}

// isForPublic reports whether a command is about a public interaction.
func isForPublic(c bridge.Command) bool {
	return c == bridge.CommandDM || c == bridge.CommandHide || c == bridge.CommandThread || c == bridge.CommandLink
}

// routeToPrivate makes the answer to a public post a private one, because the agent wants it so.
func (s *Replies) routeToPrivate(ctx context.Context, d *bridge.Delivery, about bridge.Interaction) (*bridge.Error, error) {
	if d.ThreadID == "" {
		d.ThreadID = about.ThreadID // where the agent is told what comes of it
	}
	if d.ThreadID != "" {
		if refusal, err := s.mendThread(ctx, d, about); refusal != nil || err != nil {
			return refusal, err
		}
		author, isKnown, err := s.journal.Thread(ctx, d.Channel, d.ThreadID)
		if isKnown && err == nil {
			err = s.readdress(ctx, d, author)
		}
		if err != nil {
			return nil, err
		}
		d.ThreadID, d.Reply.ThreadID = "", d.ThreadID
	}
	if d.PeerID == "" {
		if err := s.findRecipient(ctx, d, about); err != nil {
			return nil, err
		}
	}
	d.Remarks = append(d.Remarks, "the agent wrote /dm: the public post is answered in private")
	return nil, s.choosePrivateWay(ctx, d)
}

// help is the line that tells an agent of the commands.
func (s *Replies) help(ctx context.Context, channel string, r *bridge.Reply) (*bridge.Delivery, *bridge.Error, error) {
	d := &bridge.Delivery{Channel: channel, ThreadID: r.ThreadID, To: r.Handle, Reply: r}
	refusal, err := s.routeReply(ctx, d)
	if refusal == nil && err == nil && d.To == "" {
		refusal = bridge.Refusal("the contact has no X handle in the Map Key field, so Perch cannot write into the interaction", "fill it in and ask again")
	}
	if refusal != nil || err != nil {
		return nil, refusal, err
	}
	now := s.now()
	return &bridge.Delivery{
		Channel: channel, Direction: bridge.In, Kind: bridge.KindNote, State: bridge.Queued, Lane: bridge.LaneOf(channel, bridge.In, bridge.KindNote),
		Conversation: bridge.InboundConversation(channel, d.PeerID, d.ThreadID != ""), XID: "note:help:" + r.MotionID, ThreadID: d.ThreadID,
		From: d.To, PeerID: d.PeerID, Text: bridge.AutoResponse + slash.Help(s.accounts.Channel(channel).Agents, s.privateLink(channel)),
		ReceivedAt: now, DueAt: now,
	}, nil, nil
}
