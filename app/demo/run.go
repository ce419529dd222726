package demo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"

	"perch/app/config"
	"perch/app/supervisor"
	"perch/app/terminal"
	"perch/bridge/reach"
	"perch/bridge/secret"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

// Run shows the demo until it is over or ctx ends.
func Run(ctx context.Context, out terminal.Printer, o Options) error {
	folder, err := os.MkdirTemp("", "perch-demo-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	d := &demo{Printer: out}
	if d.home, err = config.FindHome(folder); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(filepath.Dir(d.home.Socket())) }() // it is elsewhere where the folder's name is long
	ctx, end := untilHangup(ctx)
	defer end()
	if d.x, err = sim.StartX(sim.XOptions{AllowAnyURL: true, Echo: true}); err != nil {
		return err
	}
	if d.motion, err = motionsim.Start(motionsim.Options{}); err != nil {
		return errors.Join(err, d.x.Close())
	}
	d.brand = d.x.AddAccount(sim.Account{ID: "4337869213", Handle: "acme_support", Name: "Acme Support"})
	for _, person := range customers {
		d.x.AddPerson(person)
		d.x.EnableChat(person.ID)
	}
	d.chatKeys = d.x.EnableChat(d.brand.ID)
	// The window shows what is set, so the demo's settings are in a file like anybody's.
	if err = errors.Join(d.home.Make(), mark(d.home), config.Save(d.home.Config(), d.config())); err != nil {
		return errors.Join(err, d.x.Close(), d.motion.Close())
	}
	err = d.withRelay(ctx, func(ctx context.Context) error { return d.play(ctx, o) })
	return errors.Join(err, d.x.Close(), d.motion.Close())
}

// withRelay runs the relay while act acts. It is there to the end, also when somebody presses Ctrl+C; a client that stops
// it ends the demo.
func (d *demo) withRelay(ctx context.Context, act func(context.Context) error) error {
	acting, stopActing := context.WithCancel(ctx)
	defer stopActing()
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var isStopped atomic.Bool
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- supervisor.Run(running, supervisor.Options{
			Home: d.home, Config: d.config(), Secrets: d.secrets(), Ready: func(address string) { ready <- address },
			DemoStopped: func() { isStopped.Store(true); stopActing() },
		})
		stopActing() // without a relay there is nothing to show
	}()
	select {
	case <-ready:
	case err := <-ended:
		return err
	}
	err := d.connect(acting)
	if err == nil {
		err = act(acting)
	}
	stop()
	relayErr := <-ended
	switch {
	case isStopped.Load():
		d.Print("\nThe demo was stopped.\n")
		return relayErr
	case err != nil && ctx.Err() != nil:
		d.Print("\nThe demo was ended early.\n")
		return relayErr
	}
	return errors.Join(relayErr, err)
}

func (d *demo) config() *config.Config {
	c := config.Default()
	c.Listen, c.Secrets, c.Reach.Mode = "127.0.0.1:0", "vault", "stream"
	c.Web = config.Web{Enabled: true, Listen: "127.0.0.1:0"} // where no window can be drawn
	ch := config.DefaultChannel(channelName)
	ch.X.APIBase, ch.X.UploadBase, ch.X.MediaHosts = d.x.URL(), d.x.URL(), []string{d.x.Host()}
	ch.Motion.ReceiveURL, ch.Motion.User = d.motion.ReceiveURL(), d.motion.Options().User
	c.Channels = []config.Channel{ch}
	return c
}

func (d *demo) secrets() secret.Store {
	of := func(name string) secret.Key { return secret.Key{Channel: channelName, Name: name} }
	return secret.NewMemory(map[secret.Key]string{
		of("x.consumer_key"): d.brand.ConsumerKey, of("x.consumer_secret"): d.brand.ConsumerSecret,
		of("x.access_token"): d.brand.AccessToken, of("x.access_token_secret"): d.brand.AccessTokenSecret,
		of("motion.password"): d.motion.Options().Password, of("x.chat_keys"): d.chatKeys,
	})
}

// connect tells Motion the Reply URL, as an admin would.
func (d *demo) connect(ctx context.Context) error {
	if _, err := d.relayClient().WriteReplyURL(ctx, channelName, ""); err != nil {
		return err
	}
	_, err := d.until(ctx, "X's activity stream", func() bool {
		status, err := d.relayClient().Status(ctx)
		return err == nil && status.Reach.State == reach.Connected
	})
	return err
}
