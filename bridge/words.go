package bridge

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"perch/bridge/visible"
)

// Every sentence that the domain says to people is in this file: to agents in Motion, and to the admin in errors.

var noTime time.Time

const opCheckKeys = "check X keys"

// autoResponse begins every line that Perch itself writes into an interaction, as the old plugin did.
const autoResponse = "AUTO-RESPONSE: "

// These stand in a call that is shown for what is known only once the file is on the other side.
const (
	fileNameLater     = "(the name of the file)"
	attachmentIDLater = "(Motion's number of the file)"
	mediaIDLater      = "(X's number of the file)"
	recipientLater    = "(X's number of the recipient)"
)

const emptyMessageText = "(The customer sent a message without text.)"

// sentence joins reason and remedy for a reader who sees only one line.
func (f Failure) sentence() string {
	if f.Remedy == "" {
		return f.Message
	}
	return f.Message + ". " + upperFirst(f.Remedy)
}

func upperFirst(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:size]) + s[size:]
}

func appendLine(body, line string) string {
	if body == "" {
		return line
	}
	return body + "\n" + line
}

func encryptedText(from Person, brand string) string {
	if brand == "" {
		brand = "the brand"
	}
	return fmt.Sprintf("%s@%s sent an encrypted message (X Chat). Perch cannot read it. Open x.com/messages or the X app, "+
		"signed in as @%s, to read and answer it.", autoResponse, visible.Line(from.Handle), visible.Line(brand))
}

func missingFileText(f fetched) string {
	what := map[MediaType]string{Photo: "a picture", GIF: "a GIF", Video: "a video"}[f.media.Type]
	if what == "" {
		what = "a file"
	}
	line := fmt.Sprintf("[The customer also sent %s, which is missing here: %s.", what, visible.Line(f.err.Message))
	if f.err.Kind != Rejected && f.err.Kind != Invalid {
		line += " It follows as soon as it can be had."
	}
	return line + "]"
}

// extraText tells the agent of something that is neither text nor file.
func extraText(e Extra) string {
	switch e.Kind {
	case ExtraLocation:
		if e.Text == "" {
			return "[The customer shared a place, which X does not describe. Look at it on X.]"
		}
		return "[The customer shared a place: " + visible.Line(e.Text) + "]"
	case ExtraPost:
		return "[The customer shared a post: https://x.com/i/status/" + e.Text + "]"
	case ExtraPoll:
		return "[The post holds a poll, which Perch cannot show. Look at it on X.]"
	case ExtraUnknown:
	}
	what := "something"
	if e.Text != "" {
		what = fmt.Sprintf("something (%s)", visible.Line(shorten(e.Text, 40)))
	}
	return "[The customer also sent " + what + " that Perch cannot show. Look at it on X.]"
}

func noFileShownError() *Error {
	return &Error{Kind: Rejected, Side: SideX, Op: "look up the customer's file", Message: "X does not show it", Remedy: "look at it on X"}
}

func unreadableContentError(d *Delivery) *Error {
	return &Error{
		Kind: Unreadable, Side: SidePerch, Op: "read message", Message: "what the journal holds of the message cannot be read any more",
		Remedy: fmt.Sprintf("perch show %d shows what came in; drop it with perch discard %d", d.ID, d.ID),
	}
}

func fileLaterText(name string, e *Error) string {
	return fmt.Sprintf("%sThe customer also sent the file %s. It is not here yet: %s. It follows as soon as it can.",
		autoResponse, visible.Line(name), visible.Line(e.Message))
}

func fileLostText(name string, e *Error) string {
	return fmt.Sprintf("%sThe customer also sent the file %s, but Motion did not take it: %s.", autoResponse, visible.Line(name), visible.Line(e.Message))
}

// noteTo makes the delivery of a line to the agent, in the interaction that m belongs to.
func noteTo(m *Delivery, text string, now time.Time) *Delivery {
	customer := m.From
	what := "dm"
	if m.ThreadID != "" {
		what = "post"
	}
	if m.Direction == Out {
		customer = m.To
	}
	return &Delivery{
		Channel: m.Channel, Direction: In, Kind: KindNote, State: Queued, Lane: LaneOf(m.Channel, In, KindNote),
		Conversation: fmt.Sprintf("%s/in/%s/%s", m.Channel, what, m.PeerID),
		XID:          fmt.Sprintf("note:%d:%d:%s", m.ID, m.Attempts, m.State), ThreadID: m.ThreadID, From: customer, PeerID: m.PeerID,
		Text: text, Parent: m.ID, ReceivedAt: now, DueAt: now,
	}
}

func noteText(m *Delivery) string {
	quoted := quote(shorten(m.Text, 80))
	if m.Reply != nil && m.Reply.AttachmentID != "" {
		quoted = quote(m.Reply.Body)
	}
	if m.State == Undecided {
		return fmt.Sprintf("%sIt is not certain whether your message %s has reached the customer: X's answer was lost and the "+
			"message cannot be found. Please look on X before you write it again. The admin can settle it in Perch.", autoResponse, quoted)
	}
	return fmt.Sprintf("%sYour message %s was not sent: %s.", autoResponse, quoted, visible.Line(strings.TrimSuffix(m.Failure.sentence(), ".")))
}

