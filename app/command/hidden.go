package command

import (
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"perch/bridge"
	"perch/bridge/visible"
)

// readHidden reads a value without echo from a terminal, else from standard input; one newline at its end is cut. most
// bounds it, in bytes.
func (p *program) readHidden(op, prompt string, most int64) (string, error) {
	var raw []byte
	var err error
	if f, ok := p.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		err = p.unseen(f, func(ask asker) error {
			text, err := ask(prompt + ": ")
			raw = []byte(text)
			return err
		})
	} else {
		raw, err = io.ReadAll(io.LimitReader(p.In, most+1))
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	switch {
	case err != nil:
		return "", err
	case value == "" || int64(len(value)) > most || !utf8.ValidString(value):
		return "", &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: op, Message: "the value is empty, too long or no text",
			Remedy: "pipe the value in, or type it when asked",
		}
	}
	return value, nil
}

// asker shows a prompt and returns the line that is typed.
type asker func(prompt string) (string, error)

// unseen lets talk ask for lines that are not shown. The terminal echoes nothing from before the first prompt until after
// the last line: who sees a prompt may type. Ctrl-C and Ctrl-D end the question.
func (p *program) unseen(f *os.File, talk func(asker) error) (err error) {
	before, err := term.MakeRaw(int(f.Fd()))
	if err != nil {
		return &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "ask", Message: "the terminal does not let Perch ask without showing what is typed",
			Remedy: "pipe the value in", Err: err,
		}
	}
	defer func() { err = errors.Join(err, term.Restore(int(f.Fd()), before)) }()
	lines := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{f, p.Err}, "")
	return talk(func(prompt string) (string, error) {
		text, err := lines.ReadPassword(visible.Line(prompt))
		if errors.Is(err, io.EOF) {
			return "", &bridge.Error{
				Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "ask", Message: "nothing was typed", Remedy: "run it again", Err: err,
			}
		}
		return text, err
	})
}
