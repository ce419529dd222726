package command

import (
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/app/control"
	"perch/app/desk"
	"perch/app/kept"
	"perch/app/terminal"
)

// The exit codes.
const (
	exitFine       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitNotRunning = 3
	exitLocked     = desk.ExitLocked
)

// program is one run of perch.
type program struct {
	In io.Reader
	terminal.Printer
	homeFlag string
	json     bool
	exit     int
	// isStarting is set by the commands that start a relay in the background.
	isStarting bool
	// phraseOnInput is set when the vault's passphrase comes on standard input.
	phraseOnInput bool
	readPhrase    func() (string, error) // made by ask
}

// withJSON adds --json to a command that prints data.
func (p *program) withJSON(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVar(&p.json, "json", false, "print JSON")
	return cmd
}

func (p *program) home() (config.Home, error) { return config.FindHome(p.homeFlag) }

// config reads perch.toml.
func (p *program) config() (config.Home, *config.Config, error) {
	home, err := p.home()
	if err != nil {
		return home, nil, err
	}
	c, err := config.Load(home.Config())
	return home, c, err
}

func (p *program) client() (*control.Client, error) {
	home, err := p.home()
	if err != nil {
		return nil, err
	}
	return control.NewClient(home.Socket()), nil
}

// reader returns the relay, or what its journal keeps while none runs.
func (p *program) reader() (*kept.Relay, error) {
	home, err := p.home()
	if err != nil {
		return nil, err
	}
	return kept.With(control.NewClient(home.Socket()), home), nil
}

// noteStopped says on standard error that nothing runs, when what was read is what the journal keeps.
func (p *program) noteStopped(relay *kept.Relay) {
	if line := relay.Line(time.Now()); line != "" {
		p.Say("%s\n", line)
	}
}

// startLog is the logger before the relay's own exists: warnings, to standard error.
func (p *program) startLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(p.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
