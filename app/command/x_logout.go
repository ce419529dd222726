package command

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"perch/bridge/secret"
)

func (p *program) xLogoutCommand() *cobra.Command {
	var channel string
	cmd := p.withJSON(&cobra.Command{
		Use: "logout", Short: "Delete the OAuth 2.0 login of X from this computer", Args: usage(cobra.NoArgs),
		Long: "Deletes the tokens of the login that perch x login has made. The four keys and the client id stay. At X the login ends\n" +
			"when the account takes the app's access back: x.com, Settings, connected apps.",
		RunE: func(cmd *cobra.Command, _ []string) error { return p.logOut(cmd.Context(), channel) },
	})
	cmd.Flags().StringVar(&channel, "channel", "", "name of the channel (needed only when there are several)")
	return cmd
}

// logOut is "perch x logout".
func (p *program) logOut(ctx context.Context, channel string) error {
	store, key, err := p.secretStore(channel, "x.oauth2_refresh_token")
	if err != nil {
		return err
	}
	had := false
	// What renews the login goes first: what is left then, if the second fails, ends by itself.
	for _, name := range []string{"x.oauth2_refresh_token", "x.oauth2_access_token"} {
		switch err := store.Delete(ctx, secret.Key{Channel: key.Channel, Name: name}); {
		case err == nil:
			had = true
		case !errors.Is(err, secret.ErrNotSet):
			return err
		}
	}
	return p.loggedOut(ctx, key, had)
}

// loggedOut tells what was done, and a running relay of it.
func (p *program) loggedOut(ctx context.Context, key secret.Key, had bool) error {
	if p.json {
		client, err := p.client()
		if err == nil {
			_, err = client.Reload(ctx)
		}
		return p.JSON(map[string]any{"channel": key.Channel, "had_login": had, "relay_told": err == nil})
	}
	if !had {
		p.Print("Channel %s had no login of X.\n", key.Channel)
		return nil
	}
	p.Print("Channel %s is logged out of X here. At X, the account takes the app's access back: x.com, Settings, connected apps.\n", key.Channel)
	p.tellRelay(ctx, "Deleted", key)
	return nil
}
