package command

import (
	"context"
	"errors"
	"unicode"
	"unicode/utf8"

	"perch/app/adapter"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
)

// chatStopped is the state of a channel that has keys while no relay runs.
const chatStopped = "stopped"

var chatStateTexts = map[string]string{
	bridge.ChatOff: "off", bridge.ChatReady: "ready", bridge.ChatReadOnly: "read only", bridge.ChatWrongKeys: "wrong keys",
	bridge.ChatNoRecord: "not set up on X", bridge.ChatNeedsLogin: "needs a login", bridge.ChatDegraded: "in trouble", chatStopped: "stopped",
}

// chatState is a line of perch chat status.
type chatState struct {
	Channel string `json:"channel"`
	control.Chat
}

func (p *program) chatStatus(ctx context.Context, o chatOptions) error {
	client, err := p.client()
	if err != nil {
		return err
	}
	status, err := client.Status(ctx)
	isStopped := errors.Is(err, control.ErrNotRunning)
	var states []chatState
	if isStopped {
		p.exit = exitNotRunning
		states, err = p.storedChats(ctx)
	}
	for _, c := range status.Channels {
		states = append(states, chatState{c.Name, c.Chat})
	}
	if err == nil {
		states, err = onlyChannel(states, o.channel)
	}
	if err != nil {
		return err
	}
	if p.json {
		return p.JSON(states)
	}
	for _, s := range states {
		p.showChat(s)
	}
	if isStopped {
		p.Print("The relay is not running, so that no message is opened. Start it with: perch start\n")
	}
	return nil
}

// onlyChannel leaves the channel of that name; all of them for "".
func onlyChannel(states []chatState, name string) ([]chatState, error) {
	if name == "" {
		return append([]chatState{}, states...), nil
	}
	for _, s := range states {
		if s.Channel == name {
			return []chatState{s}, nil
		}
	}
	return nil, &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "chat status", Message: `there is no channel "` + name + `"`, Remedy: "the channels are those of perch.toml",
	}
}

// storedChats says which channels have keys, without a relay.
func (p *program) storedChats(ctx context.Context) ([]chatState, error) {
	_, c, store, err := p.secrets()
	if err != nil {
		return nil, err
	}
	var states []chatState
	for _, ch := range c.Channels {
		key := secret.Key{Channel: ch.Name, Name: "x.chat_keys"}
		value, err := store.Get(ctx, key)
		if err != nil && !errors.Is(err, secret.ErrNotSet) {
			return nil, err
		}
		states = append(states, storedChat(ch.Name, map[secret.Key]string{key: value}))
	}
	return states, nil
}

func storedChat(channel string, values map[secret.Key]string) chatState {
	private, err := adapter.ChatKeys(channel, values)
	switch {
	case err != nil:
		return chatState{channel, control.Chat{State: bridge.ChatWrongKeys, Detail: "what is stored are no keys: import them anew (perch chat import)"}}
	case private.IsZero():
		return chatState{channel, control.Chat{State: bridge.ChatOff}}
	}
	return chatState{channel, control.Chat{State: chatStopped, Detail: "keys are stored", Fingerprint: private.Fingerprint()}}
}

func (p *program) showChat(s chatState) {
	p.Print("%s: %s", s.Channel, orDash(chatStateTexts[s.State], s.State))
	if s.Detail != "" {
		p.Print("; %s", s.Detail)
	}
	p.Print("\n")
	if s.State == bridge.ChatOff {
		p.Print("  no keys: perch chat import, or perch chat unlock with the account's PIN\n")
		return
	}
	if s.Fingerprint != "" {
		p.Print("  fingerprint %s\n", s.Fingerprint)
	}
	if s.State != chatStopped {
		p.Print("  conversations with a key: %d; messages that could not be opened: %d\n", s.Conversations, s.Unreadable)
	}
}

// asSentence begins with a capital and ends with a full stop.
func asSentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}
