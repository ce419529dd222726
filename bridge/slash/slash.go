// Package slash reads the commands that agents may begin a reply with.
//
// It guarantees that without a command switched on every text stays as it is; that a text which looks like a command but is
// none, or is switched off, is refused in words and never reaches a customer as it stands; that a text whose first slash is
// doubled goes out with one; and that the parts of a thread hold all words of the text in their order, each within what X
// takes. It makes no call and keeps nothing.
package slash

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"perch/bridge"
)

// command is one of those that agents may know.
type command struct {
	name  bridge.Command
	is    func(bridge.Agents) bool
	usage string
}

// commands are all, in the order in which help tells them.
var commands = []command{
	{bridge.CommandDM, func(a bridge.Agents) bool { return a.DM }, "/dm TEXT - answers this public post in private"},
	{bridge.CommandLink, func(a bridge.Agents) bool { return a.Link }, "/link TEXT - answers in public, with a link by which the customer writes in private"},
	{bridge.CommandThread, func(a bridge.Agents) bool { return a.Thread }, "/thread TEXT - answers in public, a long text as numbered posts"},
	{bridge.CommandHide, func(a bridge.Agents) bool { return a.Hide }, "/hide - hides the customer's public reply on X"},
	{bridge.CommandHelp, isOn, "/help - shows these lines"},
}

// isOn reports whether any command is switched on.
func isOn(a bridge.Agents) bool { return a.DM || a.Hide || a.Thread || a.Link }

// looksLike is what a command looks like: a slash and a word, and then nothing, a space or a sign such as a colon. A path or a
// date is none.
var looksLike = regexp.MustCompile(`^/([\pL\pM\pN_-]{1,20}[^/\pL\pM\pN]*)$`)

// Parse tells a command from the text behind it. Without a command the text is the whole one, less the slash that says that it
// is none. The error is why the reply must not be sent.
func Parse(on bridge.Agents, text string) (bridge.Command, string, *bridge.Error) {
	trimmed := strings.TrimSpace(strings.TrimLeftFunc(text, isUnseen))
	if !isOn(on) || !strings.HasPrefix(trimmed, "/") {
		return "", text, nil
	}
	if strings.HasPrefix(trimmed, "//") {
		return "", trimmed[1:], nil
	}
	word, rest := trimmed, ""
	if at := strings.IndexFunc(trimmed, unicode.IsSpace); at >= 0 {
		word, rest = trimmed[:at], strings.TrimSpace(trimmed[at:])
	}
	word = strings.Map(seen, word)
	if next, _, _ := strings.Cut(strings.Map(seen, rest), " "); word == "/" && indexOf(next) >= 0 {
		return "", "", unknownError("/ " + next)
	}
	found := looksLike.FindStringSubmatch(word)
	if found == nil {
		return "", text, nil
	}
	i := indexOf(found[1])
	switch {
	case i < 0:
		return "", "", unknownError(word)
	case !commands[i].is(on):
		return "", "", offError(word)
	}
	return commands[i].name, rest, nil
}

// indexOf is where a command stands among all; -1 for what is none.
func indexOf(word string) int {
	return slices.IndexFunc(commands, func(c command) bool { return string(c.name) == strings.ToLower(word) })
}

// isUnseen reports whether people do not see a character before a text: a space, or a mark of the direction or of the order of
// bytes, which comes along with what is pasted.
func isUnseen(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// seen leaves out what people do not see inside a word.
func seen(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

const asItStands = "to send the text as it stands, begin it with two slashes; /help lists the commands"

func unknownError(word string) *bridge.Error {
	return bridge.Refusal("there is no command "+word, asItStands)
}

func offError(word string) *bridge.Error {
	return bridge.Refusal("the command "+word+" is switched off in this channel", "the admin can switch it on in Perch's settings; "+asItStands)
}

// Help is what agents are told of the commands that are on. privateLink is the address by which a customer writes in private;
// "" for none.
func Help(on bridge.Agents, privateLink string) string {
	lines := []string{"Commands, each at the beginning of a reply:"}
	for _, c := range commands {
		if c.is(on) {
			lines = append(lines, c.usage)
		}
	}
	lines = append(lines, "//... - sends a text that begins with a slash")
	if privateLink != "" {
		lines = append(lines, "The link by itself: "+privateLink)
	}
	return strings.Join(lines, "\n")
}

// PrivateLink is the address that opens a private message to an account (X docs: direct messages, deep links). In a public
// post X shows it as a button. The account has to allow messages from everyone.
func PrivateLink(accountID string) string {
	return fmt.Sprintf("https://twitter.com/messages/compose?recipient_id=%s", accountID)
}