// quote puts a text of somebody else into a sentence, on one line and so that an agent can read it.
func quote(text string) string { return `"` + visible.Line(text) + `"` }

func shorten(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes]) + "…"
	}
	return s
}

func undecidedFailure() *Failure {
	return &Failure{
		Kind:    OutcomeUnknown,
		Message: "X's answer was lost, and the message was not found at X afterwards",
		Remedy:  "look on X whether it is there; then say: perch sent ID (it did go out) or perch resend ID (it did not)",
	}
}

func unreadableFailure(problem string) *Failure {
	return &Failure{
		Kind: Unreadable, Message: "X sent something that Perch cannot read: " + problem,
		Remedy: "look at it with perch show ID; if it matters, report it, then drop it with perch discard ID",
	}
}

func refuse(message, remedy string) *Error {
	return &Error{Kind: Rejected, Side: SidePerch, Op: "check reply", Message: message, Remedy: remedy}
}

func directOnlyError() *Error {
	return refuse("this conversation is a private one, but the reply is marked as public, so it was not sent",
		"answer in the customer's public interaction, or write here without a thread")
}

func publicOnlyError() *Error {
	return refuse("this conversation is a public one, but the reply does not say which post it answers, so it was not sent",
		"start a direct message with the customer if you want to write in private")
}

func nobodyError() *Error {
	return refuse("the reply does not say who it is for: the contact has no X handle in the Map Key field",
		"fill in the contact's X handle and send the reply again")
}

func unknownHandleError(handle string, err error) *Error {
	e := refuse("X knows no account @"+handle, "check the contact's X handle and send the reply again")
	e.Err = err
	return e
}

func dmTooLongError(n int) *Error {
	return refuse(fmt.Sprintf("the text has %d characters, but X takes at most %d in a direct message", n, MaxDM),
		"send it in several messages")
}

func postTooLongError(weighted int) *Error {
	if weighted <= MaxPost {
		return refuse("X does not take this text as a public reply: it is empty or holds a character that X refuses", "change the text")
	}
	return refuse(fmt.Sprintf("the text counts %d characters by X's rules, but a public reply has at most %d (a link counts 23, "+
		"an emoji or a Chinese or Japanese character 2)", weighted, MaxPost), "shorten it, or send it in several replies")
}

func textInsteadError(f File) *Error {
	return &Error{
		Kind: Temporary, Side: SideMotion, Op: "fetch the agent's file", Message: "a text came from Motion in place of the file " + f.Name,
		Remedy: "look at Motion's logs and at what stands between; Perch keeps trying",
	}
}

func lossyThreadError() *Error {
	return refuse("Motion named the post to answer by a number that has lost its last digits, so it was not sent",
		"wait until the customer writes again in this interaction, or answer on X")
}

// readdressedText tells where a reply went when Motion's contact names somebody else.
func readdressedText(contact, person string) string {
	return fmt.Sprintf("the contact in Motion names @%s, but @%s wrote in this interaction and gets the reply", contact, person)
}

func threadMendedText(given, known string) string {
	return fmt.Sprintf("Motion gave the post as %s, which has lost its last digits; the reply answers post %s of this interaction", given, known)
}

// journalFailure says that a step of the journal failed. Where its place is at fault, that says it all.
func journalFailure(e *Error, step string) Failure {
	f := failureFrom(e)
	if strings.HasPrefix(e.Code, CodeJournal) {
		return f
	}
	cause := ""
	if e.Err != nil {
		cause = ": " + e.Err.Error()
	}
	f.Message = fmt.Sprintf("the journal could not do one of its steps (%s%s)", step, cause)
	f.Remedy = "nothing that was acknowledged is lost, and Perch goes on trying; if it lasts, look at perch logs and report it"
	return f
}

func noSuchFileError(id int64, n int) *Error {
	return &Error{
		Kind: Invalid, Side: SidePerch, Op: opShowFile, Message: fmt.Sprintf("message %d has no file with the number %d", id, n),
		Remedy: fmt.Sprintf("the numbers begin at 0; what there is, says: perch show %d", id),
	}
}

func shownFileTooLargeError(size int) *Error {
	return &Error{
		Kind: Rejected, Side: SidePerch, Op: opShowFile,
		Message: fmt.Sprintf("the file has %.1f MB, but at most %d MB are shown", float64(size)/(1<<20), MaxShownFile>>20),
		Remedy:  "look at it in Motion or on X",
	}
}

func channelGoneError(name string) *Error {
	return &Error{
		Kind: Operator, Side: SidePerch, Op: opShowFile, Message: "the channel " + name + " is not configured any more, so its files cannot be fetched",
		Remedy: "put it back into perch.toml, then: perch restart",
	}
}

func stillRefusedError(f *Failure) *Error {
	return &Error{Kind: Operator, Side: SideMotion, Op: opShowFile, Message: f.Message, Remedy: f.Remedy}
}

