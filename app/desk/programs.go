package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// The names of Perch's programs.
const (
	Perch  = "perch"
	Tray   = "perch-tray"
	Window = "perch-window"
)

const (
	// commandTime bounds perch start, stop and restart, which have limits of their own.
	commandTime = time.Minute
	// pipeTime bounds the wait for output after a program has ended.
	pipeTime = 2 * time.Second
	// maxComplaint is how much of a program's complaint is kept, in bytes.
	maxComplaint = 4 << 10
)

// ExitLocked is the exit code of perch start and restart when nobody gave the vault's passphrase.
const ExitLocked = 4

// The exit codes of perch-window when the display cannot show it: the page in the browser has opened instead, or it has not.
// In both cases a person has been told.
const (
	ExitUndrawn = 5
	ExitUnseen  = 6
)

// PassphraseFlag is the flag by which perch start, restart and relay read the vault's passphrase from standard input.
const PassphraseFlag = "--passphrase-stdin"

// ErrLocked tells that a relay cannot be started before a person gives the vault's passphrase.
var ErrLocked = errors.New("needs its passphrase")

// ErrMissing tells that a program of Perch is not installed.
var ErrMissing = errors.New("is missing; install it beside Perch's other programs or on PATH")

// Programs finds and runs Perch's programs. The zero value looks beside this program and on PATH.
type Programs struct {
	// Home is the value of --home that they are given; empty for none.
	Home string
	// Beside is the folder to look in first; empty for that of this program.
	Beside string
	// Env is their environment; nil for that of this program.
	Env []string
	// Terminal is what a program that is started says something to; nil for nothing.
	Terminal *os.File
	// Passphrase returns the vault's passphrase that a person has typed, "" for none; nil is none. A relay that is
	// started gets it on standard input.
	Passphrase func() string
}

// Find returns the path of a program, which is first looked for beside this one and then on PATH. The error is
// ErrMissing, as a sentence.
func (p Programs) Find(name string) (string, error) {
	file := name
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	folder := p.Beside
	if folder == "" {
		if self, err := os.Executable(); err == nil {
			folder = filepath.Dir(self)
		}
	}
	if path, err := exec.LookPath(filepath.Join(folder, file)); err == nil {
		return path, nil
	}
	path, err := exec.LookPath(file)
	if err != nil {
		return "", fmt.Errorf("the program %s %w", name, ErrMissing)
	}
	return path, nil
}

// Command prepares a program with the home that it works on. It ends with ctx.
func (p Programs) Command(ctx context.Context, name string, args ...string) (*exec.Cmd, error) {
	path, err := p.Find(name)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, p.withHome(args)...) //nolint:gosec // one of Perch's own programs
	cmd.Env, cmd.WaitDelay = p.Env, pipeTime
	Quiet(cmd)
	return cmd, nil
}

// withHome names the home in full: what starts at login starts in another folder.
func (p Programs) withHome(args []string) []string {
	if p.Home == "" {
		return args
	}
	home, err := filepath.Abs(p.Home)
	if err != nil {
		home = p.Home
	}
	return append(args, "--home", home)
}

// Start starts a program that outlives this one. Wait for it where this one stays longer than it may.
func (p Programs) Start(ctx context.Context, name string, args ...string) (*exec.Cmd, error) {
	cmd, err := p.Command(context.WithoutCancel(ctx), name, args...)
	if err != nil {
		return nil, err
	}
	if p.Terminal != nil {
		cmd.Stderr = p.Terminal
	}
	Detach(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("the program %s does not start: %w", name, err)
	}
	return cmd, nil
}

// Perch runs a command of perch that prints nothing of interest. The error is its own complaint; it wraps ErrLocked when
// a passphrase is all that is missing.
func (p Programs) Perch(ctx context.Context, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	return p.run(ctx, nil, args)
}

// Show runs a command of perch that may take as long as the person wants, and whose words go to out; nil for nowhere. The
// error is its own complaint.
func (p Programs) Show(ctx context.Context, out io.Writer, args ...string) error {
	return p.run(ctx, out, args)
}

func (p Programs) run(ctx context.Context, out io.Writer, args []string) error {
	phrase := p.phraseFor(args)
	if phrase != "" {
		args = append(args, PassphraseFlag)
	}
	cmd, err := p.Command(ctx, Perch, args...)
	if err != nil {
		return err
	}
	if phrase != "" {
		cmd.Stdin = strings.NewReader(phrase + "\n")
	}
	complaint := &capped{most: maxComplaint}
	cmd.Stdout, cmd.Stderr = out, complaint
	err = cmd.Run()
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // the latter ended well too and left somebody behind
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("perch %s has not ended after %v; look at: perch logs", args[0], commandTime)
	case cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == ExitLocked:
		return locked(complaint.text())
	case complaint.text() != "":
		return errors.New(complaint.text())
	}
	return fmt.Errorf("perch %s did not work: %w", args[0], err)
}

// locked is what perch said about a passphrase that it needs.
type locked string

func (l locked) Error() string { return string(l) }

// Unwrap makes it an ErrLocked.
func (l locked) Unwrap() error { return ErrLocked }

// phraseFor returns what a command that starts a relay has to be given; "" for nothing.
func (p Programs) phraseFor(args []string) string {
	if p.Passphrase == nil || (args[0] != "start" && args[0] != "restart") {
		return ""
	}
	return p.Passphrase()
}

// capped keeps the beginning of what is written to it.
type capped struct {
	buffer bytes.Buffer
	most   int
}

func (c *capped) Write(p []byte) (int, error) {
	c.buffer.Write(p[:min(len(p), c.most-c.buffer.Len())])
	return len(p), nil
}

// text returns the last line without the program's name before it: that is where perch says why.
func (c *capped) text() string {
	lines := strings.Split(strings.TrimSpace(c.buffer.String()), "\n")
	return strings.TrimSpace(strings.TrimPrefix(lines[len(lines)-1], "perch: "))
}
