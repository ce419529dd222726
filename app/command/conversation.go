package command

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/app/terminal"
	"perch/bridge"
)

// span is a time as it was typed.
type span struct{ since, until string }

// add offers a command the two ends of a time.
func (s *span) add(cmd *cobra.Command) {
	const when = "a day (2026-11-30, today, yesterday), a time (2026-11-30T10:00) or how long ago (45m, 12h, 3d, 2w)"
	cmd.Flags().StringVar(&s.since, "since", "", "only from then on: "+when)
	cmd.Flags().StringVar(&s.until, "until", "", "only before that; a day counts to its end")
}

// read returns the two ends. Its errors are of wrong usage.
func (s *span) read(what string) (since, until time.Time, err error) {
	now := time.Now()
	if since, err = control.ParseSince(s.since, now); err != nil {
		return since, until, usageError{fmt.Errorf("%s: --since: %s", what, sentence(err))} //nolint:err113 // shown, never compared
	}
	if until, err = control.ParseUntil(s.until, now); err != nil {
		return since, until, usageError{fmt.Errorf("%s: --until: %s", what, sentence(err))} //nolint:err113 // shown, never compared
	}
	if err = control.CheckSpan(since, until); err != nil {
		return since, until, usageError{fmt.Errorf("%s: %s", what, sentence(err))} //nolint:err113 // shown, never compared
	}
	return since, until, nil
}

func (p *program) conversationCommand() *cobra.Command {
	var q control.ConversationQuery
	var when span
	cmd := &cobra.Command{
		Use: "conversation HANDLE", Short: "Show all that was said with one customer, in order", Args: usage(cobra.ExactArgs(1)),
		Example: "  perch conversation @anna --since yesterday",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			q.Person = strings.TrimPrefix(strings.TrimSpace(args[0]), "@")
			switch {
			case q.Person == "":
				return usageError{errors.New("conversation: a handle is needed, as in: perch conversation @anna")} //nolint:err113 // shown, never compared
			case q.Limit < 1:
				return usageError{errors.New("conversation: --limit has to be 1 or more")} //nolint:err113 // shown, never compared
			}
			if q.Since, q.Until, err = when.read("conversation"); err != nil {
				return err
			}
			return p.runConversation(cmd, q)
		},
	}
	when.add(cmd)
	f := cmd.Flags()
	f.StringVar(&q.Channel, "channel", "", "name of a channel")
	f.IntVar(&q.Limit, "limit", 100, "how many of the newest messages at most, of each channel")
	return p.withJSON(cmd)
}

func (p *program) runConversation(cmd *cobra.Command, q control.ConversationQuery) error {
	relay, err := p.reader()
	if err != nil {
		return err
	}
	list, err := relay.Conversation(cmd.Context(), q)
	if err != nil {
		return err
	}
	p.noteStopped(relay)
	if len(list) == 0 {
		return nobodyError(q)
	}
	for i, c := range list {
		slices.SortStableFunc(c.Messages, func(a, b control.Message) int {
			return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.ID, b.ID))
		})
		if p.json {
			for _, m := range c.Messages {
				_ = p.JSON(m) // a reader that went away ends the program by itself
			}
			continue
		}
		if i > 0 {
			p.Print("\n")
		}
		p.showConversation(c, q)
	}
	return nil
}

func nobodyError(q control.ConversationQuery) error {
	where := "in the journal"
	if q.Channel != "" {
		where = "on the channel " + q.Channel
	}
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "conversation", Message: "nobody called @" + q.Person + " is known " + where,
		Remedy: "look for a part of the handle with: perch traffic --search " + shellWord(q.Person),
	}
}

func (p *program) showConversation(c control.Conversation, q control.ConversationQuery) {
	p.Print("%s\n", titleOf(c))
	switch n := len(c.Messages); {
	case n == 0:
		p.Print("No messages.\n")
		return
	case c.HasOlder:
		p.Print("The newest %d are shown; for more: --limit %d, or --until %s\n", n, min(q.Limit, math.MaxInt/10)*10, c.Messages[0].ReceivedAt.Local().Format("2006-01-02"))
	}
	p.Print("← from the customer, → from the agent, · from Perch to the agent\n")
	day := ""
	for _, m := range c.Messages {
		if now := m.ReceivedAt.Local().Format("Monday, 2 January 2006"); now != day {
			day = now
			p.Print("\n%s\n", day)
		}
		p.showSaid(m)
	}
}

// titleOf says with whom.
func titleOf(c control.Conversation) string {
	name := c.Person.ID
	if c.Person.Handle != "" {
		name = "@" + c.Person.Handle
	}
	title := "Conversation with " + name
	if c.Person.Name != "" {
		title += " (" + c.Person.Name + ")"
	}
	title += " on the channel " + c.Channel
	others := slices.DeleteFunc(slices.Clone(c.Person.Handles), func(h string) bool { return strings.EqualFold(h, c.Person.Handle) })
	if len(others) > 0 {
		title += ", also known as @" + strings.Join(others, ", @")
	}
	return title
}

// saidIndent is where the texts of a conversation begin: behind the id, the time, the arrow and the word for who can read it.
const saidIndent = 25

// showSaid shows one message as a line of a conversation.
func (p *program) showSaid(m control.Message) {
	width := p.Width()
	if width > 0 {
		width -= saidIndent + 1
	}
	head := fmt.Sprintf("%-6d %s  %s %-7s  ", m.ID, m.ReceivedAt.Local().Format("15:04"), saidBy(m), saidWhere(m))
	for _, line := range saidLines(m) {
		for _, part := range terminal.Wrap(line, width) {
			p.Print("%s\n", strings.TrimRight(head+part, " "))
			head = strings.Repeat(" ", saidIndent)
		}
	}
}

func saidBy(m control.Message) string {
	switch {
	case m.Kind == string(bridge.KindNote):
		return "·"
	case m.Direction == string(bridge.Out):
		return "→"
	}
	return "←"
}

// saidWhere says who can read a message.
func saidWhere(m control.Message) string {
	switch {
	case m.Kind == string(bridge.KindNote):
		return "note"
	case bridge.MessageKind(m.Kind).IsPublic():
		return "public"
	}
	return "private"
}

// saidLines are a message's text, its files, and its state unless it is delivered.
func saidLines(m control.Message) (lines []string) {
	if m.Text != "" {
		lines = append(lines, m.Text)
	}
	for _, f := range m.Media {
		size := ""
		if f.Bytes > 0 {
			size = fmt.Sprintf(", %d bytes", f.Bytes)
		}
		lines = append(lines, "["+strings.Join(slices.DeleteFunc([]string{f.Name, f.Type}, func(s string) bool { return s == "" }), ", ")+size+"]")
	}
	if m.Kind == string(bridge.KindEncrypted) {
		lines = append(lines, "("+kindText(m.Kind)+")")
	}
	if m.State == string(bridge.Delivered) && len(lines) > 0 {
		return lines
	}
	state := stateText(m)
	if m.Error != nil && m.State != string(bridge.Delivered) {
		state += ": " + sentenceOf(m.Error)
	}
	return append(lines, "– "+state)
}
