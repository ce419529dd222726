package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/motion"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

// checkPatience bounds a check.
const checkPatience = 9 * time.Second

// trial is what one check works with.
type trial struct {
	config  *config.Config
	channel config.Channel
	values  map[secret.Key]string
	x       *xapi.Client
	motion  *motion.Client
	public  string
	// isRunning is set when this process is the relay.
	isRunning bool
}

// CheckSettings implements control.SettingsBackend.
func (l *LocalSettings) CheckSettings(ctx context.Context, what string, r control.CheckRequest) (control.CheckResult, error) {
	checks := map[string]func(context.Context, *trial) (control.CheckResult, error){
		control.CheckXKeys: checkXKeys, control.CheckXPermissions: checkXPermissions, control.CheckMotionURL: checkMotionURL,
		control.CheckMotionCredentials: checkMotionCredentials, control.CheckAttachments: checkAttachments,
		control.CheckPublicAddress: checkPublicAddress,
	}
	check, ok := checks[what]
	if !ok {
		return control.CheckResult{}, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "check", Message: "there is no check of that name",
			Remedy: "the checks are: " + strings.Join(control.Checks(), ", "),
		}
	}
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	t, err := l.trial(ctx, r)
	if err != nil {
		return sorry(err), nil
	}
	defer t.x.Close()
	defer t.motion.Close()
	result, err := check(ctx, t)
	if err != nil {
		return sorry(err), nil
	}
	return result, nil
}

// sorry makes an outcome of an error.
func sorry(err error) control.CheckResult {
	e := bridge.AsError(err)
	message := e.Message
	if errors.Is(err, context.DeadlineExceeded) && e.Side == bridge.SidePerch {
		message = fmt.Sprintf("no answer came within %d seconds", checkPatience/time.Second)
	}
	return control.CheckResult{Message: message, Remedy: strings.TrimSuffix(e.Remedy, "; Perch keeps trying")}
}

func (l *LocalSettings) trial(ctx context.Context, r control.CheckRequest) (*trial, error) {
	c, _, problem := l.load(ctx)
	if r.Config != nil {
		c = configOf(*r.Config)
	} else if problem != nil {
		return nil, problem
	}
	saved, _, _ := l.load(ctx)
	store, err := l.open(saved.Secrets) // where SetSecret puts them, whatever the draft says
	if err != nil {
		return nil, err
	}
	t := &trial{config: c, channel: channelOf(c, r.Channel), isRunning: l.public != nil}
	if t.values, err = readSecrets(ctx, store, &config.Config{Channels: []config.Channel{t.channel}}); err != nil {
		return nil, err
	}
	clients := makeClients(&config.Config{Channels: []config.Channel{t.channel}}, t.values, nil, l.log)
	t.x, t.motion = clients[0].x, clients[0].motion
	if t.public = configuredURL(c, t.values, endpoint.PathEvents); t.public == "" && l.public != nil {
		t.public = l.public()
	}
	return t, nil
}

// channelOf returns the channel of that name, the first one for "", or one with the defaults.
func channelOf(c *config.Config, name string) config.Channel {
	for _, ch := range c.Channels {
		if ch.Name == name || name == "" {
			return ch
		}
	}
	return config.DefaultChannel(name)
}

func checkXKeys(ctx context.Context, t *trial) (control.CheckResult, error) {
	me, err := t.x.Me(ctx)
	if err != nil {
		return control.CheckResult{}, err
	}
	return control.CheckResult{OK: true, Message: "X takes the keys: you are @" + me.Handle, Account: me.Handle}, nil
}

func checkXPermissions(ctx context.Context, t *trial) (control.CheckResult, error) {
	me, err := t.x.Me(ctx)
	const remedy = "in X's developer portal, set the app's permissions to \"Read and write and Direct message\", then make a new access token and secret"
	switch {
	case err != nil:
		return control.CheckResult{}, err
	case !me.CanWrite:
		return control.CheckResult{Message: "the keys may only read", Remedy: remedy, Account: me.Handle}, nil
	case !me.CanDM:
		return control.CheckResult{Message: "the keys may not use direct messages", Remedy: remedy, Account: me.Handle}, nil
	}
	return control.CheckResult{OK: true, Message: "the keys may read, write and use direct messages", Account: me.Handle}, nil
}

