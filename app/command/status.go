package command

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"perch/app/backup"
	"perch/app/control"
	"perch/app/kept"
	"perch/bridge"
)

func (p *program) statusCommand() *cobra.Command {
	c := checking{}
	cmd := p.withJSON(&cobra.Command{
		Use: "status", Short: "Say how things stand (exit 3: the relay is not running, or does not answer)", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !c.isOn && (cmd.Flags().Changed("warning") || cmd.Flags().Changed("critical")) {
				return usageError{errors.New("status: --warning and --critical belong to --check")} //nolint:err113 // shown, never compared
			}
			if !c.isOn {
				return p.runStatus(cmd, args)
			}
			if err := c.usage(p.json); err != nil {
				return err
			}
			p.check(cmd.Context(), c)
			return nil
		},
	})
	cmd.Flags().BoolVar(&c.isOn, "check", false, "one line for a monitor, and its exit codes: 0 well, 1 mends by itself, 2 needs you or does not run, 3 cannot tell")
	cmd.Flags().DurationVar(&c.warning, "warning", 5*time.Minute, "with --check: exit 1 when a message has waited for so long; 0: never")
	cmd.Flags().DurationVar(&c.critical, "critical", 30*time.Minute, "with --check: exit 2 when a message has waited for so long; 0: never")
	return cmd
}

func (p *program) runStatus(cmd *cobra.Command, _ []string) error {
	relay, err := p.reader()
	if err != nil {
		return err
	}
	status, err := relay.Status(cmd.Context())
	switch {
	case errors.Is(err, control.ErrNotRunning), err == nil && status.State == control.StateStopped:
		return p.showStopped(cmd.Context(), status, err)
	case err != nil:
		return err
	case p.json && status.State == control.StateSilent:
		p.exit = exitNotRunning
		return p.JSON(status)
	case p.json:
		return p.JSON(status)
	case status.State == control.StateSilent:
		p.showSilent(status)
	default:
		p.showStatus(status)
	}
	return nil
}

// showStopped says how things stand while no relay runs: what waits, and what needs a person. err is that of a journal that
// is not there.
func (p *program) showStopped(ctx context.Context, status control.Status, err error) error {
	p.exit = exitNotRunning
	home, homeErr := p.home()
	if homeErr != nil {
		return homeErr
	}
	if p.json {
		status.Service = p.serviceKind(ctx, home)
		return p.JSON(status)
	}
	_, _, configErr := p.config()
	switch {
	case backup.IsPending(home):
		p.Print("A restore was interrupted. Finish it with: perch start\n")
	case errors.Is(configErr, fs.ErrNotExist):
		p.Print("Perch is not set up yet. Begin with: perch init\n")
	case err != nil:
		p.Print("The relay is not running. Start it with: perch start\n")
		p.showBackups(status.Backup)
	default:
		line := kept.Line
		if _, isUnreadable := status.Of(control.SideKept, ""); isUnreadable {
			line = kept.Stopped
		}
		p.Print("The relay is not running. Start it with: perch start\n%s\n", line(status.StoppedAt, time.Now()))
		p.showKept(status)
	}
	return nil
}

// showSilent says how things stand while a relay works on the folder that cannot be asked.
func (p *program) showSilent(s control.Status) {
	p.exit = exitNotRunning
	p.Print("%s · %s\nWhat to do: %s\n", s.Face().Words(), kept.Silent(*s.Silence), s.Silence.Remedy)
	if len(s.Channels) > 0 {
		p.Print("This is what the journal keeps.\n")
	}
	p.showKept(s)
}

// showKept shows what a journal tells.
func (p *program) showKept(s control.Status) {
	p.showConditions(s)
	p.showBackups(s.Backup)
	for _, c := range s.Channels {
		p.showChannel(c)
	}
}

func (p *program) showStatus(s control.Status) {
	if s.Demo {
		p.Print("This is the demo: X and Motion are simulated. It ends with: perch stop\n")
	}
	if full, found := s.Of(control.SideJournal, ""); found { // the first line says it, whoever reads no more than that
		p.Print("%s · %s%s: %s; %s\n", s.Face().Words(), full.Title(), timeText(full), full.What, full.Remedy)
	}
	p.Print("%s · listens on %s · version %s\n", s.Face().Words(), s.Listen, s.Version)
	p.showConditions(s)
	p.Print("Events come in by %s: %s\n", s.Reach.Mode, orDash(s.Reach.Detail, s.Reach.State))
	if s.Reach.PublicURL != "" {
		p.Print("Public address: %s\n", s.Reach.PublicURL)
	}
	if s.Reach.Tunnel != nil {
		p.Print("Tunnel (%s): %s\n", s.Reach.Tunnel.Kind, orDash(s.Reach.Tunnel.Detail, s.Reach.Tunnel.State))
	}
	if s.Update != nil && s.Update.Error != "" {
		p.Print("Looking for a newer Perch failed: %s\n", s.Update.Error)
	}
	p.showFigures(s.Figures)
	for _, g := range s.Reach.Gaps {
		p.Print("Gap %s–%s (%s): %d recovered%s\n", clock(g.From), clock(g.To), g.Channel, g.Recovered, lostText(g.Lost))
	}
	p.showBackups(s.Backup)
	for _, c := range s.Channels {
		p.showChannel(c)
	}
}

func (p *program) showFigures(f *control.Figures) {
	switch {
	case f == nil:
	case f.Failure != nil:
		p.Print("For Prometheus: %s; %s\n", f.Failure.Message, f.Failure.Remedy)
	default:
		p.Print("For Prometheus: http://%s/metrics\n", f.Listen)
	}
}

func (p *program) showBackups(b control.Backup) {
	isOff := b.Every == "" || b.Every == "0"
	switch {
	case b.Error != "": // is among the conditions
	case b.Last == nil && isOff:
		p.Print("Backups: none yet. Make one with: perch backup\n")
	case b.Last == nil:
		p.Print("Backups: none yet, every %s to %s\n", b.Every, b.Folder)
	}
	if b.Last != nil {
		p.Print("Last good backup: %s, %s (%s)\n", clock(*b.Last), b.File, sizeText(b.Bytes))
	}
}

func (p *program) showChannel(c control.Channel) {
	name := c.Name
	if c.Account != "" {
		name += " (@" + c.Account + ")"
	}
	p.Print("\n%s\n", name)
	t := p.Table()
	if p.exit != exitNotRunning { // a relay alone knows of its connections
		t.Row("  X\t%s\t%s", c.X.State, c.X.Detail)
		t.Row("  Motion\t%s\t%s", c.Motion.State, c.Motion.Detail)
		t.Row("  Replies\t%s\t%s", orDash(c.Reply.State), c.Reply.Detail)
	}
	t.Row("  X → Motion\t%d delivered\t%d waiting, %d failed", c.Inbound.Delivered, c.Inbound.Queued, c.Inbound.Dead)
	t.Row("  Motion → X\t%d delivered\t%d waiting, %d undecided, %d failed",
		c.Outbound.Delivered, c.Outbound.Queued, c.Outbound.Undecided, c.Outbound.Dead)
	if c.Chat.State != bridge.ChatOff {
		t.Row("  Encrypted chat\t%s\t%s", chatStateTexts[c.Chat.State], c.Chat.Detail)
	}
	t.Flush()
	if c.Encrypted > 0 {
		p.Print("  encrypted messages that were not read here: %d\n", c.Encrypted)
	}
	for _, b := range c.Blocked {
		p.Print("  Queue %s waits until %s: %s\n", b.Queue, clock(b.Until), b.Cause)
	}
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
