package supervisor

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge/secret"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xevents"
)

const (
	testBrand = "4337869213"
	// inTime bounds the wait for anything; a shared machine is slow.
	inTime = 40 * time.Second
)

// bench is a relay in this process between the simulators.
type bench struct {
	t       *testing.T
	home    config.Home
	config  *config.Config
	secrets secret.Store
	x       *sim.X
	motion  *motionsim.Motion
	brand   sim.Account
	client  *control.Client
	listen  string
	// halt ends the relay and waits for it.
	halt func()
}

func mustBench(t *testing.T, change ...func(*bench)) *bench {
	t.Helper()
	b := &bench{t: t, secrets: secret.NewMemory(nil)}
	var err error
	if b.x, err = sim.StartX(sim.XOptions{AllowAnyURL: true, Echo: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.x.Close() })
	if b.motion, err = motionsim.Start(motionsim.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.motion.Close() })
	for _, endpoint := range []string{"dm.send", "dm.events", "users.me", "users.by_handle", "users.id"} {
		b.x.SetLimit(endpoint, 1_000_000, 15*time.Minute)
		b.x.SetLimit(endpoint, 1_000_000, 24*time.Hour)
	}
	b.brand = b.x.AddAccount(sim.Account{ID: testBrand, Handle: "acme_support", Name: "Acme Support"})
	if b.home, err = config.FindHome(filepath.Join(t.TempDir(), "home")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.home.Leave)
	b.config = config.Default()
	b.config.Listen, b.config.Secrets, b.config.Reach.Mode = "127.0.0.1:0", config.SecretsVault, config.ModeWebhook
	ch := config.DefaultChannel("support")
	ch.X.APIBase, ch.X.UploadBase, ch.X.MediaHosts = b.x.URL(), b.x.URL(), []string{b.x.Host()}
	ch.Motion.ReceiveURL, ch.Motion.User = b.motion.ReceiveURL(), b.motion.Options().User
	b.config.Channels = []config.Channel{ch}
	b.setKeys(b.brand)
	b.set("motion.password", b.motion.Options().Password)
	for _, c := range change {
		c(b)
	}
	b.start()
	return b
}

func (b *bench) start() {
	b.t.Helper()
	b.save()
	ctx, stop := context.WithCancel(b.t.Context())
	ready, ended := make(chan string, 1), make(chan error, 1)
	running, err := config.Load(b.home.Config())
	if err != nil {
		b.t.Fatal(err)
	}
	go func() {
		ended <- Run(ctx, Options{Home: b.home, Config: running, Secrets: b.secrets, Ready: func(at string) { ready <- at }})
	}()
	b.halt = sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			b.t.Error(err)
		}
	})
	b.t.Cleanup(b.halt)
	select {
	case b.listen = <-ready:
	case err := <-ended:
		b.t.Fatal(err)
	}
	b.client = control.NewClient(b.home.Socket())
	b.t.Cleanup(b.client.Close)
	urls, err := b.client.URLs(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	b.motion.SetReplyURL(urls[0].ReplyURL)
	b.x.SetWebhook(testBrand, "http://"+b.listen+"/api/messages", xevents.XAA)
}

// save writes perch.toml.
func (b *bench) save() {
	b.t.Helper()
	if err := b.home.Make(); err != nil {
		b.t.Fatal(err)
	}
	if err := config.Save(b.home.Config(), b.config); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) set(name, value string) {
	b.t.Helper()
	if err := b.secrets.Set(b.t.Context(), secret.Key{Channel: "support", Name: name}, value); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) setKeys(a sim.Account) {
	b.t.Helper()
	for name, value := range map[string]string{
		"x.consumer_key": a.ConsumerKey, "x.consumer_secret": a.ConsumerSecret,
		"x.access_token": a.AccessToken, "x.access_token_secret": a.AccessTokenSecret,
	} {
		b.set(name, value)
	}
}

func (b *bench) reload() control.ReloadResult {
	b.t.Helper()
	result, err := b.client.Reload(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

func (b *bench) until(what string, condition func() bool) {
	b.t.Helper()
	for end := time.Now().Add(inTime); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatal("waited in vain for: ", what)
		}
	}
}

func (b *bench) link() control.Channel {
	b.t.Helper()
	s, err := b.client.Status(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return s.Channels[0]
}

func (b *bench) log() string {
	text, _ := os.ReadFile(b.home.Log())
	return string(text)
}
