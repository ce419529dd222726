package bridge

import "time"

// BilledKind is one thing that X bills by the event. People write these names into perch.toml.
type BilledKind string

// What X bills for (X docs: pricing, August 2026).
const (
	// BilledDM is a direct message that X has told of.
	BilledDM BilledKind = "dm_received"
	// BilledChat is an encrypted message that X has told of.
	BilledChat BilledKind = "chat_received"
	// BilledPost is a public post that X has told of.
	BilledPost BilledKind = "post_received"
	// BilledDMSent is a direct message that was sent, BilledChatSent an encrypted one.
	BilledDMSent   BilledKind = "dm_sent"
	BilledChatSent BilledKind = "chat_sent"
	// BilledReply is a public answer to a post that names the account, BilledLinkReply one with a link in it.
	BilledReply     BilledKind = "reply_sent"
	BilledLinkReply BilledKind = "reply_link_sent"
	// BilledHide is a customer's reply that was hidden.
	BilledHide BilledKind = "reply_hidden"
	// BilledDMRead is a direct message in a list that X was asked for, BilledChatRead an encrypted one.
	BilledDMRead   BilledKind = "dm_read"
	BilledChatRead BilledKind = "chat_read"
	// BilledPostRead is somebody's post that X was asked for, BilledUserRead an account.
	BilledPostRead BilledKind = "post_read"
	BilledUserRead BilledKind = "user_read"
	// BilledOwnRead is what is the account's own: itself, its posts and its mentions.
	BilledOwnRead BilledKind = "own_read"
)

// BilledKinds lists them all, in the order in which people read them.
func BilledKinds() []BilledKind {
	return []BilledKind{
		BilledDM, BilledChat, BilledPost, BilledDMSent, BilledChatSent, BilledReply, BilledLinkReply, BilledHide,
		BilledDMRead, BilledChatRead, BilledPostRead, BilledUserRead, BilledOwnRead,
	}
}

// BilledArrival is what X bills for having told of a message of a kind; "" for nothing.
func BilledArrival(kind MessageKind) BilledKind {
	switch kind {
	case KindDM:
		return BilledDM
	case KindChat, KindEncrypted:
		return BilledChat
	case KindMention, KindReply:
		return BilledPost
	case KindNote, KindUnreadable, KindHide:
	}
	return ""
}

// FetchedTag marks an event that Perch asked X for, in the form in which X tells of one: what it cost was the asking.
const FetchedTag = "perch-catchup"

// BillKey names what is counted together: what X bills for a channel on a day, which is one of UTC as X has it.
type BillKey struct {
	Day     int64 // since the beginning of 1970
	Channel string
	Kind    BilledKind
}

// Bill is how often X has billed something, as far as Perch can tell.
type Bill struct {
	BillKey
	N int
}

const secondsOfDay = 24 * 60 * 60

// BillDay is the day of a bill.
func BillDay(t time.Time) int64 {
	day := t.Unix() / secondsOfDay
	if t.Unix() < day*secondsOfDay {
		day-- // before 1970
	}
	return day
}

// Date is the day of the bill, at its beginning.
func (k BillKey) Date() time.Time { return time.Unix(k.Day*secondsOfDay, 0).UTC() }

// Costing is what a channel knows of what X charges. It is safe for concurrent use.
type Costing interface {
	// Sent is what X bills for a reply of a kind that it has taken; "" for nothing.
	Sent(kind MessageKind, text string) BilledKind
	// LinkNote is what the agent is to read of a public reply that a link has made expensive; "" for nothing.
	LinkNote(d *Delivery) string
	// IsSaving reports whether look-ups are left out without which every message is delivered all the same.
	IsSaving() bool
}

// BilledSend is what X bills a channel for a reply that it has taken; nil for nothing, or where nobody knows.
func (c *Channel) BilledSend(kind MessageKind, text string) []BilledKind {
	if c == nil || c.Costs == nil {
		return nil
	}
	if billed := c.Costs.Sent(kind, text); billed != "" {
		return []BilledKind{billed}
	}
	return nil
}

// IsSaving reports whether the channel leaves out look-ups that no message needs.
func (c *Channel) IsSaving() bool { return c != nil && c.Costs != nil && c.Costs.IsSaving() }
