package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"

	"perch/bridge"
)

// ErrNotRunning is in the chain of every error of a call that found no relay.
var ErrNotRunning = errors.New("the relay is not running")

func notRunning(err error) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "talk to the relay", Message: "the relay is not running",
		Remedy: "start it with: perch start", Err: errors.Join(ErrNotRunning, err),
	}
}

// unreachable says why a call found no relay that answers: most often none runs.
func unreachable(err error) error {
	var slow interface{ Timeout() bool }
	e := &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: "talk to the relay", Err: err}
	switch {
	case errors.Is(err, fs.ErrPermission):
		e.Message = "this account may not talk to the relay of this folder, because another account runs it"
		e.Remedy = "type the same as the account that runs Perch, with sudo -u for example"
	case errors.As(err, &slow) && slow.Timeout():
		e.Kind, e.Message, e.Remedy = bridge.Temporary, hungMessage, hungRemedy
		e.Err = fmt.Errorf("%w: %w", errSilent, err)
	default:
		return notRunning(err)
	}
	return e
}

func unexpected(err error) error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "talk to the relay", Message: unreadableText(err),
		Remedy: "try again; if it stays so, another version of Perch may be running: perch restart", Err: err,
	}
}

func unreadableText(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the relay's answer was cut off"
	case errors.Is(err, io.EOF):
		return "the relay's answer was empty"
	}
	return "the relay's answer cannot be read"
}

func refused(response *http.Response) error {
	var f failure
	if err := json.NewDecoder(response.Body).Decode(&f); err != nil || f.Message == "" {
		return unexpected(fmt.Errorf("answer %d", response.StatusCode)) //nolint:err113 // a cause for the log
	}
	if f.Code == codeNotRunning {
		return notRunning(nil)
	}
	e := &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Op: f.What, Message: f.Message, Remedy: f.Remedy, Code: f.Code}
	if f.Left != nil {
		return &leftError{e, f.Left}
	}
	return e
}

// leftError is a refusal that told how many guesses of a PIN are left.
type leftError struct {
	error
	left *int
}

// Unwrap returns the refusal itself.
func (e *leftError) Unwrap() error { return e.error }

// Said makes an error of what the program perch has printed: "perch: what: why; what to do", of which the last line counts.
// It returns nil for nothing.
func Said(text string) error {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	line := strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), "perch: ")
	if line == "" {
		return nil
	}
	e := &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Message: line}
	if why, do, found := strings.Cut(line, "; "); found {
		e.Message, e.Remedy = why, do
	}
	if op, why, found := strings.Cut(e.Message, ": "); found && !strings.ContainsAny(op, "./\\\"(") {
		e.Op, e.Message = op, why
	}
	return e
}

// Explain returns what went wrong and what to do, for a person. Both are empty for nil.
func Explain(err error) (message, remedy string) {
	if err == nil {
		return "", ""
	}
	var e *bridge.Error
	if !errors.As(err, &e) {
		return err.Error(), ""
	}
	return e.Message, e.Remedy
}
