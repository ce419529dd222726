package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/bridge/reach"
	"perch/bridge/secret"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

const (
	// demoPatience bounds the wait for each step of the demo.
	demoPatience = 20 * time.Second
	demoPoll     = 5 * time.Millisecond
	demoChannel  = "support"
)

func (p *program) demoCommand() *cobra.Command {
	var headless bool
	var length time.Duration
	cmd := &cobra.Command{
		Use: "demo", Short: "Watch Perch work on simulators: no key, no network", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runDemo(cmd.Context(), headless, length) },
	}
	cmd.Flags().BoolVar(&headless, "headless", false, "no tray and no window, words only")
	cmd.Flags().DurationVar(&length, "for", 0, "go on with live traffic for that long (30s, 5m)")
	return cmd
}

// demo is a relay between a simulated X and a simulated Motion, in this process.
type demo struct {
	*program
	x      *sim.X
	motion *motionsim.Motion
	brand  sim.Account
	home   config.Home
	// written is what customers wrote in private, to be counted at the end.
	written []string
}

var demoPeople = []sim.Person{
	{ID: "3001969357", Handle: "annlee", Name: "Ann Lee"},
	{ID: "3001969358", Handle: "bo_berg", Name: "Bo Berg"},
	{ID: "3001969359", Handle: "carla_rossi", Name: "Carla Rossi"},
}

func (p *program) runDemo(ctx context.Context, headless bool, length time.Duration) error {
	folder, err := os.MkdirTemp("", "perch-demo-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	d := &demo{program: p}
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
	for _, person := range demoPeople {
		d.x.AddPerson(person)
	}
	// The window shows what is set, so the demo's settings are in a file like anybody's.
	if err = errors.Join(d.home.Make(), markDemo(d.home), config.Save(d.home.Config(), d.config())); err != nil {
		return errors.Join(err, d.x.Close(), d.motion.Close())
	}
	err = d.withRelay(ctx, func(ctx context.Context) error { return d.play(ctx, headless, length) })
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
		ended <- runRelay(running, relayOptions{
			home: d.home, config: d.config(), secrets: d.secrets(), ready: func(address string) { ready <- address },
			asDemo: func() { isStopped.Store(true); stopActing() },
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
		d.print("\nThe demo was stopped.\n")
		return relayErr
	case err != nil && ctx.Err() != nil:
		d.print("\nThe demo was ended early.\n")
		return relayErr
	}
	return errors.Join(relayErr, err)
}

func (d *demo) config() *config.Config {
	c := config.Default()
	c.Listen, c.Secrets, c.Reach.Mode = "127.0.0.1:0", "vault", "stream"
	ch := config.DefaultChannel(demoChannel)
	ch.X.APIBase, ch.X.UploadBase, ch.X.MediaHosts = d.x.URL(), d.x.URL(), []string{d.x.Host()}
	ch.Motion.ReceiveURL, ch.Motion.User = d.motion.ReceiveURL(), d.motion.Options().User
	c.Channels = []config.Channel{ch}
	return c
}

func (d *demo) secrets() secret.Store {
	of := func(name string) secret.Key { return secret.Key{Channel: demoChannel, Name: name} }
	return secret.NewMemory(map[secret.Key]string{
		of("x.consumer_key"): d.brand.ConsumerKey, of("x.consumer_secret"): d.brand.ConsumerSecret,
		of("x.access_token"): d.brand.AccessToken, of("x.access_token_secret"): d.brand.AccessTokenSecret,
		of("motion.password"): d.motion.Options().Password,
	})
}

// connect tells Motion the Reply URL, as an admin would.
func (d *demo) connect(ctx context.Context) error {
	if _, err := d.relayClient().WriteReplyURL(ctx, demoChannel, ""); err != nil {
		return err
	}
	_, err := d.until(ctx, "X's activity stream", func() bool {
		status, err := d.relayClient().Status(ctx)
		return err == nil && status.Reach.State == reach.Connected
	})
	return err
}
