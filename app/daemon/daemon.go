// Package daemon starts a relay in the background and stops one.
//
// It guarantees that a start ends with a relay that answers or with the relay's own reason why it does not, that nothing of
// a start is left behind (on Windows one small file until the next start), that the vault's passphrase is in no argument and
// no file, and that a stop which succeeds has seen the relay give its lock back.
package daemon

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/desk"
	"perch/bridge"
)

const (
	// startPatience bounds the wait for a relay to answer, stopPatience for one to end its attempts under way.
	startPatience = 20 * time.Second
	stopPatience  = 25 * time.Second
	// slowDisk is how much a slow disk reads in a second, in bytes. After a crash a relay reads its whole journal before it
	// answers: a large one is given the time for it.
	slowDisk  = 4 << 20
	pollEvery = 50 * time.Millisecond
	// envDetached tells a relay that nobody reads its standard error but the one who started it.
	envDetached = "PERCH_DETACHED"
)

// IsDetached reports whether this process is a relay in the background.
func IsDetached() bool { return os.Getenv(envDetached) != "" }

// Options say how a relay is started.
type Options struct {
	Home config.Home
	// HomeFlag is the value of --home that it is given; empty for none.
	HomeFlag string
	// Passphrase is the vault's, for a relay that can ask nobody; empty for one that needs none.
	Passphrase string
	// OnSlow is called once when the start takes long because of the journal's size; nil for nothing.
	OnSlow func()
}

// patience is how long a relay may take until it answers.
func (o Options) patience() time.Duration {
	info, err := os.Stat(o.Home.Journal())
	if err != nil {
		return startPatience
	}
	return startPatience + time.Duration(info.Size()/slowDisk)*time.Second
}

// Start runs "perch relay" in the background and waits until it answers, or says why it does not.
func Start(ctx context.Context, client *control.Client, o Options) (control.Status, error) {
	child, done, complaint, err := spawn(o)
	if err != nil {
		return control.Status{}, err
	}
	began, patience := time.Now(), o.patience()
	for time.Since(began) < patience {
		if o.OnSlow != nil && time.Since(began) > startPatience {
			o.OnSlow()
			o.OnSlow = nil
		}
		if status, err := client.Status(ctx); err == nil {
			return status, nil
		}
		select {
		case <-done:
			return control.Status{}, notStarted(complaint())
		case <-ctx.Done():
			return control.Status{}, ctx.Err()
		case <-time.After(pollEvery):
		}
	}
	_ = child.Kill()
	return control.Status{}, notStarted("it did not answer in time")
}

func notStarted(why string) error {
	why = strings.TrimPrefix(strings.Join(strings.Fields(why), " "), "perch: ")
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
func spawn(o Options) (*os.Process, <-chan struct{}, func() string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, nil, err
	}
	if err := o.Home.Make(); err != nil {
		return nil, nil, nil, err
	}
	complaints, err := newComplaints()
	if err != nil {
		return nil, nil, nil, err
	}
	args := []string{"relay"}
	if o.HomeFlag != "" {
		args = append(args, "--home", o.HomeFlag)
	}
	cmd := exec.Command(self, args...) //nolint:gosec,noctx // this very program, and it outlives this process
	cmd.Env = append(os.Environ(), envDetached+"=1")
	cmd.Stderr = complaints.file
	desk.Detach(cmd)
	if err := handPassphrase(cmd, o.Passphrase); err != nil {
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

// handPassphrase gives the child its passphrase on standard input.
func handPassphrase(cmd *exec.Cmd, phrase string) error {
	if phrase == "" {
		return nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.Stdin = r
	cmd.Args = append(cmd.Args, desk.PassphraseFlag)
	_, err = w.WriteString(phrase + "\n") // fits into the pipe's buffer
	return errors.Join(err, w.Close())
}
