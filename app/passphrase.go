package app

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/term"

	"perch/app/config"
	"perch/bridge/secret"
)

// envPassphraseFile names a file with the vault's passphrase.
const envPassphraseFile = "PERCH_VAULT_PASSPHRASE_FILE"

// passphraseSources are the variables by which a relay finds the passphrase without asking.
var passphraseSources = []string{envPassphraseFile, "CREDENTIALS_DIRECTORY", "PERCH_VAULT_PASSPHRASE"}

// startLog is the logger before the relay's own exists: warnings, to standard error.
func (p *program) startLog(*config.Config) *slog.Logger {
	return slog.New(slog.NewTextHandler(p.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// handPassphrase asks for the vault's passphrase here, because a relay in the background cannot, and hands it over by
// a pipe: it never shows up in arguments or in a file.
func (p *program) handPassphrase(ctx context.Context, cmd *exec.Cmd, home config.Home, c *config.Config) error {
	terminal, ok := p.In.(*os.File)
	if c.Secrets != "vault" || !ok || !term.IsTerminal(int(terminal.Fd())) || runtime.GOOS == "windows" {
		return nil
	}
	for _, name := range passphraseSources {
		if os.Getenv(name) != "" {
			return nil
		}
	}
	ask := secret.SystemPassphrase(p.startLog(c), p.In, p.Err)
	phrase, err := ask(false)
	if err != nil {
		return err
	}
	check := secret.NewVault(home.Vault(), func(bool) (string, error) { return phrase, nil })
	if _, err := check.List(ctx); err != nil {
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.ExtraFiles = []*os.File{r}
	cmd.Env = append(cmd.Env, envPassphraseFile+"=/dev/fd/3")
	_, err = w.WriteString(phrase) // fits into the pipe's buffer
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	return err
}
