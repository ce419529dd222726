package delivery

import (
	"fmt"
	"hash/crc32"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/visible"
)

// noteTo makes the delivery of a line to the agent, in the interaction that m belongs to.
func noteTo(m *bridge.Delivery, text string, now time.Time) *bridge.Delivery {
	customer := m.From
	if m.Direction == bridge.Out {
		customer = m.To
	}
	return &bridge.Delivery{
		Channel: m.Channel, Direction: bridge.In, Kind: bridge.KindNote, State: bridge.Queued, Lane: bridge.LaneOf(m.Channel, bridge.In, bridge.KindNote),
		Conversation: bridge.InboundConversation(m.Channel, m.PeerID, m.NoteThread() != ""),
		XID:          fmt.Sprintf("note:%d:%d:%s:%08x", m.ID, m.Attempts, m.State, crc32.ChecksumIEEE([]byte(text))), ThreadID: m.NoteThread(), From: customer, PeerID: m.PeerID,
		Text: text, Parent: m.ID, ReceivedAt: now, DueAt: now,
	}
}

// mostOfEdited is how many characters an agent is shown of a message that somebody else has worded.
const mostOfEdited = 1000

// linkNote makes the line that tells the agent what a link in a public reply costs: once a day in each conversation, which the
// journal sees to by the line's own id.
func (j *job) linkNote(m *bridge.Delivery) []*bridge.Delivery {
	if j.ch == nil || j.ch.Costs == nil {
		return nil
	}
	why := j.ch.Costs.LinkNote(m)
	if why == "" {
		return nil
	}
	text := fmt.Sprintf("%sYour public reply %s was sent. Please know that %s", bridge.AutoResponse, quote(shorten(m.Text, 80)), why)
	note := noteTo(m, text, j.now())
	note.XID = fmt.Sprintf("note:link:%s:%d", m.Conversation, bridge.BillDay(j.now()))
	return []*bridge.Delivery{note}
}

func noteText(m *bridge.Delivery) string {
	quoted := quote(shorten(m.Text, 80))
	if m.Reply != nil && m.Reply.AttachmentID != "" {
		quoted = quote(m.Reply.Body)
	}
	switch m.State {
	case bridge.Dead:
		if m.Kind == bridge.KindHide {
			return fmt.Sprintf("%sThe customer's reply was not hidden: %s.", bridge.AutoResponse, visible.Line(strings.TrimSuffix(m.Failure.Sentence(), ".")))
		}
	case bridge.Delivered:
		return fmt.Sprintf("%sA message of yours that could not be sent was changed by the admin, and the customer has got it now: %s.",
			bridge.AutoResponse, quote(shorten(m.Text, mostOfEdited)))
	case bridge.Undecided:
		if m.Reply != nil && m.Reply.Command == bridge.CommandThread {
			return fmt.Sprintf("%sIt is not certain how much of your thread %s has reached the customer: %s. Please look on X before you write it "+
				"again. The admin can settle it in Perch.", bridge.AutoResponse, quoted, visible.Line(m.Failure.Message))
		}
		return fmt.Sprintf("%sIt is not certain whether your message %s has reached the customer: X's answer was lost and the "+
			"message cannot be found. Please look on X before you write it again. The admin can settle it in Perch.", bridge.AutoResponse, quoted)
	}
	return fmt.Sprintf("%sYour message %s was not sent: %s.", bridge.AutoResponse, quoted, visible.Line(strings.TrimSuffix(m.Failure.Sentence(), ".")))
}
