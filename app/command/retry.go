package command

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"perch/app/control"
)

func (p *program) retryCommand() *cobra.Command {
	var all bool
	var q control.Query
	var cause string
	var when span
	cmd := &cobra.Command{
		Use: "retry ID | --all-dead", Short: "Put failed messages back into the queue", Args: usage(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if q.Since, q.Until, err = when.read("retry"); err != nil {
				return err
			}
			isFiltered := q != (control.Query{}) || cause != ""
			switch {
			case all == (len(args) == 1), isFiltered && !all:
				return usageError{errors.New("retry: give one message's number, or --all-dead and which of them")} //nolint:err113 // shown, never compared
			case !all:
				return p.act(cmd, args, "retry")
			}
			return p.retryDead(cmd, q, cause)
		},
	}
	when.add(cmd)
	f := cmd.Flags()
	f.BoolVar(&all, "all-dead", false, "all failed messages, or those that the other flags say")
	f.StringVar(&q.Channel, "channel", "", "only those of a channel")
	f.StringVar(&q.Direction, "direction", "", "only in (X to Motion) or out")
	f.StringVar(&q.Search, "search", "", "only those with a part of a text, a handle or an id")
	f.StringVar(&cause, "cause", "", "only those that failed so: "+anyOf(control.Causes()))
	return cmd
}

func (p *program) retryDead(cmd *cobra.Command, q control.Query, cause string) error {
	if err := checkDirection("retry", q.Direction); err != nil {
		return err
	}
	if cause != "" && !slices.Contains(control.Causes(), cause) {
		return usageError{fmt.Errorf("retry: --cause %s is not one of %v", cause, control.Causes())} //nolint:err113 // shown, never compared
	}
	relay, err := p.reader()
	if err != nil {
		return err
	}
	n, err := relay.RetryDead(cmd.Context(), q, cause)
	if err == nil {
		p.Print("%d messages are back in the queue.\n", n)
	}
	return err
}
