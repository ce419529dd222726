package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/app/service"
	"perch/bridge"
	"perch/bridge/secret"
)

// usageError is a command line that makes no sense.
type usageError struct{ err error }

func (u usageError) Error() string { return u.err.Error() }
func (u usageError) Unwrap() error { return u.err }

// usage makes an argument check report wrong usage.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			if !cmd.HasParent() {
				return usageError{err}
			}
			return usageError{fmt.Errorf("%s: %w", cmd.Name(), err)}
		}
		return nil
	}
}

func (p *program) complain(err error) int {
	var wrong usageError
	if errors.As(err, &wrong) {
		p.Say("perch: %s; see: perch --help\n", oneLine(wrong.Error()))
		return exitUsage
	}
	p.Say("perch: %s\n", sentence(err))
	if p.isStarting && errors.Is(err, secret.ErrNoPassphrase) {
		return exitLocked
	}
	return exitFailed
}

// sentence makes "what: why; what to do" of an error.
func sentence(err error) string {
	var e *bridge.Error
	if !errors.As(err, &e) {
		return oneLine(err.Error())
	}
	text := e.Message
	if e.Op != "" {
		text = e.Op + ": " + text
	}
	if cause := causeOf(e); cause != "" {
		text += " (" + cause + ")"
	}
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	return oneLine(text)
}

// causeOf returns the technical cause when it says more than the message does.
func causeOf(e *bridge.Error) string {
	if e.Err == nil || errors.Is(e.Err, context.Canceled) || errors.Is(e.Err, control.ErrNotRunning) || errors.Is(e.Err, secret.ErrNoPassphrase) || service.IsNoRights(e.Err) {
		return ""
	}
	return e.Err.Error()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
