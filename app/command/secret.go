package command

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/bridge"
	"perch/bridge/secret"
)

const (
	// maxSecret bounds a secret on standard input, in bytes.
	maxSecret = 16 << 10
)

func (p *program) secretCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "secret", Short: "Store, list or delete keys and passwords", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var channel string
	set := &cobra.Command{
		Use: "set KEY", Short: "Store a secret; its value is read from standard input or asked for", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return p.setSecret(cmd.Context(), channel, args[0]) },
	}
	remove := &cobra.Command{
		Use: "delete KEY", Short: "Delete a secret", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return p.deleteSecret(cmd.Context(), channel, args[0]) },
	}
	for _, c := range []*cobra.Command{set, remove} {
		c.Flags().StringVar(&channel, "channel", "", "name of the channel (needed only when there are several)")
	}
	list := p.withJSON(&cobra.Command{
		Use: "list", Short: "List the names of the secrets that are set, never their values", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.listSecrets(cmd.Context()) },
	})
	move := &cobra.Command{
		Use: "move vault|keyring", Short: "Move all secrets to the other place and say so in perch.toml", Args: usage(cobra.ExactArgs(1)),
		ValidArgs: []string{config.SecretsVault, config.SecretsKeyring},
		RunE:      func(cmd *cobra.Command, args []string) error { return p.moveSecrets(cmd.Context(), args[0]) },
	}
	keep := p.withPassphrase(&cobra.Command{
		Use: "keep", Short: "Keep the vault's passphrase in a file that only you can read, so that Perch opens the vault by itself",
		Long: "Keep the vault's passphrase in a file that only you can read, so that Perch opens the vault by itself. Where there is no\n" +
			fmt.Sprintf("vault yet, this chooses its passphrase, of at least %d characters.", secret.LeastPhrase),
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.keepPassphrase(cmd.Context()) },
	})
	cmd.AddCommand(set, remove, list, move, keep)
	return cmd
}

// secretStore opens the store that perch.toml names and checks the key. A channel that is left out is the only one.
func (p *program) secretStore(channel, name string) (secret.Store, secret.Key, error) {
	home, c, err := p.config()
	if err != nil {
		return nil, secret.Key{}, err
	}
	key := secret.Key{Channel: channel, Name: name}
	if channel == "" && !strings.HasPrefix(name, "reach.") && !secret.IsAlert(name) && len(c.Channels) == 1 {
		key.Channel = c.Channels[0].Name
	}
	if _, err := secret.ParseKey(key.String()); err != nil {
		return nil, key, err
	}
	if err := checkChannel(c, key); err != nil {
		return nil, key, err
	}
	store, err := p.openStore(home, c)
	return store, key, err
}

func checkChannel(c *config.Config, key secret.Key) error {
	if key.Channel == "" && strings.HasPrefix(key.Name, "reach.") {
		return nil
	}
	if key.Channel == "" && secret.IsAlert(key.Name) {
		return checkAlert(c, key)
	}
	var names []string
	for _, ch := range c.Channels {
		if ch.Name == key.Channel {
			return nil
		}
		names = append(names, ch.Name)
	}
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "secret", Message: "there is no channel " + strings.TrimSpace(`"`+key.Channel+`"`),
		Remedy: "name one of perch.toml with --channel: " + strings.Join(names, ", "),
	}
}

// checkAlert refuses a secret of an alert that perch.toml does not have: nobody would ever look at it.
func checkAlert(c *config.Config, key secret.Key) error {
	var names []string
	for _, a := range c.Alerts {
		if slices.Contains(secret.AlertNames(a.Name), key.Name) {
			return nil
		}
		names = append(names, a.Name)
	}
	e := &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "secret", Message: "perch.toml has no alert of that name",
		Remedy: "write the [[alert]] first, with its name and kind",
	}
	if len(names) > 0 {
		e.Remedy = "name one of perch.toml (" + strings.Join(names, ", ") + "), or write the [[alert]] first"
	}
	return e
}

func (p *program) setSecret(ctx context.Context, channel, name string) error {
	store, key, err := p.secretStore(channel, name)
	if err != nil {
		return err
	}
	value, err := p.readSecret(key)
	if err != nil {
		return err
	}
	if err := store.Set(ctx, key, value); err != nil {
		return err
	}
	p.tellRelay(ctx, "Stored", key)
	return nil
}

func (p *program) readSecret(key secret.Key) (string, error) {
	return p.readHidden("secret set", key.String(), maxSecret)
}

func (p *program) deleteSecret(ctx context.Context, channel, name string) error {
	store, key, err := p.secretStore(channel, name)
	if err != nil {
		return err
	}
	if err := store.Delete(ctx, key); err != nil {
		return err
	}
	p.tellRelay(ctx, "Deleted", key)
	return nil
}

func (p *program) listSecrets(ctx context.Context) error {
	_, _, store, err := p.secrets()
	if err != nil {
		return err
	}
	keys, err := store.List(ctx)
	if err != nil {
		return err
	}
	if p.json {
		names := []string{}
		for _, key := range keys {
			names = append(names, key.String())
		}
		return p.JSON(names)
	}
	for _, key := range keys {
		p.Print("%s\n", key)
	}
	if len(keys) == 0 {
		p.Print("No secret is set yet.\n")
	}
	return nil
}
