package command

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/app/settings"
)

// chatOptions are what the chat commands take.
type chatOptions struct {
	channel string
	yes     bool
}

func (p *program) chatCommand() *cobra.Command {
	var o chatOptions
	of := func(use, short string, run func(context.Context, chatOptions) error) *cobra.Command {
		cmd := p.withJSON(&cobra.Command{
			Use: use, Short: short, Args: usage(noValue), RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
		})
		cmd.Flags().StringVar(&o.channel, "channel", "", "name of the channel (needed only when there are several)")
		return cmd
	}
	unlock := of("unlock", "Get the account's keys back with its PIN, which is read from standard input or asked for", p.unlockChat)
	unlock.Flags().BoolVar(&o.yes, "yes", false, "try also when three guesses or fewer are left")
	cmd := &cobra.Command{
		Use: "chat", Short: "Let Perch read and answer encrypted messages (X Chat)", Args: usage(cobra.NoArgs),
		Long: "With the account's own keys of X Chat, Perch reads encrypted messages and encrypts the answers.\n" +
			"It never registers, rotates or replaces the account's keys at X.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		of("import", "Store the account's keys, which are read from standard input or asked for", p.importChat), unlock,
		of("status", "Say how encrypted chat is (exit 3: the relay is not running)", p.chatStatus),
		of("forget", "Delete the keys; a running relay drops its keys of conversations with them", p.forgetChat),
	)
	return cmd
}

// errTyped is about a value on the command line, where other programs see it. It does not repeat it.
var errTyped = errors.New("it takes no value on the command line, where other programs see it: pipe it in, or type it when asked")

func noValue(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return errTyped
	}
	return nil
}

// chatBackend is the running relay, or this home's files when none runs. It is chosen before anything is tried: an attempt
// that was lost on the way must not be made a second time.
func (p *program) chatBackend(ctx context.Context) (control.ChatBackend, error) {
	client, err := p.client()
	if err != nil {
		return nil, err
	}
	if _, err = client.Status(ctx); err == nil {
		return client, nil
	} else if !errors.Is(err, control.ErrNotRunning) {
		return nil, err
	}
	local, err := p.localChat()
	if err != nil {
		return nil, err
	}
	return local, nil
}

// localChat is this home's files. The vault asks for its passphrase at the terminal.
func (p *program) localChat() (*settings.Local, error) {
	home, c, store, err := p.secrets()
	if err != nil {
		return nil, err
	}
	return settings.New(home).With(c.Secrets, store), nil
}
