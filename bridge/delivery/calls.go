package delivery

import (
	"fmt"
	"strings"

	"perch/bridge"
	"perch/bridge/visible"
)

// Calls are those that carry a delivery to the other side, or have carried it, in their order, without those that carry
// files. brand is the handle of the channel's account, and posts are those of a thread, nil for everything else. They are made
// by the functions that the delivery uses.
func Calls(ch *bridge.Channel, d *bridge.Delivery, brand string, posts []string) []bridge.Call {
	if d.Direction == bridge.Out {
		return asMade(callsToX(ch, d, posts), d)
	}
	var calls []bridge.Call
	for i, n := range notificationsFor(d, brand) {
		n = addressed(d, n)
		if i == 0 && d.Progress.ToldWho && d.Event != nil {
			n = withWho(d, n)
		}
		calls = append(calls, ch.Motion.NotifyCall(n))
	}
	return asMade(calls, d)
}

// asMade puts the address that took a message into its calls where the channel has another one now.
func asMade(calls []bridge.Call, d *bridge.Delivery) []bridge.Call {
	for i := range calls {
		if was := d.Progress.CalledURL; was != "" && addressOf(calls[i:]) != was {
			calls[i].URL = was
		}
	}
	return calls
}

// addressOf is the address of the first call without its parameters, which may hold secrets.
func addressOf(calls []bridge.Call) string {
	if len(calls) == 0 {
		return ""
	}
	address, _, _ := strings.Cut(calls[0].URL, "?")
	return address
}

// notificationsFor lists what hands an inbound delivery to Motion: the text, then each file that goes with it.
func notificationsFor(d *bridge.Delivery, brand string) []bridge.Notification {
	switch {
	case d.Kind == bridge.KindNote:
		return []bridge.Notification{{Body: d.Text}}
	case d.Event == nil || d.Kind == bridge.KindUnreadable:
		return nil
	}
	var all []bridge.Notification
	files := max(len(d.Event.Media), len(d.Media))
	isUnknown := files == 0 && d.Event.MediaUnknown && !d.Progress.TextDone
	if d.Parent == 0 {
		hint := files
		if isUnknown {
			hint = 1
		}
		if body := textFor(d, brand, hint); body != "" {
			all = append(all, bridge.Notification{Body: body})
		}
	}
	for i := range files {
		name := fileNameLater
		if i < len(d.Media) && d.Media[i].Name != "" {
			name = d.Media[i].Name
		} else if i < d.Progress.FilesDone {
			continue // it goes on its own, or will never go
		}
		all = append(all, bridge.Notification{Body: name, AttachmentID: attachmentIDLater})
	}
	return all
}

// callsToX is the call that sends a reply; none for one that was given up before X was called.
func callsToX(ch *bridge.Channel, d *bridge.Delivery, posts []string) []bridge.Call {
	if d.Reply == nil || (!d.Progress.Called && (d.State == bridge.Dead || d.State == bridge.Discarded)) {
		return nil
	}
	switch {
	case d.Kind == bridge.KindChat:
		return chatCalls(ch, d)
	case d.Kind == bridge.KindHide:
		return hideCalls(ch, d)
	case len(posts) > 0:
		return threadCalls(ch, d, posts)
	}
	message := bridge.Outgoing{Text: d.Text}
	if d.Reply.AttachmentID != "" {
		message.MediaID = mediaIDLater
	}
	if d.Kind != bridge.KindDM {
		return []bridge.Call{ch.X.ReplyCall(d.ThreadID, bridge.Person{ID: d.PeerID, Handle: d.To}, message)}
	}
	recipient := d.PeerID
	if recipient == "" {
		recipient = recipientLater
	}
	return []bridge.Call{ch.X.DMCall(recipient, message)}
}

func hideCalls(ch *bridge.Channel, d *bridge.Delivery) []bridge.Call {
	if call, ok := ch.X.HideCall(d.ThreadID); ok {
		return []bridge.Call{call}
	}
	return nil
}

// threadCalls are a call for each post of a thread, which answers the one before.
func threadCalls(ch *bridge.Channel, d *bridge.Delivery, posts []string) []bridge.Call {
	var calls []bridge.Call
	answered, author := d.ThreadID, bridge.Person{ID: d.PeerID, Handle: d.To}
	for i, text := range posts {
		calls = append(calls, ch.X.ReplyCall(answered, author, bridge.Outgoing{Text: text}))
		switch done := d.Progress.PostsDone(); {
		case i >= len(done):
			answered, author = postBeforeLater, bridge.Person{Handle: d.From}
		case done[i] != "":
			answered, author = done[i], bridge.Person{Handle: d.From}
		}
	}
	return calls
}

// addressed fills in who a notification is from and what it is about.
func addressed(d *bridge.Delivery, n bridge.Notification) bridge.Notification {
	n.From, n.ThreadID = d.From, d.ThreadID
	if d.Event != nil {
		n.FirstName = firstName(d.Event.From)
	}
	if d.ThreadID != "" {
		n.ExternalURL = bridge.PostURL(d.From, d.ThreadID)
	}
	return n
}

func firstName(p bridge.Person) string {
	if p.Name == "" {
		return visible.Line(p.Handle)
	}
	return visible.Line(fmt.Sprintf("%s (@%s)", p.Name, p.Handle))
}

// textFor is the text of the notification for an event that has that many files; "" when the files say it all.
func textFor(d *bridge.Delivery, brand string, files int) string {
	body := ownText(d, brand)
	if d.Event != nil {
		for _, e := range d.Event.Extras {
			body = appendLine(body, extraText(e))
		}
	}
	if d.Progress.Missing != "" {
		body = appendLine(body, d.Progress.Missing)
	}
	if body == "" && files == 0 {
		body = emptyMessageText
	}
	if d.Progress.Cited != "" && body != "" {
		return d.Progress.Cited + "\n" + body
	}
	return d.Progress.Cited + body
}
