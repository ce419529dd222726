package command

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"perch/app/config"
	"perch/app/desk"
	"perch/app/settings"
	"perch/bridge"
	"perch/bridge/secret"
)

// xLogin are the flags of perch x login.
type xLogin struct {
	channel   string
	port      int
	noBrowser bool
}

func (p *program) xCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "x", Short: "What concerns the account at X", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var flags xLogin
	login := p.withJSON(&cobra.Command{
		Use: "login", Short: "Log in to X by OAuth 2.0, where X does not take the four keys alone", Args: usage(cobra.NoArgs),
		Long: "Logs the channel's account in to X by OAuth 2.0. Most need no such login: it is for encrypted chat and private events\n" +
			"where X does not take the four keys. In X's developer portal the app needs User authentication settings with the\n" +
			"callback http://127.0.0.1:8765/callback, and the client id of OAuth 2.0 (Keys and tokens) is stored or asked for.",
		RunE: func(cmd *cobra.Command, _ []string) error { return p.logIn(cmd.Context(), flags) },
	})
	login.Flags().StringVar(&flags.channel, "channel", "", "name of the channel (needed only when there are several)")
	login.Flags().BoolVar(&flags.noBrowser, "no-browser", false, "the browser is on another computer: show the address, and read the answer")
	login.Flags().IntVar(&flags.port, "port", settings.LoginPort, "port of the callback address on this computer")
	cmd.AddCommand(login, p.xLogoutCommand())
	return cmd
}

// logIn is "perch x login".
func (p *program) logIn(ctx context.Context, flags xLogin) error {
	store, key, err := p.secretStore(flags.channel, "x.oauth2_client_id")
	if err != nil {
		return err
	}
	_, c, err := p.config()
	if err != nil {
		return err
	}
	request := settings.LoginRequest{Port: flags.port, Show: p.showLogin(flags.noBrowser)}
	if flags.noBrowser {
		request.Paste = p.readPasted
	}
	if request.ClientID, err = p.missingClientID(ctx, store, key); err != nil {
		return err
	}
	of := settings.LoginOf{Channel: channelNamed(c, key.Channel), Store: store, Log: p.startLog()}
	handle, err := settings.Login(ctx, of, request)
	if err != nil {
		return err
	}
	return p.loggedIn(ctx, key.Channel, handle)
}

func channelNamed(c *config.Config, name string) config.Channel {
	for _, ch := range c.Channels {
		if ch.Name == name {
			return ch
		}
	}
	return config.DefaultChannel(name)
}

// missingClientID asks for the client id where none is stored and somebody can be asked; "" when it is stored.
func (p *program) missingClientID(ctx context.Context, store secret.Store, key secret.Key) (string, error) {
	if _, err := store.Get(ctx, key); err == nil || !p.isTerminal() {
		return "", nil // where nobody can be asked, the login itself says what is missing
	}
	id, err := p.readSecret(key)
	return strings.TrimSpace(id), err
}

func (p *program) isTerminal() bool {
	f, ok := p.In.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// showLogin tells the person what to do. It goes to standard error, so that standard output is the result alone.
func (p *program) showLogin(noBrowser bool) func(address, callback string) {
	return func(address, callback string) {
		p.Say("In X's developer portal, the app's callback address has to be: %s\n", callback)
		p.Say("Open this address in a browser that is signed in to X as the brand, and agree:\n\n%s\n\n", address)
		if noBrowser {
			p.Say("The browser ends at a page that it cannot show. Paste the address of that page here: ")
			return
		}
		if desk.OpenBrowser(address) != nil {
			p.Say("No browser could be opened here. Is it on another computer? Then: perch x login --no-browser\n")
		}
		p.Say("Waiting for the answer, for 5 minutes at most.\n")
	}
}

// maxPasted bounds what is pasted, in bytes.
const maxPasted = 8 << 10

// readPasted reads one line. Where nobody writes one, the reading ends with the program.
func (p *program) readPasted(ctx context.Context) (string, error) {
	read := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(io.LimitReader(p.In, maxPasted)).ReadString('\n') // the last line may lack its end
		read <- text
	}()
	select {
	case text := <-read:
		if strings.TrimSpace(text) == "" {
			return "", &bridge.Error{
				Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "log in to X", Message: "standard input holds no answer",
				Remedy: "paste the address that the browser ended at",
			}
		}
		return text, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// loggedIn tells what was done, and a running relay of it.
func (p *program) loggedIn(ctx context.Context, channel, handle string) error {
	key := secret.Key{Channel: channel, Name: "x.oauth2_access_token"}
	if !p.json {
		p.Print("Channel %s is logged in to X as @%s.\n", channel, handle)
		p.tellRelay(ctx, "Stored", key)
		return nil
	}
	client, err := p.client()
	if err == nil {
		_, err = client.Reload(ctx)
	}
	return p.JSON(map[string]any{"channel": channel, "account": handle, "relay_told": err == nil})
}
