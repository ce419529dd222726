package app

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/app/control"
	"perch/app/desk"
	"perch/app/lockfile"
	"perch/app/supervisor"
	"perch/bridge"
)

const (
	// startPatience bounds the wait for a relay to answer, stopPatience for one to end its attempts under way.
	startPatience = 20 * time.Second
	stopPatience  = 25 * time.Second
	pollEvery     = 50 * time.Millisecond
	// envDetached tells a relay that nobody reads its standard error but the one who started it.
	envDetached = "PERCH_DETACHED"
)

func (p *program) relayCommand() *cobra.Command {
	return p.withPassphrase(&cobra.Command{
		Use: "relay", Short: "Run the relay in this terminal (perch start runs it in the background)", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			home, c, err := p.config()
			if err != nil {
				return err
			}
			secrets, err := p.secrets(home, c)
			if err != nil {
				return err
			}
			options := supervisor.Options{Home: home, Config: c, Secrets: secrets, Ready: func(address string) {
				p.print("perch relay: listening on %s\n", address)
			}}
			if os.Getenv(envDetached) == "" {
				options.LogTo = p.Err
			}
			ctx, stop := context.WithCancel(cmd.Context())
			defer stop()
			var end func()
			options.Reload, end = reloadSignals(stop)
			defer end()
			return supervisor.Run(ctx, options)
		},
	})
}

func (p *program) startCommand() *cobra.Command {
	return p.withPassphrase(&cobra.Command{
		Use: "start", Short: "Start the relay in the background", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.isStarting = true
			if err := p.notInDemo("start"); err != nil {
				return err
			}
			client, err := p.client()
			if err != nil {
				return err
			}
			if status, err := client.Status(cmd.Context()); err == nil {
				p.print("The relay is already running (process %d, listens on %s).\n", status.PID, status.Listen)
				return nil
			}
			home, c, err := p.config()
			if err != nil {
				return err
			}
			phrase, err := p.passphraseFor(cmd.Context(), home, c)
			if err != nil {
				return err
			}
			return p.start(cmd.Context(), client, home, phrase)
		},
	})
}

// start runs "perch relay" in the background and waits until it answers, or says why it does not.
func (p *program) start(ctx context.Context, client *control.Client, home config.Home, phrase string) error {
	child, done, complaint, err := p.spawn(home, phrase)
	if err != nil {
		return err
	}
	deadline := time.Now().Add(startPatience)
	for time.Now().Before(deadline) {
		if status, err := client.Status(ctx); err == nil {
			p.print("The relay is running (process %d, listens on %s).\n", status.PID, status.Listen)
			return nil
		}
		select {
		case <-done:
			return notStarted(complaint())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
	_ = child.Kill()
	return notStarted("it did not answer in time")
}

func notStarted(why string) error {
	why = strings.TrimPrefix(oneLine(why), "perch: ")
	if why == "" {
		why = "it ended at once"
	}
	message, remedy, found := strings.Cut(why, "; ")
	if !found {
		remedy = "look at: perch logs"
	}
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: "start", Message: message, Remedy: remedy}
}

// spawn starts the child, detached. What it complains of is in a file, so that it never depends on this process.
func (p *program) spawn(home config.Home, phrase string) (*os.Process, <-chan struct{}, func() string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, nil, err
	}
	if err := home.Make(); err != nil {
		return nil, nil, nil, err
	}
	complaints, err := newComplaints()
	if err != nil {
		return nil, nil, nil, err
	}
	args := []string{"relay"}
	if p.homeFlag != "" {
		args = append(args, "--home", p.homeFlag)
	}
	cmd := exec.Command(self, args...) //nolint:gosec,noctx // this very program, and it outlives this process
	cmd.Env = append(os.Environ(), envDetached+"=1")
	cmd.Stderr = complaints.file
	desk.Detach(cmd)
	if err := handPassphrase(cmd, phrase); err != nil {
		return nil, nil, nil, errors.Join(err, complaints.close())
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, nil, errors.Join(err, complaints.close())
	}
	done := make(chan struct{})
	go func() { // ends with the child or with this process
		_ = cmd.Wait()
		close(done)
	}()
	return cmd.Process, done, complaints.last, nil
}

func (p *program) stopCommand() *cobra.Command {
	return &cobra.Command{
		Use: "stop", Short: "Stop the relay", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := p.client()
			if err != nil {
				return err
			}
			if status, err := client.Status(cmd.Context()); err == nil && status.Demo {
				return p.stopDemo(cmd.Context(), client)
			}
			err = p.stop(cmd.Context(), client)
			if errors.Is(err, control.ErrNotRunning) {
				p.print("The relay is not running.\n")
				return nil
			}
			if err == nil {
				p.print("The relay has stopped.\n")
			}
			return err
		},
	}
}

// stop asks the relay to end and waits until it has given its lock back.
func (p *program) stop(ctx context.Context, client *control.Client) error {
	if err := client.Stop(ctx); err != nil {
		return err
	}
	home, err := p.home()
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(stopPatience); time.Now().Before(deadline); {
		if lock, err := lockfile.Take(home.Lock()); err == nil {
			return lock.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "stop", Message: "the relay is still finishing what it has begun",
		Remedy: "wait a little, then look with: perch status",
	}
}

func (p *program) restartCommand() *cobra.Command {
	return p.withPassphrase(&cobra.Command{
		Use: "restart", Short: "Stop the relay and start it again", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.isStarting = true
			if err := p.notInDemo("restart"); err != nil {
				return err
			}
			home, c, err := p.config()
			if err != nil {
				return err // a relay that cannot come back is not stopped
			}
			phrase, err := p.passphraseFor(cmd.Context(), home, c)
			if err == nil {
				err = p.canReadSecrets(cmd.Context(), home, c)
			}
			if err != nil {
				return err
			}
			client, err := p.client()
			if err != nil {
				return err
			}
			if err := p.stop(cmd.Context(), client); err != nil && !errors.Is(err, control.ErrNotRunning) {
				return err
			}
			return p.start(cmd.Context(), client, home, phrase)
		},
	})
}

func (p *program) pauseCommand() *cobra.Command {
	return p.simple("pause", "Stop deliveries both ways; what comes in is kept", "Deliveries are paused. Go on with: perch resume",
		(*control.Client).Pause)
}

func (p *program) resumeCommand() *cobra.Command {
	return p.simple("resume", "Go on delivering, and try every side that is in trouble at once", "Deliveries go on.", (*control.Client).Resume)
}

func (p *program) simple(name, short, done string, call func(*control.Client, context.Context) error) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := p.client()
			if err != nil {
				return err
			}
			if err := call(client, cmd.Context()); err != nil {
				return err
			}
			p.print("%s\n", done)
			return nil
		},
	}
}
