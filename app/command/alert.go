package command

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"perch/app/adapter"
	"perch/app/alarm"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/alert/send"
)

func (p *program) alertCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "alert", Short: "See and try who is told of trouble", Args: usage(cobra.NoArgs),
		Long: "Alerts tell people of trouble who are not at the desk: by webhook, Slack, Teams, Google Chat or e-mail. Each is an [[alert]]\n" +
			"in perch.toml; a heartbeat is a call whose absence is the alarm. See docs/alerts.md.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	test := p.withJSON(&cobra.Command{
		Use: "test [NAME]", Short: "Send a test by all alerts, or by one, and say whether it arrived", Args: usage(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				name = args[0]
			}
			return p.testAlerts(cmd.Context(), name)
		},
	})
	list := p.withJSON(&cobra.Command{
		Use: "list", Short: "List the alerts, and the troubles that they tell of", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.listAlerts(cmd.Context()) },
	})
	cmd.AddCommand(test, list)
	return cmd
}

// testAlerts lets the relay send a test, or sends it where none runs.
func (p *program) testAlerts(ctx context.Context, name string) error {
	client, err := p.client()
	if err != nil {
		return err
	}
	defer client.Close()
	tests, err := client.TestAlerts(ctx, name)
	if errors.Is(err, control.ErrNotRunning) {
		tests, err = p.tryAlerts(ctx, name)
	}
	if err != nil {
		return err
	}
	for _, t := range tests {
		if !t.OK {
			p.exit = exitFailed
		}
	}
	if p.json {
		return p.JSON(tests)
	}
	if len(tests) == 0 {
		p.sayNoAlerts()
	}
	for _, t := range tests {
		p.showTest(t)
	}
	return nil
}

func (p *program) showTest(t control.AlertTest) {
	if t.OK {
		p.Print("%s (%s): sent; %s.\n", t.Name, t.Kind, t.Message)
	} else {
		p.Print("%s (%s): NOT sent; %s.\n", t.Name, t.Kind, t.Message)
	}
	if t.Remedy != "" {
		p.Print("  What to do: %s\n", t.Remedy)
	}
}

// tryAlerts sends a test without a relay.
func (p *program) tryAlerts(ctx context.Context, name string) ([]control.AlertTest, error) {
	_, c, store, err := p.secrets()
	if err != nil {
		return nil, err
	}
	if len(c.Alerts) == 0 && name == "" {
		return []control.AlertTest{}, nil
	}
	only := *c
	only.Channels = nil // nothing of a channel is needed
	values, err := adapter.ReadSecrets(ctx, store, &only)
	if err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: "test alerts", Message: "this computer has no name", Remedy: "give it one", Err: err}
	}
	sender := send.New(nil)
	defer sender.Close()
	return alarm.Try(ctx, sender, c.Alerts, values, host, name)
}

func (p *program) sayNoAlerts() {
	p.Print("Nobody is told of trouble: perch.toml has no [[alert]]. perch init shows how one looks; then: perch reload\n")
}

func (p *program) listAlerts(ctx context.Context) error {
	relay, err := p.reader()
	if err != nil {
		return err
	}
	list, err := relay.Alerts(ctx)
	if err != nil {
		return err
	}
	p.noteStopped(relay)
	if p.json {
		return p.JSON(list)
	}
	if len(list.Alerts) == 0 {
		p.sayNoAlerts()
		return nil
	}
	p.showAlerts(list, relay.IsStopped())
	return nil
}

var alertStates = map[string]string{
	control.AlertReady: "nothing sent since the start", control.AlertWorks: "works", control.AlertFailing: "CANNOT BE SENT",
}

func (p *program) showAlerts(list control.AlertList, isStopped bool) {
	t := p.Table()
	t.Row("ALERT\tKIND\tSTATE\tLAST SENT\tWAITING")
	for _, a := range list.Alerts {
		state, sent := alertStates[a.State], "–"
		if isStopped {
			state = "the relay is not running"
		}
		if a.LastSent != nil {
			sent = clock(*a.LastSent)
		}
		t.Row("%s\t%s\t%s\t%s\t%d", a.Name, a.Kind, state, sent, a.Waiting)
	}
	t.Flush()
	for _, a := range list.Alerts {
		if a.Failure != nil {
			p.Print("%s: %s.\n  What to do: %s\n", a.Name, a.Failure.Message, a.Failure.Remedy)
		} else if a.Detail != "" {
			p.Print("%s: %s.\n", a.Name, a.Detail)
		}
	}
	if len(list.Causes) == 0 {
		p.Print("No trouble is open.\n")
		return
	}
	p.Print("Open troubles:\n")
	for _, c := range list.Causes {
		p.Print("  %s%s: %s (since %s; %s)\n", c.Title, placeText(control.Condition{Channel: c.Channel}, true), c.What, clock(c.Since), toldText(c))
	}
}

// toldText says who was told of a trouble.
func toldText(c control.AlertCause) string {
	var parts []string
	for _, t := range c.Told {
		parts = append(parts, t.Alert+" at "+clock(t.At))
	}
	text := "not told yet"
	if len(parts) > 0 {
		text = "told by " + strings.Join(parts, ", ")
	}
	if len(c.Sending) > 0 {
		text += "; not got through yet: " + strings.Join(c.Sending, ", ")
	}
	return text
}
