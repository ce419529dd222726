package secret_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"perch/bridge"
	"perch/bridge/secret"
)

// pseudoTerminal returns the person's end and the program's.
func pseudoTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	t.Cleanup(func() { _ = person.Close() })
	must(t, unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	must(t, err)
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	must(t, err)
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

func TestSystemPassphrase_AsksWithoutEcho(t *testing.T) {
	clearSources(t)
	for name, c := range map[string]struct {
		isNew      bool
		typed      string
		want, says string
	}{
		"known":       {typed: "geheim\r", want: "geheim"},
		"corrected":   {typed: "gehx\x7feim\r", want: "geheim"},
		"new":         {isNew: true, typed: "geheimnisse\rgeheimnisse\r", want: "geheimnisse"},
		"different":   {isNew: true, typed: "geheimnisse\rgehiemnisse\r", says: "not the same"},
		"interrupted": {isNew: true, typed: "geheimnisse\r\x03", says: "no passphrase was typed"},
		"short":       {isNew: true, typed: "geheim\r", says: "too short"},
		"empty":       {typed: "\r", says: "holds no passphrase"},
	} {
		t.Run(name, func(t *testing.T) {
			person, program := pseudoTerminal(t)
			before, err := term.GetState(int(program.Fd()))
			must(t, err)
			// The person types once the terminal is raw: the prompt shows that.
			shown := &typist{person: person, typed: c.typed}
			got, err := secret.SystemPassphrase("", slog.New(slog.DiscardHandler), program, shown)(c.isNew)
			if got != c.want && c.says == "" {
				t.Errorf("got %q, %v", got, err)
			}
			if c.says != "" {
				if e := bridge.AsError(err); !errors.Is(err, secret.ErrNoPassphrase) || !strings.Contains(e.Message, c.says) || e.Remedy == "" {
					t.Error(err)
				}
			}
			if strings.Contains(shown.String(), "geh") || !strings.Contains(shown.String(), "vault") {
				t.Errorf("shown: %q", shown.String())
			}
			if after, err := term.GetState(int(program.Fd())); err != nil || *after != *before {
				t.Error("the terminal is not as it was")
			}
		})
	}
}

// typist types everything when the first prompt appears, and keeps what was shown.
type typist struct {
	person io.Writer
	typed  string
	strings.Builder
}

func (y *typist) Write(b []byte) (int, error) {
	if y.typed != "" {
		if _, err := io.WriteString(y.person, y.typed); err != nil {
			return 0, err
		}
		y.typed = ""
	}
	return y.Builder.Write(b)
}
