package settings

import (
	"context"

	"perch/app/adapter"
	"perch/app/control"
	"perch/bridge"
)

// CheckChat implements control.ChatBackend.
func (l *Local) CheckChat(ctx context.Context, channel string) (control.ChatResult, error) {
	t, err := l.chatTrial(ctx, channel)
	if err != nil {
		return control.ChatResult{}, err
	}
	defer t.x.Close()
	private, err := adapter.ChatKeys(t.channel.Name, t.values)
	if err != nil {
		return control.ChatResult{}, badKeysError(err)
	}
	if private.IsZero() {
		return control.ChatResult{}, noKeysError()
	}
	record, err := adapter.JudgeChat(private, t.rows, t.account)
	if err != nil {
		return control.ChatResult{}, err
	}
	result := t.result(private, record)
	result.Message = "the keys that are stored are those of @" + t.account.Handle
	if !private.CanSign() {
		result.Message += "; " + readOnlyText
	}
	return result, nil
}

func noKeysError() error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "check encrypted chat", Message: "no keys of encrypted chat are stored",
		Remedy: "import them with perch chat import, or get them back with the account's PIN: perch chat unlock",
	}
}

// ForgetChat implements control.ChatBackend. X is not asked.
func (l *Local) ForgetChat(ctx context.Context, channel string) (control.ChatResult, error) {
	t, _, err := l.chatChannel(ctx, channel)
	if err != nil {
		return control.ChatResult{}, err
	}
	ctx = context.WithoutCancel(ctx) // half of it would leave what nobody expects
	taken, err := l.SetSecret(ctx, t.channel.Name, chatKeysName, "")
	if err != nil {
		return control.ChatResult{}, err
	}
	result := control.ChatResult{Message: "the keys of encrypted chat are forgotten", Remedy: notTaken(taken)}
	if l.relay == nil || l.relay.ForgetChat == nil {
		result.Message += "; keys of conversations that a relay has kept open nothing without them, and it drops them at its next start"
		return result, nil
	}
	if err := l.relay.ForgetChat(ctx, t.channel.Name); err != nil {
		return control.ChatResult{}, err
	}
	result.Message += ", and the relay's keys of conversations with them"
	return result, nil
}
