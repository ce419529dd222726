package command

import (
	"bufio"
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"perch/app/backup"
	"perch/app/control"
	"perch/app/ingress"
	"perch/app/kept"
	"perch/app/lockfile"
	"perch/bridge"
	"perch/bridge/sqlite"
)

func (p *program) urlsCommand() *cobra.Command {
	var isWrite, isYes bool
	var channel string
	cmd := p.withJSON(&cobra.Command{
		Use: "urls", Short: "Show the addresses to paste into Motion and X", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if isWrite {
				return p.writeReplyURL(cmd.Context(), channel, isYes)
			}
			return p.showURLs(cmd.Context())
		},
	})
	cmd.Flags().BoolVar(&isWrite, "write", false, "write the Reply URL into Motion's Open Channel account; the relay has to run")
	cmd.Flags().BoolVar(&isYes, "yes", false, "with --write: do not ask before a Reply URL in Motion is replaced")
	cmd.Flags().StringVar(&channel, "channel", "", "with --write: name of the channel (needed only when there are several)")
	return cmd
}

func (p *program) showURLs(ctx context.Context) error {
	urls, err := p.urls(ctx)
	if err != nil {
		return err
	}
	if p.json {
		return p.JSON(urls)
	}
	for _, u := range urls {
		p.Print("%s\n  Reply URL (Motion: Open Channel account, Reply URL):\n    %s\n", u.Channel, u.ReplyURL)
		p.Print("  Webhook URL (X reaches Perch here; needed for mode = \"webhook\" only):\n    %s\n", orDash(u.WebhookURL, "the tunnel gives it while the relay runs"))
	}
	return nil
}

// writeReplyURL asks before it replaces what Motion has.
func (p *program) writeReplyURL(ctx context.Context, channel string, isYes bool) error {
	client, err := p.client()
	if err != nil {
		return err
	}
	if channel == "" {
		urls, err := client.URLs(ctx)
		if err != nil {
			return err
		}
		if len(urls) != 1 {
			return usageError{errors.New("urls --write: name the channel with --channel")} //nolint:err113 // shown, never compared
		}
		channel = urls[0].Channel
	}
	now, err := client.ReplyURL(ctx, channel)
	if err != nil {
		return err
	}
	if now.IsSet {
		return p.saidOf(now, "Motion's account of channel %s has the Reply URL of this Perch already. Nothing was written.\n", channel)
	}
	if now.InMotion != "" && !isYes {
		p.Say("Motion has another Reply URL: %s\n", now.InMotion)
		if err := p.confirm("urls --write", "Replace it?"); err != nil {
			return err
		}
	}
	if now, err = client.WriteReplyURL(ctx, channel, now.InMotion); err != nil {
		return err
	}
	return p.saidOf(now, "The Reply URL of this Perch was written into Motion's account of channel %s, and read again.\n", channel)
}

// saidOf prints what Motion has, or a sentence about it.
func (p *program) saidOf(now control.ReplyURL, sentence, channel string) error {
	if p.json {
		return p.JSON(now)
	}
	p.Print(sentence, channel)
	return nil
}

// confirm returns nil when the person types yes.
func (p *program) confirm(op, question string) error {
	p.Say("%s (yes/no) ", question)
	line, _ := bufio.NewReader(p.In).ReadString('\n') // no line is no yes
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: op, Message: "nothing was changed", Remedy: "say yes when asked, or give --yes",
	}
}

// urls asks the relay, or reads the journal when none can be asked.
func (p *program) urls(ctx context.Context) ([]control.URLs, error) {
	relay, err := p.reader()
	if err != nil {
		return nil, err
	}
	urls, err := relay.URLs(ctx)
	if errors.Is(err, kept.ErrNoAddress) {
		return p.makeURLs(ctx)
	}
	if err == nil {
		p.noteStopped(relay)
	}
	return urls, err
}

// makeURLs gives the channels that have none yet their addresses.
func (p *program) makeURLs(ctx context.Context) ([]control.URLs, error) {
	home, c, err := p.config()
	if err != nil {
		return nil, err
	}
	if err := home.Make(); err != nil {
		return nil, err
	}
	lock, err := lockfile.Take(home.Lock())
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Close() }()
	if err := backup.CheckPending(home, "urls"); err != nil {
		return nil, err
	}
	journal, err := sqlite.Open(ctx, home.Journal(), p.startLog())
	if err != nil {
		return nil, err
	}
	writing, end := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- journal.Run(writing) }()
	tokens, err := ingress.ReplyTokens(ctx, journal, c)
	end()
	err = errors.Join(err, <-done, journal.Close())
	return kept.AddressesOf(c, tokens), err
}
