package payload

import (
	"encoding/json"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
)

// directMessage is a direct message: as events and lists of v1.1 have it, or, without Create, as lists of v2 do.
type directMessage struct {
	Type             loose.Text     `json:"type"`
	ID               loose.ID       `json:"id"`
	CreatedTimestamp loose.Time     `json:"created_timestamp"`
	Create           *messageCreate `json:"message_create"`

	EventType    loose.Text           `json:"event_type"`
	CreatedAt    loose.Time           `json:"created_at"`
	SenderID     loose.ID             `json:"sender_id"`
	Conversation loose.Text           `json:"dm_conversation_id"`
	Participants loose.List[loose.ID] `json:"participant_ids"`
	messageData
}

type messageCreate struct {
	Target struct {
		RecipientID loose.ID `json:"recipient_id"`
	} `json:"target"`
	SenderID loose.ID        `json:"sender_id"`
	Data     json.RawMessage `json:"message_data"`
}

// data is what the message holds; false when it cannot be read.
func (m *directMessage) data() (messageData, bool) {
	if m.Create == nil {
		return m.messageData, true
	}
	var data messageData
	if loose.IsObject(m.Create.Data) {
		loose.Part(m.Create.Data, &data)
		return data, true
	}
	return data, !present(m.Create.Data)
}

type messageData struct {
	Text        textMember            `json:"text"`
	Entities    entities              `json:"entities"`
	Attachment  attachmentList        `json:"attachment"`
	Attachments attachments           `json:"attachments"`
	Referenced  loose.List[reference] `json:"referenced_tweets"`
}

// kind is what the event is; "" for a message between two people.
func (m *directMessage) kind() string {
	for _, kind := range []loose.Text{m.Type, m.EventType} {
		if kind != "" && kind != "message_create" && kind != "MessageCreate" {
			return string(kind)
		}
	}
	if m.Create == nil && m.isGroup() {
		return "group_message"
	}
	return ""
}

const maxParticipants = 2

// isGroup reports whether more than two people talk. X's events do not tell of such messages.
func (m *directMessage) isGroup() bool {
	return len(m.Participants) > maxParticipants || (len(m.Participants) == 0 && m.Conversation != "" && !strings.Contains(string(m.Conversation), "-"))
}

// sender returns who wrote the message, and to whom as far as the payload tells; own is the subscribed account.
func (m *directMessage) sender(own string) (from, to loose.ID) {
	if m.Create != nil {
		return m.Create.SenderID, m.Create.Target.RecipientID
	}
	others := m.Participants
	if len(others) == 0 {
		for id := range strings.SplitSeq(string(m.Conversation), "-") {
			others = append(others, loose.ID(id))
		}
	}
	for _, id := range others {
		if id != m.SenderID {
			to = id
		}
	}
	if to == "" && string(m.SenderID) != own {
		to = loose.ID(own)
	}
	return m.SenderID, to
}

// directMessage reads one direct message.
func (p *parser) directMessage(forUser string, raw json.RawMessage, beside includes) {
	var m directMessage
	if !p.element(forUser, "direct message", raw, &m) {
		return
	}
	from, to := m.sender(forUser)
	if kind := m.kind(); kind != "" && (kind == "group_message" || m.Create == nil || !isNumber(string(from))) {
		p.ignore(kind, 1)
		return
	}
	data, isRead := m.data()
	switch {
	case !isID(string(m.ID)) || !isNumber(string(from)):
		p.unreadable(forUser, "its direct message has no id or no sender")
		return
	case !isRead:
		p.unreadable(forUser, "its direct message says nothing that can be read")
		return
	}
	if !isNumber(string(to)) {
		to = ""
	}
	e := bridge.Event{
		Kind: bridge.KindDM, ForUser: forUser, XID: string(m.ID), CreatedAt: m.CreatedTimestamp.Time,
		From: beside.people.of(from), To: beside.people.of(to), Profile: beside.people.profile(from),
	}
	if e.CreatedAt.IsZero() {
		e.CreatedAt = m.CreatedAt.Time
	}
	data.fill(&e, beside.files)
	p.Events = append(p.Events, e)
}

// fill sets text, files and what else the message holds.
func (d *messageData) fill(e *bridge.Event, included map[string]media) {
	links := d.Entities.URLs
	cut := addAttachments(e, d.Attachment, links)
	e.Media = append(e.Media, d.Attachments.files(included)...)
	own := ownFiles(links, []string{e.XID}, d.Attachments.MediaKeys.List)
	cut = append(cut, own...)
	switch {
	case len(e.Media) > 0 && len(own) == 0:
		cut = append(cut, lastFile(d.Text.text, links)...)
	case len(e.Media) == 0 && len(own) > 0:
		e.MediaUnknown = true
	}
	for _, r := range d.Referenced {
		addShared(e, string(r.ID), links)
	}
	if d.Attachments.isOdd {
		extra(e, bridge.ExtraUnknown, "attachments")
	}
	if d.Text.isOdd {
		extra(e, bridge.ExtraUnknown, "text")
	}
	e.Text = plain(d.Text.text, cut)
}

// MessageMedia reads the files of a direct message of v1.1, which has one at most.
func MessageMedia(event []byte) []bridge.Media {
	var m directMessage
	loose.Part(event, &m)
	data, _ := m.data()
	var found []bridge.Media
	for _, a := range data.Attachment {
		for _, one := range a.Media {
			found = append(found, one.media())
		}
	}
	return found
}
