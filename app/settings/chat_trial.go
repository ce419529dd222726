package settings

import (
	"context"
	"net"
	"net/url"
	"strings"
	"time"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/xapi"
	"perch/bridge/xchat/keys"
)

// chatPatience bounds what X is asked about keys of encrypted chat.
const chatPatience = 30 * time.Second

// chatTrial is what an act on a channel's keys of encrypted chat works with.
type chatTrial struct {
	config  *config.Config
	channel config.Channel
	values  map[secret.Key]string
	x       *xapi.Client
	account bridge.Account
	rows    []bridge.ChatRow
}

// chatTrial opens the secrets and asks X for the account and its public keys: nothing is tried without them.
func (l *Local) chatTrial(ctx context.Context, name string) (*chatTrial, error) {
	t, store, err := l.chatChannel(ctx, name)
	if err != nil {
		return nil, err
	}
	if t.values, err = adapter.ReadSecrets(ctx, store, &config.Config{Channels: []config.Channel{t.channel}}); err != nil {
		return nil, err
	}
	c := adapter.XConfig(t.channel, t.values, nil, l.log)
	c.Login.Store = adapter.XTokens(store, t.channel.Name, nil) // a renewed token that is not kept would cost the login
	t.x = xapi.New(c)
	if err := t.ask(ctx); err != nil {
		t.x.Close()
		return nil, err
	}
	return t, nil
}

func (t *chatTrial) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, chatPatience)
	defer cancel()
	var err error
	if t.account, err = t.x.Me(ctx); err != nil {
		return err
	}
	t.rows, err = t.x.ChatRecords(ctx, t.account.ID)
	return err
}

// chatChannel finds the channel, or the only one for "", and the store of its secrets.
func (l *Local) chatChannel(ctx context.Context, name string) (*chatTrial, secret.Store, error) {
	c, _, problem := l.load(ctx)
	if problem != nil {
		return nil, nil, problem
	}
	t := &chatTrial{config: c}
	var names []string
	for _, ch := range c.Channels {
		if ch.Name == name || (name == "" && len(c.Channels) == 1) {
			t.channel = ch
		}
		names = append(names, ch.Name)
	}
	if t.channel.Name == "" {
		return nil, nil, noChannelError(name, names)
	}
	store, err := l.open(c.Secrets)
	return t, store, err
}

func noChannelError(name string, names []string) error {
	e := &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "encrypted chat", Message: "there is no channel " + `"` + name + `"`,
		Remedy: "name one of perch.toml with --channel: " + strings.Join(names, ", "),
	}
	if len(names) == 0 {
		e.Message, e.Remedy = "there is no channel yet", "set Perch up first"
	} else if name == "" {
		e.Message = "there are several channels"
	}
	return e
}

// isLocal reports whether X is a simulator on this computer.
func (t *chatTrial) isLocal() bool {
	base, err := url.Parse(t.channel.X.APIBase)
	return err == nil && (base.Hostname() == "localhost" || net.ParseIP(base.Hostname()).IsLoopback())
}

// result is what people are told of keys that are the account's.
func (t *chatTrial) result(private keys.Private, record keys.Record) control.ChatResult {
	return control.ChatResult{
		Account: t.account.Handle, Fingerprint: private.Fingerprint(), Version: record.Version(), CanSign: private.CanSign(),
	}
}
