package adapter

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"perch/bridge/secret"
	"perch/bridge/xapi"
)

const (
	clientIDName, clientSecretName = "x.oauth2_client_id", "x.oauth2_client_secret"
	accessName, refreshName        = "x.oauth2_access_token", "x.oauth2_refresh_token"
)

// XLogin is a channel's OAuth 2.0 login of X, as the secrets have it.
func XLogin(channel string, values map[secret.Key]string) xapi.Login {
	of := func(name string) string { return values[secret.Key{Channel: channel, Name: name}] }
	return xapi.Login{ClientID: of(clientIDName), ClientSecret: of(clientSecretName), Tokens: readTokens(of(accessName), of(refreshName))}
}

// readTokens reads the secrets of a login. Beside the access token stands its end, in seconds since 1970.
func readTokens(access, refresh string) xapi.Tokens {
	t := xapi.Tokens{Access: strings.TrimSpace(access), Refresh: strings.TrimSpace(refresh)}
	token, end, hasEnd := strings.Cut(t.Access, " ")
	if !hasEnd {
		return t
	}
	t.Access = token
	if seconds, err := strconv.ParseInt(strings.TrimSpace(end), 10, 64); err == nil && seconds > 0 {
		t.Expires = time.Unix(seconds, 0)
	}
	return t
}

// XTokens keeps the tokens of a channel's login where its secrets are. Whoever writes a log is told of new ones by hide,
// which may be nil.
func XTokens(store secret.Store, channel string, hide func(secrets []string)) xapi.TokenStore {
	return &tokens{store, channel, hide}
}

type tokens struct {
	store   secret.Store
	channel string
	hide    func(secrets []string)
}

// Load implements xapi.TokenStore.
func (t *tokens) Load(ctx context.Context) (xapi.Tokens, error) {
	access, err := t.get(ctx, accessName)
	if err != nil {
		return xapi.Tokens{}, err
	}
	refresh, err := t.get(ctx, refreshName)
	if err != nil {
		return xapi.Tokens{}, err
	}
	read := readTokens(access, refresh)
	t.conceal(read)
	return read, nil
}

// get reads one secret; "" when it is not set.
func (t *tokens) get(ctx context.Context, name string) (string, error) {
	value, err := t.store.Get(ctx, secret.Key{Channel: t.channel, Name: name})
	if errors.Is(err, secret.ErrNotSet) {
		return "", nil
	}
	return value, err
}

// Save implements xapi.TokenStore. The refresh token goes first: with it a lost access token can be had again.
func (t *tokens) Save(ctx context.Context, tokens xapi.Tokens) error {
	t.conceal(tokens)
	values := TokenSecrets(t.channel, tokens)
	for _, name := range []string{refreshName, accessName} {
		key := secret.Key{Channel: t.channel, Name: name}
		if values[key] == "" {
			continue
		}
		if err := t.store.Set(ctx, key, values[key]); err != nil {
			return err
		}
	}
	return nil
}

// TokenSecrets are the secrets that tokens of a channel's login are kept as.
func TokenSecrets(channel string, tokens xapi.Tokens) map[secret.Key]string {
	values := map[secret.Key]string{}
	if tokens.Refresh != "" {
		values[secret.Key{Channel: channel, Name: refreshName}] = tokens.Refresh
	}
	if tokens.Access != "" {
		values[secret.Key{Channel: channel, Name: accessName}] = tokens.Access
	}
	if tokens.Access != "" && !tokens.Expires.IsZero() {
		values[secret.Key{Channel: channel, Name: accessName}] += " " + strconv.FormatInt(tokens.Expires.Unix(), 10)
	}
	return values
}

func (t *tokens) conceal(of xapi.Tokens) {
	if t.hide != nil {
		t.hide([]string{of.Access, of.Refresh})
	}
}
