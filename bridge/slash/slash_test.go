package slash_test

import (
	"strings"
	"testing"

	"perch/bridge"
	"perch/bridge/slash"
)

var all = bridge.Agents{DM: true, Hide: true, Thread: true, Link: true}

func TestACommandIsToldFromTheText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		command bridge.Command
		rest    string
	}{
		"hello":                       {"", "hello"},
		"/dm hello":                   {bridge.CommandDM, "hello"},
		"  /DM\n hello\nthere ":       {bridge.CommandDM, "hello\nthere"},
		"/dm\u00a0hello":              {bridge.CommandDM, "hello"},
		"/dm":                         {bridge.CommandDM, ""},
		"\u200f/dm hello":             {bridge.CommandDM, "hello"},
		"\ufeff /dm\u200b hello":      {bridge.CommandDM, "hello"},
		"/hide":                       {bridge.CommandHide, ""},
		"/help":                       {bridge.CommandHelp, ""},
		"/thread one. two":            {bridge.CommandThread, "one. two"},
		"/link Please write here:":    {bridge.CommandLink, "Please write here:"},
		"//dm is a command":           {"", "/dm is a command"},
		"/usr/bin and 24/7":           {"", "/usr/bin and 24/7"},
		"/ alone":                     {"", "/ alone"},
		"/":                           {"", "/"},
		"see /dm":                     {"", "see /dm"},
		"":                            {"", ""},
		"/" + strings.Repeat("x", 21): {"", "/" + strings.Repeat("x", 21)},
	} {
		command, rest, refusal := slash.Parse(all, text)
		if command != want.command || rest != want.rest || refusal != nil {
			t.Errorf("%q is %q with %q, %v", text, command, rest, refusal)
		}
	}
}

func TestWithoutCommandsEveryTextStaysAsItIs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"/dm hello", "//dm", "/help", " /x ", "/nonsense"} {
		if command, rest, refusal := slash.Parse(bridge.Agents{WhoWrites: true, AnsweredPost: true}, text); command != "" || rest != text || refusal != nil {
			t.Errorf("%q is %q with %q, %v", text, command, rest, refusal)
		}
	}
}

func TestWhatIsNoCommandIsRefusedInWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"/hid": "no command /hid", "/dmhello": "no command /dmhello", "/più": "no command /più", "/piu\u0300": "no command /piu", "/dm: x": "no command /dm:", "/hide.": "no command /hide.", "/ dm x": "no command / dm", "/thread x": "/thread is switched off"} {
		_, _, refusal := slash.Parse(bridge.Agents{DM: true, Hide: true}, text)
		if refusal == nil || !strings.Contains(refusal.Message, want) || !strings.Contains(refusal.Remedy, "two slashes") {
			t.Errorf("%q: %v", text, refusal)
		}
	}
}

func TestHelpTellsWhatIsOn(t *testing.T) {
	t.Parallel()
	text := slash.Help(bridge.Agents{DM: true}, slash.PrivateLink("4337869213"))
	if !strings.Contains(text, "/dm") || strings.Contains(text, "/hide") || !strings.Contains(text, "/help") || !strings.Contains(text, "https://twitter.com/messages/compose?recipient_id=4337869213") {
		t.Error(text)
	}
	if text := slash.Help(all, ""); strings.Contains(text, "http") || strings.Count(text, "\n") != 6 {
		t.Error(text)
	}
}
