package delivery

import (
	"fmt"
	"time"

	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/visible"
)

// These stand in a call that is shown for what is known only once the file is on the other side.
const (
	fileNameLater     = "(the name of the file)"
	attachmentIDLater = "(Motion's number of the file)"
	mediaIDLater      = "(X's number of the file)"
	encryptedLater    = "(made when the message is encrypted)"
	postBeforeLater   = "(X's number of the post before)"
	recipientLater    = "(X's number of the recipient)"
)

const emptyMessageText = "(The customer sent a message without text.)"

func appendLine(body, line string) string {
	if body == "" {
		return line
	}
	return body + "\n" + line
}

// ownText is what a message says for itself, or what Perch says for one of a kind that cannot.
func ownText(d *bridge.Delivery, brand string) string {
	if d.Kind == bridge.KindEncrypted {
		return encryptedText(d.Event.From, brand)
	}
	return d.Text
}

func encryptedText(from bridge.Person, brand string) string {
	if brand == "" {
		brand = "the brand"
	}
	return fmt.Sprintf("%s@%s sent an encrypted message (X Chat). Perch cannot read it. Open x.com/messages or the X app, "+
		"signed in as @%s, to read and answer it.", bridge.AutoResponse, visible.Line(from.Handle), visible.Line(brand))
}

func missingFileText(kind bridge.MediaType, why *bridge.Error) string {
	what := map[bridge.MediaType]string{bridge.Photo: "a picture", bridge.GIF: "a GIF", bridge.Video: "a video"}[kind]
	if what == "" {
		what = "a file"
	}
	line := fmt.Sprintf("[The customer also sent %s, which is missing here: %s.", what, visible.Line(why.Message))
	if why.Kind != bridge.Rejected && why.Kind != bridge.Invalid {
		line += " It follows as soon as it can be had."
	}
	return line + "]"
}

// extraText tells the agent of something that is neither text nor file.
func extraText(e bridge.Extra) string {
	switch e.Kind {
	case bridge.ExtraLocation:
		if e.Text == "" {
			return "[The customer shared a place, which X does not describe. Look at it on X.]"
		}
		return "[The customer shared a place: " + visible.Line(e.Text) + "]"
	case bridge.ExtraPost:
		return "[The customer shared a post: " + bridge.SharedPostURL(e.Text) + "]"
	case bridge.ExtraPoll:
		return "[The post holds a poll, which Perch cannot show. Look at it on X.]"
	case bridge.ExtraUnknown:
	}
	what := "something"
	if e.Text != "" {
		what = fmt.Sprintf("something (%s)", visible.Line(shorten(e.Text, 40)))
	}
	return "[The customer also sent " + what + " that Perch cannot show. Look at it on X.]"
}

func noFileShownError() *bridge.Error {
	return &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideX, Op: "look up the customer's file", Message: "X does not show it", Remedy: "look at it on X"}
}

// laterError is why a file does not go with its message.
func laterError() *bridge.Error {
	return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "fetch the customer's file", Message: "it is one of many, or X takes its time"}
}

func unreadableContentError(d *bridge.Delivery) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Unreadable, Side: bridge.SidePerch, Op: "read message", Message: "what the journal holds of the message cannot be read any more",
		Remedy: fmt.Sprintf("perch show %d shows what came in; drop it with perch discard %d", d.ID, d.ID),
	}
}

func fileLaterText(name string, e *bridge.Error) string {
	return fmt.Sprintf("%sThe customer also sent the file %s. It is not here yet: %s. It follows as soon as it can.",
		bridge.AutoResponse, visible.Line(name), visible.Line(e.Message))
}

func fileLostText(name string, e *bridge.Error) string {
	return fmt.Sprintf("%sThe customer also sent the file %s, but Motion did not take it: %s.", bridge.AutoResponse, visible.Line(name), visible.Line(e.Message))
}

func undecidedFailure() *bridge.Failure {
	return &bridge.Failure{
		Kind:    bridge.OutcomeUnknown,
		Message: "X's answer was lost, and the message was not found at X afterwards",
		Remedy:  "look on X whether it is there; then say: perch sent ID (it did go out) or perch resend ID (it did not)",
	}
}

// undecidedThreadFailure is undecidedFailure of a post in the middle of a thread.
func undecidedThreadFailure(sent, all int) *bridge.Failure {
	return &bridge.Failure{
		Kind:    bridge.OutcomeUnknown,
		Message: fmt.Sprintf("of the %d posts of the thread %d are on X; X's answer to post %d was lost, and it was not found at X afterwards", all, sent, sent+1),
		Remedy:  "look on X whether it is there; then say: perch sent ID (it is, the next one follows) or perch resend ID (it is not)",
	}
}

func unpartedError() *bridge.Error {
	return bridge.Refusal("the text cannot be parted into the posts of a thread any more", "discard it and let the agent write again")
}

func othersThreadError() *bridge.Error {
	return bridge.Refusal("another X account has begun this thread than the one that the channel speaks for now", "discard it and let the agent write again")
}

func nobodyError() *bridge.Error {
	return bridge.Refusal("the reply does not say who it is for: the contact has no X handle in the Map Key field",
		"fill in the contact's X handle and send the reply again")
}

func unknownHandleError(handle string, err error) *bridge.Error {
	e := bridge.Refusal("X knows no account @"+handle, "check the contact's X handle and send the reply again")
	e.Err = err
	return e
}

func textInsteadError(f bridge.File) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideMotion, Op: "fetch the agent's file", Message: "a text came from Motion in place of the file " + f.Name,
		Remedy: "look at Motion's logs and at what stands between; Perch keeps trying",
	}
}

func heldError(d *bridge.Delivery, now time.Time) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: account.OpCheckKeys, RetryAt: now.Add(account.RetryAfter),
		Message: "the message is for an X account about which it is not settled whether channel " + d.Channel + " speaks for it",
		Remedy:  "perch status says what to do about the keys; then the message goes on by itself",
	}
}

func strangersMessageError(d *bridge.Delivery) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Rejected, Side: bridge.SidePerch, Op: account.OpCheckKeys,
		Message: "the message is for another X account than the one that channel " + d.Channel + " speaks for",
		Remedy:  fmt.Sprintf("to hand it to Motion all the same: perch retry %d; else: perch discard %d", d.ID, d.ID),
	}
}

// quote puts a text of somebody else into a sentence, on one line and so that an agent can read it.
func quote(text string) string { return `"` + visible.Line(text) + `"` }

func shorten(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes]) + "…"
	}
	return s
}
