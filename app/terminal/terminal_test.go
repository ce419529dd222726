package terminal_test

import (
	"bytes"
	"errors"
	"testing"

	"perch/app/terminal"
)

// name is a string of a type of its own.
type name string

func TestOnlyTheFormatBreaksLines(t *testing.T) {
	var out, complaints bytes.Buffer
	p := terminal.Printer{Out: &out, Err: &complaints}
	p.Print("%s|%v|%s|%s|%d\n", "a\nb\tc", errors.New("e\x1b\nf"), []byte("g\n\u202E"), terminal.Multiline("h\n\x07i"), 7)
	p.Say("%s %v\n", "one\ntwo", []string{"\x1b[2J"})
	p.Print("%s\n", name("x\x1by"))
	if want := "a b c|e␛ f|g <U+202E>|h\n␇i|7\nx␛y\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
	if want := "one two [␛[2J]\n"; complaints.String() != want {
		t.Errorf("said %q, want %q", complaints.String(), want)
	}
}

func TestATableKeepsItsColumns(t *testing.T) {
	var out bytes.Buffer
	table := terminal.Printer{Out: &out}.Table()
	table.Row("%s\t%s\t%d", "a\tb", "line\nbreak\x0b\xff", 1)
	table.Row("%s\t%s\t%d", "longer than the first", "x", 2)
	table.Flush()
	if want := "a b                    line break␋\uFFFD  1\nlonger than the first  x             2\n"; out.String() != want {
		t.Errorf("the table is\n%q, want\n%q", out.String(), want)
	}
}
