package chat

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"perch/bridge"
	"perch/bridge/visible"
	"perch/bridge/xchat"
	"perch/bridge/xchat/wire"
)

// What people are told about a channel's keys.
const (
	notAskedText  = "X has not yet told whose these keys of encrypted chat are"
	noRecordText  = "the account has never set up X Chat: open it once in the X app, signed in as the account, and set a PIN; then import its keys"
	wrongKeysText = "these keys of encrypted chat do not belong to the account, or its keys were reset in the X app: import them anew (perch chat import, or perch chat unlock with the PIN)"
	olderKeysText = "the account has got newer keys of encrypted chat in the X app: import them (perch chat import, or perch chat unlock with the PIN); older messages stay readable"
	requestsText  = "somebody whom the account has not accepted has written in X Chat; X does not always tell of such messages: look at the message requests in the X app"
	readOnlyText  = "the keys have no signing part: encrypted messages can be read here, and answered in the X app only"
)

// Lines for agents, of what is not words of the customer.
const (
	plainLine   = "[This message was not encrypted, and X alone says who wrote it.]"
	editLine    = "[The customer changed an earlier message to:]"
	inGroupLine = "[Written in a group chat. An answer from here goes to the customer alone.]"
	unknownLine = "[The customer sent something that Perch cannot show. Look at it on X.]"
	noFileLine  = "[The customer also sent a file that X does not describe. Look at it on X.]"
)

var noticeLines = map[wire.EntryKind]string{
	wire.EntryScreenCapture: "[The customer took a picture of the screen of this chat.]",
	wire.EntryCallMissed:    "[The customer called on X, and nobody answered.]",
	wire.EntryCallEnded:     "[A call on X has ended.]",
}

const (
	// maxQuote and maxForwarded bound what is repeated of another message, in characters.
	maxQuote     = 160
	maxForwarded = 2_000
)

func quoteLine(r *xchat.Reply, own string) string {
	if r.Quote == nil {
		return "[In reply to an earlier message]"
	}
	whose := "the customer's"
	if r.Quote.SenderID == own {
		whose = "your"
	}
	text := shorten(oneLine(r.Quote.Text), maxQuote)
	if text == "" {
		return fmt.Sprintf("[In reply to %s message with a file]", whose)
	}
	return fmt.Sprintf("[In reply to %s “%s”]", whose, text)
}

func forwardedLine(text string) string {
	return "[The customer passed on:]\n" + shorten(text, maxForwarded)
}

func choiceLine(option string) string {
	return fmt.Sprintf("[The customer chose “%s”.]", shorten(oneLine(option), maxQuote))
}

func buttonLine(b wire.Button) string {
	return strings.TrimSpace(shorten(oneLine(b.Label), maxQuote) + " " + oneLine(b.URL))
}

func reactionLine(r *xchat.Reaction) string {
	emoji := shorten(oneLine(r.Emoji), 16)
	if r.IsRemoved {
		return fmt.Sprintf("[The customer took the reaction %s to a message back.]", emoji)
	}
	return fmt.Sprintf("[The customer reacted to a message with %s]", emoji)
}

func deleteLine(n int) string {
	if n > 1 {
		return fmt.Sprintf("[The customer deleted %d messages on X.]", n)
	}
	return "[The customer deleted a message on X.]"
}

// attachmentLine is where a link or a shared post leads, or what stands for anything else.
func attachmentLine(a wire.Attachment) string {
	switch a.Kind {
	case wire.AttachmentPost:
		if a.URL == "" && isNumber(a.PostID) {
			return bridge.SharedPostURL(a.PostID)
		}
	case wire.AttachmentMoney:
		return shorten(oneLine(a.Text), maxQuote)
	}
	return oneLine(a.URL)
}

func behindText(since time.Time, why *bridge.Error) string {
	return "what was missed cannot be fetched since " + since.UTC().Format(minutes) + ": " + bridge.FailureOf(why).Sentence()
}

