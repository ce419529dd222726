package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/app/desk"
	"perch/app/version"
	"perch/bridge/visible"
)

func (p *program) webCommand() *cobra.Command {
	var noOpen bool
	cmd := p.withJSON(&cobra.Command{
		Use: "web", Short: "Open the window in a browser, here or through SSH", Args: usage(cobra.NoArgs),
		Long: "Prints an address that lets one browser in, once, within a minute, and opens it where there is a display. Over SSH it also\n" +
			"says what to type on your own computer. It is off until perch.toml says [web] enabled = true.\n" +
			"Where Perch is not set up yet, the set-up opens there, until Ctrl+C.",
		RunE: func(cmd *cobra.Command, _ []string) error { return p.openWeb(cmd.Context(), noOpen) },
	})
	cmd.Flags().BoolVar(&noOpen, "no-open", false, "only print the address")
	cmd.AddCommand(p.webSessionsCommand())
	return cmd
}

func (p *program) openWeb(ctx context.Context, noOpen bool) error {
	home, _, err := p.config()
	if errors.Is(err, fs.ErrNotExist) && !p.json {
		return p.setUpByBrowser(ctx, home, noOpen)
	}
	client, err := p.client()
	if err != nil {
		return err
	}
	code, err := client.WebCode(ctx, control.WebCodeRequest{})
	if err != nil {
		return err
	}
	if p.json {
		return p.JSON(code)
	}
	if code.PageVersion != version.Number {
		p.Say("The page is of Perch %s, and this is %s: install the one that belongs to it if something looks odd.\n", code.PageVersion, version.Number)
	}
	p.showAddress(ctx, client, code, noOpen)
	return nil
}

// coder gives codes: the relay, or the page of the set-up.
type coder interface {
	WebCode(ctx context.Context, r control.WebCodeRequest) (control.WebCode, error)
}

// showAddress shows where the page is and opens it where that can be done.
func (p *program) showAddress(ctx context.Context, from coder, code control.WebCode, noOpen bool) {
	isRemote := os.Getenv("SSH_CONNECTION") != ""
	switch {
	case isRemote:
		p.Print("On your own computer, type this in another terminal and leave it open (with the name by which you log in here, if it is another):\n\n"+
			"  %s\n\nthen open there:\n\n", sshLine(code.Listen))
	case !noOpen && openOwn(ctx, from) == nil:
		p.Print("The browser opens. If it does not, open this address in it:\n\n")
	}
	p.Print("%s\n\nIt lets one browser in, once, until %s. Whoever has it can do all that you can: show it to nobody.\n", code.Address, clock(code.ExpiresAt))
}

// openOwn opens the page in the person's browser. While it starts, others can read the address in the list of processes: its
// code is one of its own, which lets nobody in but this user.
func openOwn(ctx context.Context, from coder) error {
	var request control.WebCodeRequest
	if user := os.Getuid(); user >= 0 { // Windows has no numbers, and shows nobody another user's processes
		request.OnlyUser = &user
	}
	code, err := from.WebCode(ctx, request)
	if err != nil {
		return err
	}
	return desk.OpenBrowser(code.Address)
}

// sshLine brings the page's port to the person's own computer, as the same port. Where something else has that port, it ends: the
// address would be opened in front of whatever that is.
func sshLine(listen string) string {
	_, port, _ := net.SplitHostPort(listen)
	return fmt.Sprintf("ssh -N -o ExitOnForwardFailure=yes -L %s:%s %s", "127.0.0.1:"+port, listen, strings.Join(sshTarget(), " "))
}

// sshTarget is how this computer was reached, as far as it can tell.
func sshTarget() []string {
	name := "YOU"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "HOST"
	}
	// "client port server port": the server's port is what ssh was told.
	if fields := strings.Fields(os.Getenv("SSH_CONNECTION")); len(fields) == 4 && fields[3] != "22" {
		return []string{"-p", fields[3], name + "@" + host}
	}
	return []string{name + "@" + host}
}

func (p *program) webSessionsCommand() *cobra.Command {
	var end string
	cmd := p.withJSON(&cobra.Command{
		Use: "sessions", Short: "List the browsers that are signed in, or sign them out", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.webSessions(cmd.Context(), end) },
	})
	cmd.Flags().StringVar(&end, "end", "", "sign out the session of this number, or all")
	return cmd
}

func (p *program) webSessions(ctx context.Context, end string) error {
	client, err := p.client()
	if err != nil {
		return err
	}
	if end != "" {
		n, err := client.EndWebSession(ctx, end)
		if err != nil {
			return err
		}
		if p.json {
			return p.JSON(map[string]int{"count": n})
		}
		p.Print("Signed out: %d.\n", n)
		return nil
	}
	sessions, err := client.WebSessions(ctx)
	if err != nil {
		return err
	}
	if p.json {
		return p.JSON(sessions)
	}
	p.showWebSessions(sessions)
	return nil
}

func (p *program) showWebSessions(sessions []control.WebSession) {
	if len(sessions) == 0 {
		p.Print("No browser is signed in. Open the page with: perch web\n")
		return
	}
	for _, s := range sessions {
		p.Print("%s  signed in %s, used %s ago, from %s\n          %s\n", s.ID, clock(s.SignedInAt), time.Since(s.UsedAt).Round(time.Second), s.From, visible.Line(s.Browser))
	}
	p.Print("Sign one out: perch web sessions --end %s\n", sessions[0].ID)
}
