package command

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"perch/app/terminal"
)

// mustTerminal returns the person's end of a terminal and the program's.
func mustTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	must(err)
	t.Cleanup(func() { _ = person.Close() })
	must(unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	must(err)
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	must(err)
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

func echoes(t *testing.T, f *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// typist types once a prompt is written, as fast as can be, and notes what the terminal does then.
type typist struct {
	t               *testing.T
	person, program *os.File
	lines           []string
	wasEchoing      bool
	said            strings.Builder
}

func (y *typist) Write(p []byte) (int, error) {
	y.said.Write(p)
	if strings.HasSuffix(string(p), ": ") && len(y.lines) > 0 {
		y.wasEchoing = y.wasEchoing || echoes(y.t, y.program)
		_, err := io.WriteString(y.person, y.lines[0])
		y.lines = y.lines[1:]
		return len(p), err
	}
	return len(p), nil
}

func TestWhatIsAskedForIsNotShownFromTheFirstLetterOn(t *testing.T) {
	hidden := func(p *program) (string, error) { return p.readHidden("secret set", "support/x.consumer_key", 100) }
	for name, c := range map[string]struct {
		ask   func(p *program) (string, error)
		lines []string
		want  string
		says  string
	}{
		"a secret":     {hidden, []string{"hush\r"}, "hush", ""},
		"a correction": {hidden, []string{"hux\x7fsh\r"}, "hush", ""},
		"nothing":      {hidden, []string{"\r"}, "", "empty"},
		"Ctrl-C":       {hidden, []string{"hu\x03"}, "", "nothing was typed"},
		"a passphrase": {func(p *program) (string, error) { return p.typed("Passphrase: ") }, []string{"hush\r"}, "hush", ""},
	} {
		t.Run(name, func(t *testing.T) {
			person, tty := mustTerminal(t)
			y := &typist{t: t, person: person, program: tty, lines: c.lines}
			p := &program{In: tty, Printer: terminal.Printer{Out: io.Discard, Err: y}}
			got, err := c.ask(p)
			if got != c.want || (err == nil) != (c.says == "") || (err != nil && !strings.Contains(err.Error(), c.says)) {
				t.Errorf("got %q, %v", got, err)
			}
			if y.wasEchoing || strings.Contains(y.said.String(), "hu") {
				t.Errorf("it is shown: echo %v, %q", y.wasEchoing, y.said.String())
			}
			if !echoes(t, tty) {
				t.Error("the terminal is left without an echo")
			}
		})
	}
}