func emptyText(n int, at time.Time) string {
	return fmt.Sprintf("X has listed %d encrypted events without their contents, the last one at %s: if a message is missing, look for it in the X app",
		n, at.UTC().Format(minutes))
}

// minutes is how a time is written for people.
const minutes = "2006-01-02 15:04 MST"

func moreFilesLine(n int) string {
	return fmt.Sprintf("[The message names %d more files, which are not shown here. Look at them on X.]", n)
}

func lateLine(at time.Time) string {
	return fmt.Sprintf("[Written on %s, and readable here only now.]", at.UTC().Format(minutes))
}

func isNumber(text string) bool {
	return text != "" && len(text) <= 20 && strings.Trim(text, "0123456789") == ""
}

func oneLine(text string) string { return strings.TrimSpace(visible.Line(text)) }

func shorten(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}

// refusedError is why an event is not shown.
func refusedError(d *bridge.Delivery, reason xchat.Reason) *bridge.Error {
	e := &bridge.Error{
		Kind: bridge.Unreadable, Side: bridge.SidePerch, Op: "open encrypted message", Code: fmt.Sprintf("chat/%d", int(reason)),
		Message: "an encrypted message failed the check of authenticity and was not shown: " + reason.String(),
		Remedy:  fmt.Sprintf("if the customer did write, ask for it once more; perch show %d shows what came, perch discard %d drops it", d.ID, d.ID),
	}
	if reason == xchat.BadContent || reason == xchat.BadBox {
		e.Message = "an encrypted message is damaged and cannot be shown: " + reason.String()
	}
	return e
}

// RefusedText is the line to the agent about such an event.
func RefusedText(handle string) string {
	return fmt.Sprintf("A message that X says is from @%s failed the authenticity check and was not shown. If the customer did write, "+
		"please ask for it once more, or look at it in the X app.", visible.Line(handle))
}

func notReadyError(channel string, s bridge.ChatStatus) *bridge.Error {
	e := &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideX, Op: "send encrypted message", Code: "chat/" + s.State,
		Message: cmp.Or(s.Detail, "encrypted chat is not set up"), Remedy: "see perch chat status --channel " + channel,
	}
	if s.State == bridge.ChatDegraded {
		e.Kind = bridge.Temporary
	}
	return e
}

func noKeysError() *bridge.Error {
	return bridge.Refusal("the customer writes in encrypted chat, and Perch has no keys of it any more", "answer in the X app, or have the admin import the keys again and send it once more; it is not sent unencrypted")
}

func readOnlyError() *bridge.Error {
	return bridge.Refusal("the customer writes in encrypted chat, and the keys that Perch was given can only read", "answer in the X app, or have the admin import the account's whole keys")
}

// NoPeerError is the refusal of an answer to somebody without encrypted chat.
func NoPeerError(handle string) *bridge.Error {
	return bridge.Refusal(fmt.Sprintf("@%s has no encrypted chat (any more), so that the answer cannot be encrypted", visible.Line(handle)),
		"ask the customer to open X Chat once in the X app, or answer in public")
}

func unopenedError() *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Rejected, Side: bridge.SidePerch, Op: "send encrypted message", Code: "chat/keys",
		Message: "this conversation has keys that Perch cannot open, and a new one would show the customer a change of keys",
		Remedy:  "answer once in the X app; after that answers from here work. If the account's keys were reset, have the admin import them anew",
	}
}

func fileError(message string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Rejected, Side: bridge.SideX, Op: "fetch the customer's encrypted file", Code: "chat/file", Message: message,
		Remedy: "look at it in the X app",
	}
}

// KeyChangedText tells the agent once that a customer's keys are others than before.
func keyChangedText(handle string) string {
	return fmt.Sprintf("The security key of @%s in encrypted chat has changed, as it does after a new phone or a reset. If the matter is "+
		"delicate, make sure that it is still the same person.", visible.Line(handle))
}
