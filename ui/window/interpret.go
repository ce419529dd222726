package window

import (
	"context"

	"perch/app/control"
	"perch/ui/interpret"
)

// Explain returns what went wrong and what to do, in the language of the window. Both are empty for nil.
func (w *Window) Explain(err error) (message, remedy string) {
	return interpret.New(w.Texts.Said).Explain(err)
}

// interpret has all that the relay says come in the language of the window.
func (o *Options) interpret() {
	to := interpret.New(o.Texts.Said)
	o.Relay, o.Settings, o.Chat = saidRelay{o.Relay, to}, saidSettings{o.Settings, to}, saidChat{o.Chat, to}
}

type saidRelay struct {
	Relay
	to interpret.Interpreter
}

func (r saidRelay) Status(ctx context.Context) (control.Status, error) {
	s, err := r.Relay.Status(ctx)
	return r.to.Status(s), err
}

func (r saidRelay) Messages(ctx context.Context, q control.Query) ([]control.Message, error) {
	list, err := r.Relay.Messages(ctx, q)
	return r.to.Messages(list), err
}

func (r saidRelay) Conversation(ctx context.Context, q control.ConversationQuery) ([]control.Conversation, error) {
	list, err := r.Relay.Conversation(ctx, q)
	return r.to.Conversations(list), err
}

func (r saidRelay) Feed(ctx context.Context, q control.Query, show func(control.Message)) error {
	return r.Relay.Feed(ctx, q, func(m control.Message) { show(r.to.Message(m)) })
}

func (r saidRelay) Message(ctx context.Context, id int64) (control.Detail, error) {
	d, err := r.Relay.Message(ctx, id)
	return r.to.Detail(d), err
}

func (r saidRelay) TestAlerts(ctx context.Context, name string) ([]control.AlertTest, error) {
	tests, err := r.Relay.TestAlerts(ctx, name)
	return r.to.AlertTests(tests), err
}

type saidSettings struct {
	from Settings
	to   interpret.Interpreter
}

func (s saidSettings) Settings(ctx context.Context) (control.Settings, error) {
	now, err := s.from.Settings(ctx)
	return s.to.Settings(now), err
}

func (s saidSettings) SaveSettings(ctx context.Context, c control.Config, dryRun bool) (control.Saved, error) {
	saved, err := s.from.SaveSettings(ctx, c, dryRun)
	return s.to.Saved(saved), err
}

func (s saidSettings) SetSecret(ctx context.Context, channel, name, value string) (control.ReloadResult, error) {
	taken, err := s.from.SetSecret(ctx, channel, name, value)
	return s.to.Reload(taken), err
}

func (s saidSettings) CheckSettings(ctx context.Context, what string, r control.CheckRequest) (control.CheckResult, error) {
	result, err := s.from.CheckSettings(ctx, what, r)
	return s.to.Check(result), err
}

type saidChat struct {
	from Chat
	to   interpret.Interpreter
}

func (c saidChat) ImportChat(ctx context.Context, channel, pasted string) (control.ChatResult, error) {
	result, err := c.from.ImportChat(ctx, channel, pasted)
	return c.to.Chat(result), err
}

func (c saidChat) UnlockChat(ctx context.Context, channel, pin string, confirm func(left int) bool) (control.ChatResult, error) {
	result, err := c.from.UnlockChat(ctx, channel, pin, confirm)
	return c.to.Chat(result), err
}

func (c saidChat) CheckChat(ctx context.Context, channel string) (control.ChatResult, error) {
	result, err := c.from.CheckChat(ctx, channel)
	return c.to.Chat(result), err
}

func (c saidChat) ForgetChat(ctx context.Context, channel string) (control.ChatResult, error) {
	result, err := c.from.ForgetChat(ctx, channel)
	return c.to.Chat(result), err
}
