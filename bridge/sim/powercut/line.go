package powercut

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// call is a system call that went well.
type call struct {
	name    string
	args    []string
	result  int64
	target  string // of the result, when that is a file
	marks   int    // the disk's clock when it began
	written change
	into    *file
}

// newCall reads "name(arguments) = result"; false means that it failed or is none.
func newCall(line string) (*call, bool) {
	equals := strings.LastIndex(line, " = ")
	if equals < 0 {
		return nil, false
	}
	name, args, ok := strings.Cut(strings.TrimRight(line[:equals], " "), "(")
	if !ok || !strings.HasSuffix(args, ")") {
		return nil, false
	}
	number, target, _ := strings.Cut(strings.TrimSpace(line[equals+3:]), "<")
	number, _, _ = strings.Cut(number, " ")
	c := &call{name: name, args: split(strings.TrimSuffix(args, ")")), target: unhex(strings.TrimSuffix(target, ">"))}
	var err error
	if c.result, err = strconv.ParseInt(number, 0, 64); err != nil {
		return nil, false
	}
	return c, c.result >= 0
}

// split divides arguments at the commas that are in no text, no target and no list.
func split(args string) []string {
	var all []string
	from, depth, inText := 0, 0, false
	for i := range len(args) {
		switch b := args[i]; {
		case b == '"':
			inText = !inText
		case inText:
		case b == '<' || b == '[' || b == '{':
			depth++
		case (b == '>' && args[i-1] != '-') || b == ']' || b == '}':
			depth--
		case b == ',' && depth == 0:
			all = append(all, strings.TrimSpace(args[from:i]))
			from = i + 1
		}
	}
	return append(all, strings.TrimSpace(args[from:]))
}

// unhex reads what strace -xx writes, "\x41\x42"; what is written otherwise stays as it is.
func unhex(text string) string {
	if !strings.HasPrefix(text, `\x`) {
		return text
	}
	plain := make([]byte, 0, len(text)/4)
	for i := 0; i+3 < len(text); i += 4 {
		plain = append(plain, digit(text[i+2])<<4|digit(text[i+3]))
	}
	return string(plain)
}

func digit(b byte) byte {
	if b >= 'a' {
		return b - 'a' + 10
	}
	return b - '0'
}

// text returns all texts of an argument, one behind the other: of a list, those of its elements.
func (c *call) text(i int) []byte {
	var all []byte
	for n, part := range strings.Split(c.args[i], `"`) {
		if n%2 == 1 {
			all = append(all, unhex(part)...)
		}
	}
	return all
}

func (c *call) number(i int) int64 {
	n, err := strconv.ParseInt(c.args[i], 0, 64)
	if err != nil {
		return -1
	}
	return n
}

// file returns the descriptor in an argument and what it is open for.
func (c *call) file(i int) (fd int, target string) {
	number, target, _ := strings.Cut(c.args[i], "<")
	fd, err := strconv.Atoi(number)
	if err != nil {
		fd = -1
	}
	return fd, unhex(strings.TrimSuffix(target, ">"))
}

// paths returns the absolute paths among the arguments.
func (c *call) paths() ([]string, error) {
	var all []string
	for i, arg := range c.args {
		if !strings.HasPrefix(arg, `"`) {
			continue
		}
		path := string(c.text(i))
		if !filepath.IsAbs(path) {
			base := ""
			if i > 0 {
				_, base = c.file(i - 1)
			}
			if !filepath.IsAbs(base) {
				return nil, fmt.Errorf("%s of %q: from which folder?", c.name, path)
			}
			path = filepath.Join(base, path)
		}
		all = append(all, filepath.Clean(path))
	}
	return all, nil
}
