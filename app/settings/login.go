package settings

import (
	"context"
	"log/slog"
	"time"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

const (
	// LoginPort is the port of the callback address that the admin enters in X's developer portal, unless another is chosen.
	LoginPort = 8765
	// loginLimit bounds the wait for the person who logs in.
	loginLimit = 5 * time.Minute
	opLogin    = "log in to X"
)

// LoginRequest is a login of X by OAuth 2.0 that a person is about to make.
type LoginRequest struct {
	// Port is that of the callback address; 0 for LoginPort.
	Port int
	// ClientID is the OAuth 2.0 client id of the X app; "" for the stored one. It is stored with the tokens.
	ClientID string
	// Show is given the address that the person has to open in a browser, and the callback address that X has to know. It
	// does not wait for the person.
	Show func(address, callback string)
	// Paste waits for what the person pastes, the address that the browser ended at or the code in it, and returns when ctx
	// ends. With it, nothing listens on this computer: the browser may be on another.
	Paste func(ctx context.Context) (string, error)
	// limit bounds the wait; 0 for loginLimit.
	limit time.Duration
}

// LoginOf is what a login is made for.
type LoginOf struct {
	Channel config.Channel
	// Store is where the secrets are.
	Store secret.Store
	Log   *slog.Logger
}

// Login logs a channel of this home in to X by OAuth 2.0, keeps the tokens, and lets the relay in this process work with
// them. It returns the account's handle. Of a login of another account nothing is kept.
func (l *Local) Login(ctx context.Context, channel string, r LoginRequest) (string, control.ReloadResult, error) {
	c, _, problem := l.load(ctx)
	if problem != nil {
		return "", noChange(), problem
	}
	store, err := l.open(c.Secrets)
	if err != nil {
		return "", noChange(), err
	}
	handle, err := Login(ctx, LoginOf{Channel: channelOf(c, channel), Store: store, Log: l.log}, r)
	if err != nil {
		return "", noChange(), err
	}
	return handle, l.reload(ctx, c), nil
}

// Login logs a channel in to X by OAuth 2.0 (authorization code with PKCE) and keeps the tokens. It returns the account's
// handle. Of a login of another account nothing is kept.
func Login(ctx context.Context, of LoginOf, r LoginRequest) (string, error) {
	f, err := newLoginFlow(ctx, of, r)
	if err != nil {
		return "", err
	}
	defer f.x.Close()
	return f.run(ctx)
}

// loginFlow is one login under way.
type loginFlow struct {
	LoginOf
	LoginRequest
	config xapi.Config
	x      *xapi.Client
	owner  bridge.Account
	once   challenge
}

// newLoginFlow reads what is needed, and asks X whose the channel's keys are: the login has to be the same account's.
func newLoginFlow(ctx context.Context, of LoginOf, r LoginRequest) (*loginFlow, error) {
	values, err := adapter.ReadSecrets(ctx, of.Store, &config.Config{Channels: []config.Channel{of.Channel}})
	if err != nil {
		return nil, err
	}
	f := &loginFlow{LoginOf: of, LoginRequest: r, config: adapter.XConfig(of.Channel, values, nil, of.Log), once: newChallenge()}
	if r.ClientID != "" {
		f.config.Login.ClientID = r.ClientID
	}
	if f.config.Login.ClientID == "" {
		return nil, noClientID(of.Channel.Name)
	}
	if f.Port == 0 {
		f.Port = LoginPort
	}
	f.x = xapi.New(f.config)
	if f.owner, err = f.x.Me(ctx); err != nil {
		f.x.Close()
		return nil, err
	}
	return f, nil
}

func noClientID(channel string) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: opLogin, Message: "the OAuth 2.0 client id of the X app is not stored",
		Remedy: "copy it from X's developer portal (the app, Keys and tokens, OAuth 2.0) and store it with: perch secret set --channel " + channel + " x.oauth2_client_id",
	}
}

// run waits for the person and keeps what X gives then.
func (f *loginFlow) run(ctx context.Context) (string, error) {
	limit := f.limit
	if limit == 0 {
		limit = loginLimit
	}
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if f.Paste != nil {
		f.Show(f.address(), f.callback())
		text, err := f.Paste(waiting)
		if err != nil || waiting.Err() != nil {
			return "", unanswered(waiting, err)
		}
		return f.finish(ctx, f.once.pasted(text))
	}
	return f.listen(ctx, waiting)
}

// unanswered is the error of a login that nobody has ended.
func unanswered(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: opLogin, Message: "nobody has agreed to the login in time", Remedy: "try again: perch x login",
		Err: ctx.Err(),
	}
}
