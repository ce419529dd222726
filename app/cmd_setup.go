package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/postlen"
	"perch/bridge/secret"
	"perch/bridge/sqlite"
	"perch/bridge/webhook"
)

const (
	// maxSecret bounds a secret on standard input, in bytes.
	maxSecret = 16 << 10
	// maxPreflight bounds a text on standard input, in bytes.
	maxPreflight = 1 << 20
	// keyringService is the name under which the keyring shows Perch's secrets.
	keyringService = "perch"
)

func (p *program) initCommand() *cobra.Command {
	return &cobra.Command{
		Use: "init", Short: "Write a commented perch.toml to fill in", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runInit(cmd.Context()) },
	}
}

func (p *program) runInit(ctx context.Context) error {
	home, err := p.home()
	if err != nil {
		return err
	}
	if err := home.Make(); err != nil {
		return err
	}
	template, vault := config.Template(), ""
	if !NewLocalSettings(home).hasKeyring(ctx) {
		// A server has no keyring: the vault asks for a passphrase.
		template = bytes.Replace(template, []byte(`secrets = "keyring"`), []byte(`secrets = "vault"`), 1)
		vault = "\n     (this computer has no keyring, so they go into an encrypted file: choose a passphrase when asked)"
	}
	if err := writeNew(home.Config(), template); err != nil {
		return err
	}
	self := "perch"
	if p.homeFlag != "" {
		self += " --home " + p.homeFlag
	}
	p.print("Wrote %s.\nNext:\n"+
		"  1. Fill it in: receive_url and user.\n"+
		"  2. Store the keys of X's developer portal and Motion's password: %s secret set --channel support x.consumer_key\n"+
		"     then x.consumer_secret, x.access_token, x.access_token_secret and motion.password%s\n"+
		"  3. %s start\n"+
		"  4. %s urls shows what to paste into Motion.\n", home.Config(), self, vault, self, self)
	return nil
}

// writeNew writes a file that must not exist yet.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the program's own path
	if errors.Is(err, fs.ErrExist) {
		return &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "init", Message: path + " is there already",
			Remedy: "edit it, or move it away first",
		}
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

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
	cmd.AddCommand(set, remove, list)
	return cmd
}

// secretStore opens the store that perch.toml names and checks the key. A channel that is left out is the only one.
func (p *program) secretStore(channel, name string) (secret.Store, secret.Key, error) {
	home, c, err := p.config()
	if err != nil {
		return nil, secret.Key{}, err
	}
	key := secret.Key{Channel: channel, Name: name}
	if channel == "" && !strings.HasPrefix(name, "reach.") && len(c.Channels) == 1 {
		key.Channel = c.Channels[0].Name
	}
	if _, err := secret.ParseKey(key.String()); err != nil {
		return nil, key, err
	}
	if err := knownChannel(c, key); err != nil {
		return nil, key, err
	}
	store, err := p.secrets(home, c)
	return store, key, err
}

func knownChannel(c *config.Config, key secret.Key) error {
	if key.Channel == "" && strings.HasPrefix(key.Name, "reach.") {
		return nil
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

// secrets opens the store that the configuration names.
func (p *program) secrets(home config.Home, c *config.Config) (secret.Store, error) {
	if c.Secrets == "vault" {
		return secret.NewVault(home.Vault(), secret.SystemPassphrase(p.startLog(c), p.In, p.Err)), nil
	}
	if err := home.Make(); err != nil {
		return nil, err
	}
	return secret.NewKeyring(keyringService, home.Lock()+".keyring"), nil
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
	p.print("Stored %s. A running relay takes it up with: perch restart\n", key)
	return nil
}

// readSecret reads a value without echo from a terminal, else from standard input; one newline at its end is cut.
func (p *program) readSecret(key secret.Key) (string, error) {
	var raw []byte
	var err error
	if f, ok := p.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.say("%s: ", key)
		raw, err = term.ReadPassword(int(f.Fd()))
		p.say("\n")
	} else {
		raw, err = io.ReadAll(io.LimitReader(p.In, maxSecret+1))
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	switch {
	case err != nil:
		return "", err
	case value == "" || len(value) > maxSecret || !utf8.ValidString(value):
		return "", &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "secret set", Message: "the value is empty, too long or no text",
			Remedy: "pipe the value in, or type it when asked",
		}
	}
	return value, nil
}

func (p *program) deleteSecret(ctx context.Context, channel, name string) error {
	store, key, err := p.secretStore(channel, name)
	if err != nil {
		return err
	}
	if err := store.Delete(ctx, key); err != nil {
		return err
	}
	p.print("Deleted %s.\n", key)
	return nil
}

func (p *program) listSecrets(ctx context.Context) error {
	home, c, err := p.config()
	if err != nil {
		return err
	}
	store, err := p.secrets(home, c)
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
		return p.printJSON(names)
	}
	for _, key := range keys {
		p.print("%s\n", key)
	}
	if len(keys) == 0 {
		p.print("No secret is set yet.\n")
	}
	return nil
}

// urls asks the relay, or reads the journal when none runs.
func (p *program) urls(ctx context.Context) ([]control.URLs, error) {
	client, err := p.client()
	if err != nil {
		return nil, err
	}
	urls, err := client.URLs(ctx)
	if !errors.Is(err, control.ErrNotRunning) {
		return urls, err
	}
	return p.urlsOffline(ctx)
}

func (p *program) urlsOffline(ctx context.Context) ([]control.URLs, error) {
	home, c, err := p.config()
	if err != nil {
		return nil, err
	}
	if !hasPort(c.Listen) {
		return nil, &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "urls", Message: "the port is chosen at the start, and the relay is not running",
			Remedy: "run perch start first, or put a port into listen in perch.toml",
		}
	}
	if err := home.Make(); err != nil {
		return nil, err
	}
	lock, err := takeLock(home.Lock())
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Close() }()
	journal, err := sqlite.Open(ctx, home.Journal(), p.startLog(c))
	if err != nil {
		return nil, err
	}
	writing, end := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- journal.Run(writing) }()
	tokens, err := replyTokens(ctx, journal, c)
	end()
	err = errors.Join(err, <-done, journal.Close())
	// The address of a tunnel and the token of Motion's proxy are known to a running relay only.
	return makeURLs(c, c.Listen, tokens, configuredURL(c, nil, webhook.PathEvents)), err
}

func (p *program) preflightCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "preflight", Short: "Count a text on standard input as X counts a post", Args: usage(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			text, err := io.ReadAll(io.LimitReader(p.In, maxPreflight))
			if err != nil {
				return err
			}
			m := postlen.Measure(strings.TrimSuffix(string(text), "\n"))
			return json.NewEncoder(p.Out).Encode(map[string]any{
				"weighted_length": m.Weighted, "valid": m.Valid, "max": postlen.Max, "remaining": postlen.Max - m.Weighted,
			})
		},
	}
	return p.withJSON(cmd)
}