// checkMotionURL asks without credentials: a server that answers is enough. The account itself is not called, because
// Motion would make a message of it.
func checkMotionURL(ctx context.Context, t *trial) (control.CheckResult, error) {
	const paste = "copy the Receive URL from Motion: Open Channel, the account, Settings"
	if t.channel.Motion.ReceiveURL == "" {
		return control.CheckResult{Message: "there is no Receive URL yet", Remedy: paste}, nil
	}
	if t.motion.AccountID() == "" {
		return control.CheckResult{Message: "the Receive URL does not name an Open Channel account", Remedy: paste + "; it ends in /accounts/NUMBER/notify"}, nil
	}
	m := t.channel.Motion
	client := motion.New(motion.Config{ReceiveURL: m.ReceiveURL, BaseURL: m.BaseURL, TLSPin: m.TLSPin})
	defer client.Close()
	if _, err := client.Check(ctx); err != nil {
		return control.CheckResult{}, err
	}
	return control.CheckResult{OK: true, Message: "Motion answers at " + m.Base()}, nil
}

func checkMotionCredentials(ctx context.Context, t *trial) (control.CheckResult, error) {
	of := func(name string) string { return t.values[secret.Key{Channel: t.channel.Name, Name: name}] }
	if of("motion.password") == "" && of("motion.api_key") == "" {
		return control.CheckResult{
			Message: "neither a password nor an API key is stored", Remedy: "give one; without it messages arrive, but no files",
		}, nil
	}
	mapKey, err := t.motion.Check(ctx)
	if err != nil {
		return control.CheckResult{}, err
	}
	return control.CheckResult{OK: true, Message: fmt.Sprintf("Motion takes the credentials; the Map Key is %q", mapKey), Accounts: accountsOf(ctx, t.motion)}, nil
}

// accountsOf lists Motion's Open Channel accounts. Its documentation promises neither the call nor the names in its answer,
// so that whatever goes wrong is an empty list: the admin then pastes the address.
func accountsOf(ctx context.Context, m *motion.Client) []control.MotionAccount {
	list, err := m.Accounts(ctx)
	if err != nil {
		return nil
	}
	var accounts []control.MotionAccount
	for _, a := range list {
		accounts = append(accounts, control.MotionAccount{ID: a.ID, Name: a.Name, MapKey: a.MapKey, ReceiveURL: a.ReceiveURL, ReplyURL: a.ReplyURL})
	}
	return accounts
}

func checkAttachments(ctx context.Context, t *trial) (control.CheckResult, error) {
	proof := []byte("Perch checks whether files can be stored: " + rand.Text() + "\n")
	id, err := t.motion.Upload(ctx, bridge.File{Name: "perch-check.txt", Type: "text/plain", Data: proof})
	if err != nil {
		return control.CheckResult{}, err
	}
	back, err := t.motion.Download(ctx, id)
	if err != nil {
		return control.CheckResult{}, err
	}
	if !bytes.Equal(back.Data, proof) {
		return control.CheckResult{Message: "Motion gave back another file than it was given", Remedy: "look at Motion's storage settings"}, nil
	}
	return control.CheckResult{OK: true, Message: "a file was stored in Motion and fetched again"}, nil
}

// checkPublicAddress makes the call by which X checks a webhook. Only the right answer proves that it is Perch that
// answers.
//
//nolint:unparam // the checks share one signature
func checkPublicAddress(ctx context.Context, t *trial) (control.CheckResult, error) {
	if t.public == "" {
		return control.CheckResult{
			Message: "there is no public address", Remedy: "none is needed unless X's events come by webhook; then give public_url or choose a tunnel",
		}, nil
	}
	consumerSecret := t.values[secret.Key{Channel: t.channel.Name, Name: "x.consumer_secret"}]
	if consumerSecret == "" {
		return control.CheckResult{Message: "the consumer secret is not stored, which signs the answer", Remedy: "store X's keys first"}, nil
	}
	prober := endpoint.Prober{Sign: func(token string) string { return endpoint.Sign(consumerSecret, []byte(token)) }}
	if err := prober.Probe(ctx, t.public); err != nil {
		e := bridge.AsError(err)
		if !t.isRunning {
			e.Remedy = "start the relay, which answers there, and try again; if it fails then, too: " + e.Remedy
		}
		return control.CheckResult{Message: withoutQuery(t.public) + ": " + e.Message, Remedy: e.Remedy}, nil
	}
	return control.CheckResult{OK: true, Message: "X can reach Perch at " + withoutQuery(t.public)}, nil
}

// withoutQuery shows an address without the proxy's token.
func withoutQuery(address string) string {
	short, _, _ := strings.Cut(address, "?")
	return short
}
