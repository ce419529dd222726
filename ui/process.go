package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"perch/app/control"
)

// processPatience bounds a start, stop or restart.
const processPatience = 90 * time.Second

// Command runs the program perch, found beside this program or on PATH. It implements Process.
type Command struct {
	// Home is handed on as --home; empty for none.
	Home string
	// Find returns the path of perch; nil looks beside this program, then on PATH.
	Find func() (string, error)
	// Passphrase returns the vault's passphrase that a person has typed, "" for none; nil is none. A relay gets it on
	// standard input.
	Passphrase func() string
}

var errNoPerch = errors.New("the program perch is neither beside this window's program nor on PATH; install it, or start it by hand")

// Run implements Process. Its errors are what perch said.
func (c *Command) Run(ctx context.Context, what string) error {
	path, err := c.find()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, processPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, c.args(what)...) //nolint:gosec // perch itself
	if c.Passphrase != nil && c.Passphrase() != "" && what != "stop" {
		cmd.Args = append(cmd.Args, "--passphrase-stdin")
		cmd.Stdin = strings.NewReader(c.Passphrase() + "\n")
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	cmd.WaitDelay = time.Second // the relay that stays behind must not hold this up
	if err := cmd.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		if words := control.Said(said.String()); words != nil {
			return words
		}
		return fmt.Errorf("perch %s: %w", what, err)
	}
	return nil
}

// Demo implements Process.
func (c *Command) Demo(context.Context) error {
	path, err := c.find()
	if err != nil {
		return err
	}
	cmd := exec.Command(path, "demo") //nolint:gosec,noctx // perch itself, and it outlives this window
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // ends with the child or with this process
	return nil
}

func (c *Command) args(what string) []string {
	if c.Home == "" {
		return []string{what}
	}
	return []string{what, "--home", c.Home}
}

func (c *Command) find() (string, error) {
	if c.Find != nil {
		return c.Find()
	}
	name := "perch"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if info, err := os.Stat(beside); err == nil && !info.IsDir() {
			return beside, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", errNoPerch
	}
	return path, nil
}
