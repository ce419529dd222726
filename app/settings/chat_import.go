package settings

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"perch/app/adapter"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/xchat/keys"
)

var _ control.ChatBackend = (*Local)(nil)

// chatKeysName is the secret that holds a channel's keys of encrypted chat.
const chatKeysName = "x.chat_keys"

// ImportChat implements control.ChatBackend.
func (l *Local) ImportChat(ctx context.Context, channel, pasted string) (control.ChatResult, error) {
	if strings.TrimSpace(pasted) == "" {
		return control.ChatResult{}, badKeysError(errNoKeys)
	}
	t, err := l.chatTrial(ctx, channel)
	if err != nil {
		return control.ChatResult{}, err
	}
	defer t.x.Close()
	private, err := keys.Import(pasted, t.account.ID)
	if err != nil {
		return control.ChatResult{}, badKeysError(err)
	}
	return l.keepChat(ctx, t, private)
}

// keepChat stores keys if they are the account's newest, in their canonical form, and lets a relay take them over.
func (l *Local) keepChat(ctx context.Context, t *chatTrial, private keys.Private) (control.ChatResult, error) {
	record, err := adapter.JudgeChat(private, t.rows, t.account)
	if err != nil {
		return control.ChatResult{}, err
	}
	if err := t.losesSigning(private); err != nil {
		return control.ChatResult{}, err
	}
	result := t.result(private, record)
	result.Message = "the keys are those of @" + t.account.Handle + " and are stored"
	if !private.CanSign() {
		result.Message += "; " + readOnlyText
	}
	taken, err := l.SetSecret(context.WithoutCancel(ctx), t.channel.Name, chatKeysName, private.Reveal())
	if err != nil {
		return control.ChatResult{}, err
	}
	result.Remedy = notTaken(taken)
	return result, nil
}

// losesSigning refuses keys that only read where the same keys are stored whole.
func (t *chatTrial) losesSigning(private keys.Private) error {
	stored, err := keys.Import(t.values[secret.Key{Channel: t.channel.Name, Name: chatKeysName}], t.account.ID)
	if err != nil || private.CanSign() || !stored.CanSign() || !stored.Identity().Equal(private.Identity()) {
		return nil //nolint:nilerr // what is stored and cannot be read is no loss
	}
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "import keys of encrypted chat",
		Message: "the whole of these keys is stored already; what was given is the reading part only, with which nothing could be answered",
		Remedy:  "there is nothing to do; to keep the reading part only, forget the keys first: perch chat forget",
	}
}

const readOnlyText = "they have no signing part: encrypted messages can be read here, and answered in the X app only"

// notTaken says why a relay does not work with what was stored; "" when it does.
func notTaken(r control.ReloadResult) string {
	for _, p := range r.Refused {
		if p.Field == "" || strings.HasSuffix(p.Field, "/"+chatKeysName) {
			return p.Message + "; " + cmp.Or(p.Remedy, "then: perch reload")
		}
	}
	return ""
}

// errNoKeys says that nothing was pasted.
var errNoKeys = errors.New("nothing was given")

func badKeysError(err error) error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "import keys of encrypted chat", Message: err.Error(),
		Remedy: "give the account's private keys as xurl or another tool of X Chat has exported them, or get them back with the PIN: perch chat unlock",
	}
}
