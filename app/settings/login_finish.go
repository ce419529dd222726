package settings

import (
	"cmp"
	"context"

	"perch/app/adapter"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

// finish makes tokens of an answer, and keeps them if they are the channel's account's.
func (f *loginFlow) finish(ctx context.Context, a loginAnswer) (string, error) {
	if a.err != nil {
		return "", a.err
	}
	tokens, err := f.x.RedeemLogin(ctx, a.code, f.once.verifier, f.callback())
	if err != nil {
		return "", err
	}
	if tokens.Refresh == "" {
		return "", &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SideX, Op: opLogin, Message: "X gave no refresh token, so that the login would end after two hours",
			Remedy: "see in X's developer portal that the app is set up for OAuth 2.0 (User authentication settings), then: perch x login",
		}
	}
	owner, err := f.ownerOf(ctx, tokens)
	if err != nil {
		return "", err
	}
	if owner.ID != f.owner.ID {
		return "", f.otherAccount(owner)
	}
	return cmp.Or(owner.Handle, f.owner.Handle), f.keep(context.WithoutCancel(ctx), tokens)
}

func (f *loginFlow) ownerOf(ctx context.Context, tokens xapi.Tokens) (bridge.Person, error) {
	trial := f.config
	trial.Login = xapi.Login{Tokens: tokens}
	x := xapi.New(trial)
	defer x.Close()
	return x.LoginOwner(ctx)
}

func (f *loginFlow) otherAccount(owner bridge.Person) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideX, Op: opLogin, Code: codeOtherLogin,
		Message: "the login is @" + owner.HandleOrID() + "'s, but channel " + f.Channel.Name + " speaks for @" + f.owner.HandleOrID() + "; nothing was stored",
		Remedy:  "sign in to X as @" + f.owner.HandleOrID() + " in the browser (or use a private window), then: perch x login",
	}
}

const codeOtherLogin = bridge.CodeLogin + "other"

// keep stores the tokens last: the client id is worth nothing without them.
func (f *loginFlow) keep(ctx context.Context, tokens xapi.Tokens) error {
	if f.ClientID != "" {
		key := secret.Key{Channel: f.Channel.Name, Name: "x.oauth2_client_id"}
		if err := f.Store.Set(ctx, key, f.ClientID); err != nil {
			return err
		}
	}
	return adapter.XTokens(f.Store, f.Channel.Name, nil).Save(ctx, tokens)
}
