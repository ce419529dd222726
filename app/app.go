// Package app is the program perch: its commands, the relay's supervisor, logging and start-up.
//
// It guarantees that every command takes --home before or after its name, that errors go to standard error as
// "perch: what: why; what to do" with exit code 1 (2 for wrong usage, 3 from "status" when the relay is not running, 4 from
// "start" and "restart" when the vault's passphrase is needed and nobody gave it), and that no secret is ever printed or
// logged.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/app/control"
	"perch/app/desk"
	"perch/app/version"
	"perch/bridge"
	"perch/bridge/secret"
)

// The exit codes.
const (
	exitFine       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitNotRunning = 3
	exitLocked     = desk.ExitLocked
)

// Streams are the standard streams of a run.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// program is one run of perch.
type program struct {
	Streams
	homeFlag string
	json     bool
	exit     int
	// isStarting is set by the commands that start a relay in the background.
	isStarting bool
	// phraseOnInput is set when the vault's passphrase comes on standard input.
	phraseOnInput bool
	readPhrase    func() (string, error) // made by ask
}

// Main runs perch with the arguments after the program's name and returns its exit code.
func Main(args []string, streams Streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{Streams: streams}
	root := p.root()
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		return p.complain(err)
	}
	return p.exit
}

// usageError is a command line that makes no sense.
type usageError struct{ err error }

func (u usageError) Error() string { return u.err.Error() }
func (u usageError) Unwrap() error { return u.err }

// usage makes an argument check report wrong usage.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			if !cmd.HasParent() {
				return usageError{err}
			}
			return usageError{fmt.Errorf("%s: %w", cmd.Name(), err)}
		}
		return nil
	}
}

func (p *program) complain(err error) int {
	var wrong usageError
	if errors.As(err, &wrong) {
		p.say("perch: %s; see: perch --help\n", oneLine(wrong.Error()))
		return exitUsage
	}
	p.say("perch: %s\n", sentence(err))
	if p.isStarting && errors.Is(err, secret.ErrNoPassphrase) {
		return exitLocked
	}
	return exitFailed
}

// sentence makes "what: why; what to do" of an error.
func sentence(err error) string {
	var e *bridge.Error
	if !errors.As(err, &e) {
		return oneLine(err.Error())
	}
	text := e.Message
	if e.Op != "" {
		text = e.Op + ": " + text
	}
	if cause := causeOf(e); cause != "" {
		text += " (" + cause + ")"
	}
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	return oneLine(text)
}

// causeOf returns the technical cause when it says more than the message does.
func causeOf(e *bridge.Error) string {
	if e.Err == nil || errors.Is(e.Err, control.ErrNotRunning) || errors.Is(e.Err, secret.ErrNoPassphrase) {
		return ""
	}
	return e.Err.Error()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use: "perch", Short: "Perch puts X (Twitter) into XCALLY Motion", SilenceErrors: true, SilenceUsage: true,
		Long: "Perch carries direct messages and mentions from X to XCALLY Motion and agents' replies back.\n" +
			"New here? perch demo shows it at work without any key; perch init writes the configuration.",
		Args: usage(cobra.NoArgs), RunE: p.runBare, Version: version.Number,
	}
	root.SetVersionTemplate("perch {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%s: %w", cmd.Name(), err)}
	})
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().StringVar(&p.homeFlag, "home", "", "folder for everything (default: $PERCH_HOME, else the usual folders)")
	root.AddCommand(
		p.relayCommand(), p.demoCommand(), p.initCommand(), p.secretCommand(), p.urlsCommand(), p.statusCommand(),
		p.startCommand(), p.stopCommand(), p.restartCommand(), p.reloadCommand(), p.pauseCommand(), p.resumeCommand(),
		p.trafficCommand(), p.showCommand(), p.retryCommand(), p.actCommand("discard"), p.actCommand("sent"), p.actCommand("resend"),
		p.logsCommand(), p.limitsCommand(), p.preflightCommand(), p.doctorCommand(), p.versionCommand(),
	)
	return root
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

// runBare is perch without a command: the desktop where there is one, else how things stand and what to do next.
func (p *program) runBare(cmd *cobra.Command, _ []string) error {
	if opened, err := p.openDesktop(cmd.Context()); opened || err != nil {
		return err
	}
	home, err := p.home()
	if err != nil {
		return err
	}
	if _, err := os.Stat(home.Config()); errors.Is(err, os.ErrNotExist) {
		p.print("Perch is not set up yet.\nNext: perch demo (shows it at work), then perch init (writes %s).\n", home.Config())
		return nil
	}
	if err := p.runStatus(cmd, nil); err != nil {
		return err
	}
	if p.exit == exitNotRunning {
		p.exit = exitFine
	}
	return nil
}
