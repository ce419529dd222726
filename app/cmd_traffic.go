package app

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"perch/app/control"
)

func (p *program) trafficCommand() *cobra.Command {
	var q control.Query
	var follow bool
	cmd := &cobra.Command{
		Use: "traffic", Short: "List messages, oldest of the newest first", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runTraffic(cmd, q, follow) },
	}
	f := cmd.Flags()
	f.BoolVarP(&follow, "follow", "f", false, "go on showing what happens")
	f.StringVar(&q.State, "state", "", "queued, sending, delivered, undecided, dead or discarded")
	f.StringVar(&q.Direction, "direction", "", "in (X to Motion) or out")
	f.StringVar(&q.Kind, "kind", "", "dm, mention, reply, note or encrypted")
	f.StringVar(&q.Channel, "channel", "", "name of a channel")
	f.StringVar(&q.Search, "search", "", "part of a text, a handle or an id")
	f.IntVar(&q.Limit, "limit", 50, "how many at most")
	return p.withJSON(cmd)
}

var (
	knownStates     = []string{"", "queued", "sending", "delivered", "undecided", "dead", "discarded"}
	knownDirections = []string{"", "in", "out"}
)

func checkQuery(q control.Query) error {
	switch {
	case !slices.Contains(knownStates, q.State):
		return usageError{fmt.Errorf("traffic: --state %s is not one of %v", q.State, knownStates[1:])} //nolint:err113 // shown, never compared
	case !slices.Contains(knownDirections, q.Direction):
		return usageError{fmt.Errorf("traffic: --direction %s is not in or out", q.Direction)} //nolint:err113 // shown, never compared
	case q.Limit < 1:
		return usageError{errors.New("traffic: --limit has to be 1 or more")} //nolint:err113 // shown, never compared
	}
	return nil
}

func (p *program) runTraffic(cmd *cobra.Command, q control.Query, follow bool) error {
	if err := checkQuery(q); err != nil {
		return err
	}
	client, err := p.client()
	if err != nil {
		return err
	}
	list, err := client.Messages(cmd.Context(), q)
	if err != nil {
		return err
	}
	slices.Reverse(list)
	if !p.json && len(list) == 0 && !follow {
		p.print("No messages.\n")
	}
	for _, m := range list {
		p.showLine(m)
	}
	if !follow {
		return nil
	}
	return client.Follow(cmd.Context(), q, p.showLine)
}

func (p *program) showLine(m control.Message) {
	if p.json {
		_ = p.printJSON(m) // a reader that went away ends the program by itself
		return
	}
	p.print("%-6d %s  %-10s %-9s %-18s %-16s %s\n", m.ID, clock(m.ReceivedAt), arrow(m.Direction), m.Kind, peer(m), stateText(m), shortText(m))
	if m.Error != nil && m.State != "delivered" {
		p.print("       %s\n", sentenceOf(m.Error))
	}
}

func sentenceOf(f *control.Failure) string {
	if f.Remedy == "" {
		return f.Message
	}
	return f.Message + "; " + f.Remedy
}

// target reads the number of a message.
func (p *program) target(args []string) (*control.Client, int64, error) {
	id, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return nil, 0, usageError{fmt.Errorf("%q is not the number of a message (the first column of perch traffic)", args[0])} //nolint:err113 // shown, never compared
	}
	client, err := p.client()
	return client, id, err
}

func (p *program) retryCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "retry ID | --all-dead", Short: "Put a dead message back into the queue", Args: usage(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case all == (len(args) == 1):
				return usageError{errors.New("retry: give one message's number, or --all-dead")} //nolint:err113 // shown, never compared
			case !all:
				return p.act(cmd, args, "retry")
			}
			client, err := p.client()
			if err != nil {
				return err
			}
			n, err := client.RetryAllDead(cmd.Context())
			if err == nil {
				p.print("%d messages are back in the queue.\n", n)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&all, "all-dead", false, "all dead messages")
	return cmd
}

var actWords = map[string][2]string{
	"retry":   {"", "Message %d is back in the queue.\n"},
	"discard": {"Drop a message that was not delivered", "Message %d is discarded.\n"},
	"sent":    {"Settle an undecided message: it did go out", "Message %d counts as delivered.\n"},
	"resend":  {"Settle an undecided message: it did not go out, so send it", "Message %d is back in the queue.\n"},
}

func (p *program) actCommand(act string) *cobra.Command {
	return &cobra.Command{
		Use: act + " ID", Short: actWords[act][0], Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return p.act(cmd, args, act) },
	}
}

func (p *program) act(cmd *cobra.Command, args []string, act string) error {
	client, id, err := p.target(args)
	if err != nil {
		return err
	}
	if err := client.Act(cmd.Context(), id, act); err != nil {
		return err
	}
	p.print(actWords[act][1], id)
	return nil
}
