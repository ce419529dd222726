package command

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/app/settings"
	"perch/app/terminal"
	"perch/bridge"
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
	template, vault := config.Template(), terminal.Multiline("")
	if !settings.New(home).HasKeyring(ctx) {
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
	p.Print("Wrote %s.\nNext:\n"+
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
