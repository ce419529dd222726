package app

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/app/version"
	"perch/bridge"
)

func (p *program) statusCommand() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use: "status", Short: "Say how things stand (exit 3: the relay is not running)", Args: usage(cobra.NoArgs), RunE: p.runStatus,
	})
}

func (p *program) runStatus(cmd *cobra.Command, _ []string) error {
	client, err := p.client()
	if err != nil {
		return err
	}
	status, err := client.Status(cmd.Context())
	if errors.Is(err, control.ErrNotRunning) {
		return p.notRunning()
	}
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(status)
	}
	p.showStatus(status)
	return nil
}

func (p *program) notRunning() error {
	p.exit = exitNotRunning
	_, c, err := p.config()
	switch {
	case !p.json && errors.Is(err, fs.ErrNotExist):
		p.print("Perch is not set up yet. Begin with: perch init\n")
		return nil
	case !p.json:
		p.print("The relay is not running. Start it with: perch start\n")
		return nil
	}
	status := control.Status{State: control.StateStopped, Channels: []control.Channel{}, Version: version.Number, Journal: control.Link{State: bridge.LinkUnknown}}
	if err == nil {
		status.Listen, status.Reach.Mode = c.Listen, c.Reach.Mode
	}
	return p.printJSON(status)
}

var stateWords = map[string]string{
	control.StateRunning:  "Running",
	control.StatePaused:   "Paused: what comes in is kept, nothing is delivered. Go on with: perch resume",
	control.StateDegraded: "Running, but something needs a look",
}

func (p *program) showStatus(s control.Status) {
	if s.Journal.State == bridge.LinkDegraded {
		p.print("TROUBLE WITH THE JOURNAL%s: %s\n", sinceText(s.Journal.Since), s.Journal.Detail)
	}
	if s.Demo {
		p.print("This is the demo: X and Motion are simulated. It ends with: perch stop\n")
	}
	p.print("%s · listens on %s · version %s\n", stateWords[s.State], s.Listen, s.Version)
	p.print("Events come in by %s: %s\n", s.Reach.Mode, orDash(s.Reach.Detail, s.Reach.State))
	if s.Reach.PublicURL != "" {
		p.print("Public address: %s\n", s.Reach.PublicURL)
	}
	if s.Reach.Tunnel != nil {
		p.print("Tunnel (%s): %s\n", s.Reach.Tunnel.Kind, orDash(s.Reach.Tunnel.Detail, s.Reach.Tunnel.State))
	}
	for _, g := range s.Reach.Gaps {
		p.print("Gap %s–%s (%s): %d recovered%s\n", clock(g.From), clock(g.To), g.Channel, g.Recovered, lostText(g.Lost))
	}
	for _, c := range s.Channels {
		p.showChannel(c)
	}
}

func (p *program) showChannel(c control.Channel) {
	name := c.Name
	if c.Account != "" {
		name += " (@" + c.Account + ")"
	}
	p.print("\n%s\n", name)
	t := p.table()
	t.row("  X\t%s\t%s", c.X.State, c.X.Detail)
	t.row("  Motion\t%s\t%s", c.Motion.State, c.Motion.Detail)
	t.row("  Replies\t%s\t%s", orDash(c.Reply.State), c.Reply.Detail)
	t.row("  X → Motion\t%d delivered\t%d waiting, %d dead", c.Inbound.Delivered, c.Inbound.Queued, c.Inbound.Dead)
	t.row("  Motion → X\t%d delivered\t%d waiting, %d undecided, %d dead",
		c.Outbound.Delivered, c.Outbound.Queued, c.Outbound.Undecided, c.Outbound.Dead)
	t.flush()
	if c.Encrypted > 0 {
		p.print("  %d encrypted messages that only x.com can show\n", c.Encrypted)
	}
	for _, b := range c.Blocked {
		p.print("  Queue %s waits until %s: %s\n", b.Queue, clock(b.Until), b.Cause)
	}
	if n := c.Inbound.Dead + c.Outbound.Dead; n > 0 {
		p.print("  %s: perch traffic --state dead\n", needYou(n))
	}
	if c.Outbound.Undecided > 0 {
		p.print("  %s: perch traffic --state undecided\n", needYou(c.Outbound.Undecided))
	}
}

func sinceText(t *time.Time) string {
	if t == nil {
		return ""
	}
	return " since " + clock(*t)
}

func needYou(n int) string {
	if n == 1 {
		return "1 message needs you"
	}
	return fmt.Sprintf("%d messages need you", n)
}

func lostText(lost string) string {
	if lost == "" {
		return ""
	}
	return "; " + lost
}

func orDash(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return "–"
}

func (p *program) limitsCommand() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use: "limits", Short: "Show X's rate limits and what waits for them", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := p.client()
			if err != nil {
				return err
			}
			limits, err := client.Limits(cmd.Context())
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(limits)
			}
			p.showLimits(limits)
			return nil
		},
	})
}

func (p *program) showLimits(limits []control.Limit) {
	if len(limits) == 0 {
		p.print("X has not told any limit yet: it does so with every answer.\n")
		return
	}
	t := p.table()
	t.row("CHANNEL\tCALL\tWINDOW\tUSED\tLEFT\tRESETS\tWAITING")
	for _, l := range limits {
		for _, w := range l.Windows {
			t.row("%s\t%s\t%s\t%d of %d\t%d\t%s\t%d", l.Channel, l.Endpoint, w.Name, w.Limit-w.Remaining, w.Limit,
				w.Remaining, clock(w.ResetAt), l.Waiting)
		}
	}
	t.flush()
}

func (p *program) versionCommand() *cobra.Command {
	return p.withJSON(&cobra.Command{
		Use: "version", Short: "Print the version", Args: usage(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if p.json {
				return p.printJSON(map[string]string{"version": version.Number})
			}
			p.print("perch %s\n", version.Number)
			return nil
		},
	})
}
