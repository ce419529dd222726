package command

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/app/desk"
	"perch/bridge"
	"perch/bridge/secret"
)

// withPassphrase lets whoever starts a relay without a terminal hand the vault's passphrase over: by standard input it
// shows up neither in arguments nor in a file.
func (p *program) withPassphrase(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVar(&p.phraseOnInput, strings.TrimPrefix(desk.PassphraseFlag, "--"), false, "read the vault's passphrase from standard input")
	return cmd
}

// ask is how the vault of a home gets its passphrase in this run. Standard input is read once.
func (p *program) ask(home config.Home) secret.Passphrase {
	if p.phraseOnInput {
		if p.readPhrase == nil {
			p.readPhrase = sync.OnceValues(func() (string, error) { return readPhrase(p.In) })
		}
		return func(bool) (string, error) { return p.readPhrase() }
	}
	return secret.SystemPassphrase(home.Passphrase(), p.startLog(), p.In, p.Err)
}

// passphraseFor returns the passphrase that a relay has to be given, because in the background it can ask nobody; "" when
// it needs none or finds it by itself. Wherever it comes from, it is tried before anything is started or stopped.
func (p *program) passphraseFor(ctx context.Context, home config.Home, c *config.Config) (string, error) {
	if c.Secrets != config.SecretsVault || (!p.phraseOnInput && !home.HasVault()) {
		return "", nil // where there is no vault yet, there is nothing to open
	}
	phrase, err := p.ask(home)(false)
	if err != nil {
		return "", err
	}
	if _, err = secret.NewVault(home.Vault(), secret.Fixed(phrase)).List(ctx); err != nil {
		return "", err
	}
	if !p.phraseOnInput && secret.HasPassphrase(home.Passphrase()) {
		return "", nil
	}
	return phrase, nil
}

func readPhrase(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, maxPhrase)).ReadString('\n')
	phrase := strings.TrimRight(line, "\r\n")
	if phrase != "" && (err == nil || errors.Is(err, io.EOF)) {
		return phrase, nil
	}
	return "", &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "open the vault of secrets", Message: "standard input holds no passphrase",
		Remedy: "give it with perch start --passphrase-stdin, or let Perch keep it: perch secret keep", Err: secret.ErrNoPassphrase,
	}
}

// maxPhrase bounds a passphrase on standard input, in bytes.
const maxPhrase = 4 << 10
