package desktop

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"perch/app/desk"
)

const (
	// helperTime bounds a helper of the system, pipeTime the wait for its output after it has ended.
	helperTime = 5 * time.Second
	pipeTime   = 2 * time.Second
)

// clipboard copies by way of the system's own helpers.
type clipboard struct{ env []string }

// errNoClipboard is in the chain when no helper could copy.
var errNoClipboard = errors.New("no program that copies is installed (wl-copy, xclip or xsel)")

// Copy puts a text on the clipboard.
func (c clipboard) Copy(ctx context.Context, text string) error {
	all := errNoClipboard
	for _, helper := range copiers(runtime.GOOS, os.Getenv("WAYLAND_DISPLAY") != "") {
		err := run(ctx, c.env, text, helper...)
		if err == nil {
			return nil
		}
		all = errors.Join(all, err)
	}
	return all
}

// copiers are the helpers worth trying, the best first.
func copiers(goos string, isWayland bool) [][]string {
	switch goos {
	case "windows":
		return [][]string{{"clip"}}
	case "darwin":
		return [][]string{{"pbcopy"}}
	}
	x11 := [][]string{{"xclip", "-selection", "clipboard"}, {"xsel", "--clipboard", "--input"}}
	if isWayland {
		return append([][]string{{"wl-copy"}}, x11...)
	}
	return x11
}

// run runs a helper of the system with input; nothing of its output is read, because some stay behind to serve the
// selection and keep the output open.
func run(ctx context.Context, env []string, input string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, helperTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // fixed names
	cmd.Stdin, cmd.Env, cmd.WaitDelay = strings.NewReader(input), env, pipeTime
	desk.Quiet(cmd)
	if err := cmd.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return err
	}
	return nil
}
