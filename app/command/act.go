package command

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"perch/app/kept"
)

// target reads the number of a message.
func (p *program) target(args []string) (*kept.Relay, int64, error) {
	id, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return nil, 0, usageError{fmt.Errorf("%q is not the number of a message (the first column of perch traffic)", args[0])} //nolint:err113 // shown, never compared
	}
	relay, err := p.reader()
	return relay, id, err
}

var actTexts = map[string][2]string{
	"retry":   {"", "Message %d is back in the queue.\n"},
	"discard": {"Drop a message that was not delivered", "Message %d is discarded.\n"},
	"sent":    {"Settle an undecided message: it did go out", "Message %d counts as delivered; of a thread, what is missing follows.\n"},
	"resend":  {"Settle an undecided message: it did not go out, so send it", "Message %d is back in the queue.\n"},
}

func (p *program) actCommand(act string) *cobra.Command {
	return &cobra.Command{
		Use: act + " ID", Short: actTexts[act][0], Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return p.act(cmd, args, act) },
	}
}

func (p *program) act(cmd *cobra.Command, args []string, act string) error {
	relay, id, err := p.target(args)
	if err != nil {
		return err
	}
	if err := relay.Act(cmd.Context(), id, act); err != nil {
		return err
	}
	p.Print(actTexts[act][1], id)
	return nil
}
