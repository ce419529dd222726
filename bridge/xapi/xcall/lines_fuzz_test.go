package xcall

import (
	"bytes"
	"io"
	"testing"
	"unicode/utf8"

	"perch/bridge"
)

// Whatever a stream sends: nothing panics, no line is larger than an event may be, and it ends.
func FuzzStreamLines(f *testing.F) {
	for _, text := range []string{
		"{\"data\":{}}\r\n\r\n{\"data\":{}}\r\n", "<!DOCTYPE html>\n<html>\n", "\xef\xbb\xbf{}\r\n", "{\"errors\":[{\"title\":\"operational-disconnect\"}]}\r\n", "half", "\r\n\r\n\x00\n",
	} {
		f.Add([]byte(text), uint8(3))
	}
	f.Fuzz(func(t *testing.T, text []byte, piece uint8) {
		seen := 0
		err := readOpen(io.NopCloser(&pieces{text, int(piece)%64 + 1}), func(line []byte) error {
			seen += len(line)
			if bytes.ContainsAny(line, "\n") { // an empty one is a sign of life
				t.Errorf("hands on %q as a line", line)
			}
			return nil
		})
		if seen > len(text) {
			t.Errorf("hands on %d bytes of %d", seen, len(text))
		}
		if err == nil {
			t.Error("a stream that ended is no error")
			return
		}
		e := bridge.AsError(err)
		if e.Kind == "" || e.Message == "" || e.Side == "" || !utf8.ValidString(e.Message) || len(e.Message) > 2000 {
			t.Errorf("says %+v", e)
		}
	})
}

// pieces reads a little at a time.
type pieces struct {
	rest []byte
	n    int
}

func (p *pieces) Read(into []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(into, p.rest[:min(p.n, len(p.rest))])
	p.rest = p.rest[n:]
	return n, nil
}
