package alert

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Subject says in one line what a notice is about, and on which computer.
func (n Notice) Subject(host string) string {
	if len(n.Items) == 0 {
		return "Perch on " + host
	}
	open := n.count(func(i Item) bool { return i.State != Solved })
	text, rest := n.Items[0].head(), len(n.Items)-1
	switch {
	case open == 0 && rest > 0:
		text, rest = fmt.Sprintf("Solved: %d troubles", len(n.Items)), 0
	case open == 0:
		text = "Solved: " + n.Items[0].head()
	}
	if rest > 0 {
		text += fmt.Sprintf(" (and %d more)", rest)
	}
	return "Perch on " + host + ": " + text
}

func (n Notice) count(is func(Item) bool) (c int) {
	for _, i := range n.Items {
		if is(i) {
			c++
		}
	}
	return c
}

// head is the title with the channel.
func (i Item) head() string {
	if i.Channel == "" {
		return i.Title
	}
	return i.Title + " (" + i.Channel + ")"
}

// Lines are the sentences of an item: what, what to do, since when, and which messages. The first is its heading.
func (i Item) Lines() []string {
	switch i.State {
	case Solved:
		return []string{"Solved: " + i.head(), "It lasted from " + clock(i.Since) + " to " + clock(i.Until) + "."}
	case Test:
		return []string{i.Title, sentence(i.What)}
	case Open, More:
	}
	lines := []string{i.head(), sentence(i.What)}
	if i.Remedy != "" {
		lines = append(lines, "What to do: "+sentence(i.Remedy))
	} else if i.Level == Healing {
		lines = append(lines, "Perch goes on trying.")
	}
	lines = append(lines, "Since "+clock(i.Since)+".")
	return append(lines, i.Messages...)
}

// Text is the whole notice, for those who see letters only.
func (n Notice) Text() string {
	blocks := make([]string, 0, len(n.Items))
	for _, i := range n.Items {
		blocks = append(blocks, strings.Join(i.Lines(), "\n"))
	}
	return strings.Join(blocks, "\n\n")
}

func clock(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05 MST") }

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	_, size := utf8.DecodeRuneInString(text)
	text = strings.ToUpper(text[:size]) + text[size:]
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// TestNotice is one that somebody sends to see whether it arrives.
func TestNotice(place string, now time.Time) Notice {
	return Notice{Place: place, Made: now, Due: now, Items: []Item{{State: Test, Cause: Cause{
		Key: "test", Side: "test", Level: Healing, Title: "Test of the alert " + place, Since: now,
		What: "this is a test; alerts that are sent to " + place + " arrive here",
	}}}}
}
