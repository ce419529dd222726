package command

import (
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"perch/bridge"
)

// readHidden reads a value without echo from a terminal, else from standard input; one newline at its end is cut. most
// bounds it, in bytes.
func (p *program) readHidden(op, prompt string, most int64) (string, error) {
	var raw []byte
	var err error
	if f, ok := p.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.Say("%s: ", prompt)
		raw, err = term.ReadPassword(int(f.Fd()))
		p.Say("\n")
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
