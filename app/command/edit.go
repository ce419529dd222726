package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/app/kept"
)

// maxEdit is the longest text that is read, in bytes: more than X takes of any kind.
const maxEdit = 256 << 10

// editOptions are the flags of perch edit.
type editOptions struct {
	text   string
	isSaid bool // by --text
	isSure bool
}

func (p *program) editCommand() *cobra.Command {
	var o editOptions
	cmd := &cobra.Command{
		Use: "edit ID", Short: "Give a reply that failed another text and send it; the text is read from standard input", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.isSaid = cmd.Flags().Changed("text")
			relay, id, err := p.target(args)
			if err != nil {
				return err
			}
			return p.edit(cmd.Context(), relay, id, o)
		},
	}
	cmd.Flags().StringVar(&o.text, "text", "", "the new text")
	cmd.Flags().BoolVar(&o.isSure, "yes", false, "do not ask")
	return cmd
}

func (p *program) edit(ctx context.Context, relay *kept.Relay, id int64, o editOptions) error {
	detail, err := relay.Message(ctx, id)
	if err != nil {
		return err
	}
	isAsked := p.isTerminal()
	if !o.isSure && !isAsked {
		return usageError{errors.New("edit: say --yes where nobody can be asked")} //nolint:err113 // shown, never compared
	}
	text := o.text
	if !o.isSaid {
		if isAsked {
			p.Say("It said: %s\nType the new text, then Ctrl+D (under Windows Ctrl+Z and Enter):\n", detail.Text)
		}
		read, err := io.ReadAll(io.LimitReader(p.In, maxEdit))
		if err != nil {
			return err
		}
		text = string(read)
	}
	if !o.isSure {
		if err := p.confirm("edit", p.repeats(ctx, relay, &detail.Message)+"Send it now?"); err != nil {
			return err
		}
	}
	if err := relay.Edit(ctx, id, strings.TrimSpace(text)); err != nil {
		return err
	}
	p.Print("Message %d is back in the queue with the new text. The agent is told what was sent.\n", id)
	return nil
}

// repeats says why the customer may get an answer twice.
func (p *program) repeats(ctx context.Context, relay *kept.Relay, m *control.Message) string {
	const why = "The agent was told that this reply failed, and may have written again"
	later, err := relay.Messages(ctx, control.Query{Channel: m.Channel, Direction: "out", After: m.ID})
	if err != nil {
		return why + ". "
	}
	n := 0
	for _, other := range later {
		if other.To == m.To && other.Kind != "note" && (other.State == "delivered" || other.State == "queued" || other.State == "sending") {
			n++
		}
	}
	if n == 0 {
		return why + "; no later reply to this customer is here. "
	}
	return fmt.Sprintf("%s: %d later replies to this customer are here (perch traffic --direction out). ", why, n)
}
