package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"perch/app/backup"
	"perch/app/config"
	"perch/app/control"
	"perch/app/lockfile"
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
		return p.notRunning(cmd.Context())
	}
	if err != nil {
		return err
	}
	if p.json {
		return p.JSON(status)
	}
	p.showStatus(status)
	return nil
}

func (p *program) notRunning(ctx context.Context) error {
	p.exit = exitNotRunning
	home, c, err := p.config()
	switch {
	case !p.json && backup.IsPending(home):
		p.Print("A restore was interrupted. Finish it with: perch start\n")
		return nil
	case !p.json && lockfile.IsHeld(home.Lock()):
		p.Print("A relay works on this folder but does not answer: it is just starting or ending.\nIf it stays so: %s\n", silentRemedy)
		return nil
	case !p.json && errors.Is(err, fs.ErrNotExist):
		p.Print("Perch is not set up yet. Begin with: perch init\n")
		return nil
	case !p.json:
		p.Print("The relay is not running. Start it with: perch start\n")
		if err == nil {
			p.showBackups(offlineBackup(home, c))
		}
		return nil
	}
	status := control.Status{State: control.StateStopped, Channels: []control.Channel{}, Version: version.Number, Journal: control.Link{State: bridge.LinkUnknown}}
	if home, homeErr := p.home(); homeErr == nil {
		status.Service = p.serviceKind(ctx, home)
	}
	if err == nil {
		status.Listen, status.Reach.Mode = c.Listen, c.Reach.Mode
		status.Backup = offlineBackup(home, c)
	}
	return p.JSON(status)
}

var stateTexts = map[string]string{
	control.StateRunning:  "Running",
	control.StatePaused:   "Paused: what comes in is kept, nothing is delivered. Go on with: perch resume",
	control.StateDegraded: "Running, but something needs a look",
}

func (p *program) showStatus(s control.Status) {
	if s.Journal.State == bridge.LinkDegraded {
		p.Print("TROUBLE WITH THE JOURNAL%s: %s\n", sinceText(s.Journal.Since), s.Journal.Detail)
	}
	if s.Demo {
		p.Print("This is the demo: X and Motion are simulated. It ends with: perch stop\n")
	}
	p.Print("%s · listens on %s · version %s\n", stateTexts[s.State], s.Listen, s.Version)
	p.Print("Events come in by %s: %s\n", s.Reach.Mode, orDash(s.Reach.Detail, s.Reach.State))
	if s.Reach.PublicURL != "" {
		p.Print("Public address: %s\n", s.Reach.PublicURL)
	}
	if s.Reach.Tunnel != nil {
		p.Print("Tunnel (%s): %s\n", s.Reach.Tunnel.Kind, orDash(s.Reach.Tunnel.Detail, s.Reach.Tunnel.State))
	}
	for _, g := range s.Reach.Gaps {
		p.Print("Gap %s–%s (%s): %d recovered%s\n", clock(g.From), clock(g.To), g.Channel, g.Recovered, lostText(g.Lost))
	}
	p.showBackups(s.Backup)
	p.showUpdate(s.Update)
	for _, c := range s.Channels {
		p.showChannel(c)
	}
}

// offlineBackup looks for backups where the relay's own go.
func offlineBackup(home config.Home, c *config.Config) control.Backup {
	folder := backup.Folder(home, c.Backup)
	return control.FromBackups(backup.State{Last: backup.Last(home, c.Backup), Every: cmp.Or(c.Backup.Every, "0"), Folder: folder})
}

func (p *program) showBackups(b control.Backup) {
	isOff := b.Every == "" || b.Every == "0"
	switch {
	case b.Error != "":
		p.Print("BACKUP FAILED: %s\n", b.Error)
	case b.Last == nil && isOff:
		p.Print("Backups: none yet. Make one with: perch backup\n")
	case b.Last == nil:
		p.Print("Backups: none yet, every %s to %s\n", b.Every, b.Folder)
	}
	if b.Last != nil {
		p.Print("Last good backup: %s, %s (%s)\n", clock(*b.Last), b.File, sizeText(b.Bytes))
	}
}

func (p *program) showUpdate(u *control.Update) {
	switch {
	case u == nil:
	case u.Newer:
		p.Print("Perch %s is available: %s\n", u.Latest, cmp.Or(u.Page, "perch update --check"))
	case u.Error != "":
		p.Print("Looking for a newer Perch failed: %s\n", u.Error)
	}
}

func (p *program) showChannel(c control.Channel) {
	name := c.Name
	if c.Account != "" {
		name += " (@" + c.Account + ")"
	}
	p.Print("\n%s\n", name)
	t := p.Table()
	t.Row("  X\t%s\t%s", c.X.State, c.X.Detail)
	t.Row("  Motion\t%s\t%s", c.Motion.State, c.Motion.Detail)
	t.Row("  Replies\t%s\t%s", orDash(c.Reply.State), c.Reply.Detail)
	t.Row("  X → Motion\t%d delivered\t%d waiting, %d dead", c.Inbound.Delivered, c.Inbound.Queued, c.Inbound.Dead)
	t.Row("  Motion → X\t%d delivered\t%d waiting, %d undecided, %d dead",
		c.Outbound.Delivered, c.Outbound.Queued, c.Outbound.Undecided, c.Outbound.Dead)
	if c.Chat.State != bridge.ChatOff {
		t.Row("  Encrypted chat\t%s\t%s", chatStateTexts[c.Chat.State], c.Chat.Detail)
	}
	t.Flush()
	if c.Encrypted > 0 {
		p.Print("  encrypted messages that were not read here: %d%s\n", c.Encrypted, map[bool]string{true: "; to read such: perch chat import, or perch chat unlock"}[c.Chat.State == bridge.ChatOff])
	}
	for _, b := range c.Blocked {
		p.Print("  Queue %s waits until %s: %s\n", b.Queue, clock(b.Until), b.Cause)
	}
	if n := c.Inbound.Dead + c.Outbound.Dead; n > 0 {
		p.Print("  %s: perch traffic --state dead\n", needYou(n))
	}
	if c.Outbound.Undecided > 0 {
		p.Print("  %s: perch traffic --state undecided\n", needYou(c.Outbound.Undecided))
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
