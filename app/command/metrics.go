package command

import (
	"errors"

	"github.com/spf13/cobra"

	"perch/app/control"
)

func (p *program) metricsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "metrics", Short: "Print the relay's figures for Prometheus (exit 3: the relay is not running)", Args: usage(cobra.NoArgs),
		Long: "Prints all figures in Prometheus' text format, for the textfile collector of its node_exporter for example.\n" +
			"Where no relay runs it prints perch_up 0, so that a file which is written each minute says so too.\n" +
			"With [metrics] listen in perch.toml, Prometheus can fetch them itself.",
		RunE: p.runMetrics,
	}
}

func (p *program) runMetrics(cmd *cobra.Command, _ []string) error {
	client, err := p.client()
	if err != nil {
		return err
	}
	text, err := client.Metrics(cmd.Context())
	if errors.Is(err, control.ErrNotRunning) {
		p.exit = exitNotRunning
		p.Say("perch: metrics: %s\n", sentence(err))
		p.Print("# HELP perch_up 1: the relay runs and answers.\n# TYPE perch_up gauge\nperch_up 0\n")
		return nil
	}
	if err != nil {
		return err
	}
	_, err = p.Out.Write(text)
	return err
}
