// Package command is the command line of perch: one file for each command.
//
// It guarantees that every command takes --home before or after its name, that errors go to standard error as
// "perch: what: why; what to do" with exit code 1 (2 for wrong usage, 3 from "status", "service status", "chat status" and "metrics" when the relay is
// not running, those of Nagios from "status --check", 4 from "start" and "restart" when the vault's passphrase is needed and nobody gave it), and that no secret is
// ever printed or logged.
package command

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"perch/app/terminal"
	"perch/app/version"
)

// Run runs perch with the arguments after the program's name and returns its exit code.
func Run(ctx context.Context, args []string, streams Streams) int {
	p := &program{In: streams.In, Printer: terminal.Printer{Out: streams.Out, Err: streams.Err}}
	root := p.root()
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		return p.complain(err)
	}
	return p.exit
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use: "perch", Short: "Perch puts X (Twitter) into XCALLY Motion", SilenceErrors: true, SilenceUsage: true,
		Long: "Perch carries direct messages and mentions from X to XCALLY Motion and agents' replies back.\n" +
			"New here? perch demo shows it at work without any key; perch init writes the configuration.",
		Args: usage(cobra.NoArgs), RunE: p.runBare, Version: version.Number, PersistentPreRunE: p.refuseSudo,
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
		p.relayCommand(), p.demoCommand(), p.initCommand(), p.secretCommand(), p.chatCommand(), p.urlsCommand(), p.statusCommand(),
		p.startCommand(), p.stopCommand(), p.restartCommand(), p.reloadCommand(), p.pauseCommand(), p.resumeCommand(),
		p.trafficCommand(), p.conversationCommand(), p.showCommand(), p.retryCommand(), p.actCommand("discard"), p.actCommand("sent"), p.actCommand("resend"), p.editCommand(),
		p.xCommand(), p.logsCommand(), p.limitsCommand(), p.costsCommand(), p.preflightCommand(), p.doctorCommand(), p.versionCommand(), p.updateCommand(),
		p.backupCommand(), p.restoreCommand(), p.serviceCommand(), p.webCommand(), p.exportCommand(), p.supportCommand(), p.metricsCommand(), p.alertCommand(),
	)
	return root
}

// Streams are the standard streams of a run.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}