func fileTypeError(f File) *Error {
	return refuse(fmt.Sprintf("X does not take the file %s (%s)", f.Name, f.Type), "send a PNG, JPEG or GIF picture or an MP4 video")
}

func emptyFileError(f File) *Error {
	return refuse("the file "+f.Name+" is empty", "attach it again")
}

func fileTooLargeError(f File, limit int) *Error {
	return refuse(fmt.Sprintf("the file %s has %.1f MB, but X takes at most %d MB of this kind", f.Name,
		float64(len(f.Data))/(1<<20), limit>>20), "send a smaller one")
}

func limitedError(endpoint string, until time.Time) *Error {
	return &Error{
		Kind: RateLimited, Side: SideX, Op: "ask X", Endpoint: endpoint, RetryAt: until,
		Message: "X's limit for this kind of call is used up until " + clockOf(until),
		Remedy:  "nothing to do: Perch goes on by itself then",
	}
}

// clockOf says a time the way people do: with the date unless it is within the next hours.
func clockOf(t time.Time) string {
	if time.Until(t) > 12*time.Hour {
		return t.Format("2 January 15:04")
	}
	return t.Format("15:04:05")
}

func revokedError() *Error {
	return &Error{
		Kind: Operator, Side: SideX, Op: "listen to X", Message: "the X account has taken back the app's access",
		Remedy: "sign in to X's developer portal, make new access tokens, store them with perch secret set",
	}
}

func readOnlyError(channel string) *Error {
	return &Error{
		Kind: Operator, Side: SideX, Op: opCheckKeys, Message: "the X keys of channel " + channel + " may only read",
		Remedy: "in X's developer portal set the app to \"Read and write and Direct message\", then make new access tokens, store them with perch secret set",
	}
}

func noDMError(channel string) *Error {
	return &Error{
		Kind: Operator, Side: SideX, Op: opCheckKeys,
		Message: "the X keys of channel " + channel + " lack the direct-message permission",
		Remedy:  "in X's developer portal set the app to \"Read and write and Direct message\", then make new access tokens, store them with perch secret set",
	}
}

// nameOf is how people call an account.
func nameOf(a Account) string {
	if a.Handle != "" {
		return "@" + a.Handle
	}
	return "the account " + a.ID
}

// doubtfulError says that a channel waits for X to tell whose its keys are; cause is what X said instead, nil before it
// has said anything.
func doubtfulError(channel string, cause *Error) *Error {
	e := &Error{
		Kind: Temporary, Side: SideX, Op: opCheckKeys,
		Message: "the X keys of channel " + channel + " have changed, and replies wait until X has told whose they are",
		Remedy:  "nothing to do: Perch asks X by itself",
	}
	if cause != nil {
		e.Kind, e.Code, e.Err = cause.Kind, cause.Code, cause.Err
		e.Message += ": " + cause.Message
		if cause.Remedy != "" {
			e.Remedy = cause.Remedy
		}
	}
	return e
}

func strangerError(channel string, known, owner Account, waiting int) *Error {
	e := &Error{Kind: Operator, Side: SideX, Op: opCheckKeys, Code: "other account"}
	e.Message = fmt.Sprintf("the X keys of channel %s are those of %s, but the channel speaks for %s, so nothing is sent", channel, nameOf(owner), nameOf(known))
	if waiting == 0 {
		e.Message += "; no reply waits any more"
		e.Remedy = fmt.Sprintf("to go on with %s: perch resume; or store the keys of %s", nameOf(owner), nameOf(known))
		return e
	}
	replies := fmt.Sprintf("%d replies wait", waiting)
	if waiting == 1 {
		replies = "1 reply waits"
	}
	e.Message += "; " + replies + " that would go out from the wrong account"
	e.Remedy = fmt.Sprintf("store the keys of %s; or, to go on with %s, give up what waits (see it with: perch traffic --direction out "+
		"--state queued, and --state undecided; drop each with: perch discard ID), then: perch resume", nameOf(known), nameOf(owner))
	return e
}

func heldError(d *Delivery, now time.Time) *Error {
	return &Error{
		Kind: Operator, Side: SidePerch, Op: opCheckKeys, RetryAt: now.Add(strangerRetry),
		Message: "the message is for an X account about which it is not settled whether channel " + d.Channel + " speaks for it",
		Remedy:  "perch status says what to do about the keys; then the message goes on by itself",
	}
}

func strangersMessageError(d *Delivery) *Error {
	return &Error{
		Kind: Rejected, Side: SidePerch, Op: opCheckKeys,
		Message: "the message is for another X account than the one that channel " + d.Channel + " speaks for",
		Remedy:  fmt.Sprintf("to hand it to Motion all the same: perch retry %d; else: perch discard %d", d.ID, d.ID),
	}
}

func notNowError(d *Delivery, wish string) *Error {
	return &Error{
		Kind: Invalid, Side: SidePerch, Message: fmt.Sprintf("message %d is %s, so it cannot be %s", d.ID, d.State, wish),
		Remedy: "look at it with: perch show " + fmt.Sprint(d.ID),
	}
}
