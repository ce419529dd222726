package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"perch/app/control"
)

func (p *program) trafficCommand() *cobra.Command {
	var q control.Query
	var isTail bool
	var when span
	cmd := &cobra.Command{
		Use: "traffic", Short: "List messages, oldest of the newest first", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if q.Since, q.Until, err = when.read("traffic"); err != nil {
				return err
			}
			return p.runTraffic(cmd, q, isTail)
		},
	}
	when.add(cmd)
	f := cmd.Flags()
	f.BoolVarP(&isTail, "follow", "f", false, "go on showing what happens")
	filterFlags(cmd, &q)
	f.IntVar(&q.Limit, "limit", 50, "how many at most")
	return p.withJSON(cmd)
}

// filterFlags are those by which messages are selected, wherever they are.
func filterFlags(cmd *cobra.Command, q *control.Query) {
	f := cmd.Flags()
	f.StringVar(&q.State, "state", "", anyOf(control.States())+"; failed is another word for dead")
	f.StringVar(&q.Direction, "direction", "", "in (X to Motion) or out")
	f.StringVar(&q.Kind, "kind", "", anyOf(control.Kinds()))
	f.StringVar(&q.Channel, "channel", "", "name of a channel")
	f.StringVar(&q.Search, "search", "", "part of a text, a handle or an id")
}

// anyOf puts words into a sentence: "a, b or c".
func anyOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// stateFailed is the word for people; scripts know the state as "dead".
const stateFailed = "failed"

// checkQuery refuses what selects nothing that there could be, and takes the word for people.
func checkQuery(command string, q *control.Query) error {
	if q.State == stateFailed {
		q.State = "dead"
	}
	switch {
	case q.State != "" && !slices.Contains(control.States(), q.State):
		return usageError{fmt.Errorf("%s: --state %s is not one of %v", command, q.State, control.States())} //nolint:err113 // shown, never compared
	case q.Limit < 1:
		return usageError{fmt.Errorf("%s: --limit has to be 1 or more", command)} //nolint:err113 // shown, never compared
	}
	return checkDirection(command, q.Direction)
}

func checkDirection(command, direction string) error {
	if direction != "" && !slices.Contains(control.Directions(), direction) {
		return usageError{fmt.Errorf("%s: --direction %s is not in or out", command, direction)} //nolint:err113 // shown, never compared
	}
	return nil
}

func (p *program) runTraffic(cmd *cobra.Command, q control.Query, isTail bool) error {
	if err := checkQuery("traffic", &q); err != nil {
		return err
	}
	relay, err := p.reader()
	if err != nil {
		return err
	}
	list, err := relay.Messages(cmd.Context(), q)
	if err != nil {
		return err
	}
	p.noteStopped(relay)
	slices.Reverse(list)
	if !p.json && len(list) == 0 && !isTail {
		p.Print("No messages.\n")
	}
	for _, m := range list {
		p.showLine(m)
	}
	if !isTail {
		return nil
	}
	return relay.Feed(cmd.Context(), q, p.showLine)
}

func (p *program) showLine(m control.Message) {
	if p.json {
		_ = p.JSON(m) // a reader that went away ends the program by itself
		return
	}
	p.Print("%-6d %s  %-10s %-15s %-18s %-16s %s\n", m.ID, clock(m.ReceivedAt), arrow(m.Direction), kindText(m.Kind), peer(m), stateText(m), shortText(m))
	if m.Error != nil && m.State != "delivered" {
		p.Print("       %s\n", sentenceOf(m.Error))
	}
}

func sentenceOf(f *control.Failure) string {
	if f.Remedy == "" {
		return f.Message
	}
	return f.Message + "; " + f.Remedy
}
