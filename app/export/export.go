// Package export writes messages that a filter selects as a file for other programs: a table (CSV), JSON lines, or the calls
// of both sides (HAR).
//
// It guarantees that each message that was there at the beginning is in the file once, oldest first, whatever comes in
// meanwhile; that it takes the same memory for a million messages as for a thousand; that no secret is in it; that no cell
// of a table is a formula; and that File makes a whole file or none. Times are RFC 3339.
package export

import (
	"bufio"
	"context"
	"io"
	"path/filepath"
	"strings"

	"perch/app/control"
)

// Source has the messages: a relay, or its journal while none runs. The limit of Details is control.MaxDetails.
type Source interface {
	Messages(ctx context.Context, q control.Query) ([]control.Message, error)
	Details(ctx context.Context, q control.Query) ([]control.Detail, error)
}

// Format is the form of a file. It is also how its name ends.
type Format string

// The formats.
const (
	// CSV is a table as RFC 4180 has it, in UTF-8 with a byte order mark, by which spreadsheet programs know it.
	CSV Format = "csv"
	// JSONL has one object a line, the same as perch traffic --json.
	JSONL Format = "jsonl"
	// HAR holds the calls of both sides in the form of browsers' developer tools (HTTP Archive 1.2).
	HAR Format = "har"
)

// Formats are all of them, in the order in which people choose.
func Formats() []Format { return []Format{CSV, JSONL, HAR} }

// FormatOf is the format that the name of a file says; "" for none.
func FormatOf(name string) Format {
	end := strings.TrimPrefix(strings.ToLower(filepath.Ext(name)), ".")
	for _, f := range Formats() {
		if string(f) == end {
			return f
		}
	}
	return ""
}

// Options say what is exported and how. Format is needed.
type Options struct {
	// Query selects the messages; its limit does not count.
	Query  control.Query
	Format Format
	// Separator parts the cells of a table; 0 means a comma.
	Separator rune
	// Progress is called after each part of the work, by the goroutine that called Write; may be nil.
	Progress func(Progress)
}

// Progress is how far an export is.
type Progress struct {
	// Messages is how many are written.
	Messages int
	// Part is how much of the journal was gone through, from 0 to 1.
	Part float64
}

// Write writes the messages to w and returns how many there are. After an error, what was written is not whole.
func Write(ctx context.Context, w io.Writer, from Source, o Options) (int, error) {
	out := bufio.NewWriterSize(w, bufferSize)
	var n int
	var err error
	if o.Format == HAR {
		archive := &harWriter{out: out}
		n, err = run(ctx, o, walker[control.Detail]{from.Messages, from.Details, func(d control.Detail) int64 { return d.ID }, control.MaxDetails}, archive)
	} else {
		n, err = run(ctx, o, walker[control.Message]{from.Messages, from.Messages, func(m control.Message) int64 { return m.ID }, pageSize}, o.rows(out))
	}
	if err == nil {
		err = out.Flush()
	}
	return n, err
}

const (
	// bufferSize is how many bytes are written at once.
	bufferSize = 256 << 10
	// pageSize is how many messages are asked for at once.
	pageSize = 500
)

// writer writes what is before, between and behind the messages of a format, and them.
type writer[T any] interface {
	begin() error
	add(one T) error
	end() error
}

func (o Options) rows(out io.Writer) writer[control.Message] {
	if o.Format == CSV {
		return newTable(out, o.Separator)
	}
	return newLines(out)
}

// run writes what a walk finds.
func run[T any](ctx context.Context, o Options, walk walker[T], to writer[T]) (n int, err error) {
	if err := to.begin(); err != nil {
		return 0, err
	}
	err = walk.all(ctx, o.Query, func(page []T, part float64) error {
		for _, one := range page {
			if err := to.add(one); err != nil {
				return err
			}
		}
		n += len(page)
		if o.Progress != nil {
			o.Progress(Progress{Messages: n, Part: part})
		}
		return nil
	})
	if err != nil {
		return n, err
	}
	return n, to.end()
}
