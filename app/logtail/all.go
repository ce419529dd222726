package logtail

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
)

// All hands over the lines of a whole log that a query selects, oldest first, and tells how many they are. It holds one line
// at a time, and ends with ctx or the first error of take.
func All(ctx context.Context, path string, q Query, take func(raw string) error) (lines int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // only read
	from, lower := bufio.NewReaderSize(f, block), strings.ToLower(q.Text)
	for ctx.Err() == nil {
		raw, err := nextLine(from)
		if err != nil && !errors.Is(err, io.EOF) {
			return lines, err
		}
		if len(raw) > 0 && q.matches(raw, lower) {
			if err := take(bounded(raw)); err != nil {
				return lines, err
			}
			lines++
		}
		if err != nil {
			return lines, nil //nolint:nilerr // it is the end of the file
		}
	}
	return lines, ctx.Err()
}

// nextLine reads a line without its end. Of one that is too long it keeps the beginning, and a byte more to tell.
func nextLine(from *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := from.ReadSlice('\n')
		room := max(0, maxLine+1-len(line))
		line = append(line, part[:min(len(part), room)]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimSuffix(line, []byte("\n")), err
		}
	}
}
