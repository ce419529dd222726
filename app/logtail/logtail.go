// Package logtail reads a log from its end.
//
// It guarantees that opening a log costs the same whatever its size, that no more than Budget bytes are read in one go
// (but by Last, which says so), that lines are never cut at the edge of a block, and that a log that was rotated or
// shortened is noticed. A Reader belongs to one goroutine.
package logtail

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
)

const (
	// block is how much is read at a time, in bytes.
	block = 256 << 10
	// Budget is how much a search reads in one go, in bytes.
	Budget = 64 << 20
	// maxLine is the longest line that is kept whole, in bytes.
	maxLine = 16 << 10
)

// Query selects lines. The zero value selects all.
type Query struct {
	// Level is the least level.
	Level string
	// Text is looked for whatever its case; Pattern is a regular expression. Both have to be met.
	Text    string
	Pattern *regexp.Regexp
}

// matches looks at the raw bytes first, because most lines of a search do not match.
func (q Query) matches(raw []byte, lower string) bool {
	if lower != "" && !bytes.Contains(bytes.ToLower(raw), []byte(lower)) {
		return false
	}
	if q.Pattern != nil && !q.Pattern.Match(raw) {
		return false
	}
	if q.Level == "" || q.Level == "debug" {
		return true
	}
	return slices.Index(Levels(), Parse(string(raw)).Level) >= slices.Index(Levels(), q.Level)
}

// Reader reads one log. Make it with New.
type Reader struct {
	path  string
	query Query
	info  os.FileInfo // of the file that was read
	// start and end are what was read of the file, in bytes; end is behind the last whole line.
	start, end int64
	head       string // of the file that was read, where info is not known
}

// New returns a reader that has read nothing.
func New(path string, q Query) *Reader { return &Reader{path: path, query: q, start: -1} }

// Path is the log's.
func (r *Reader) Path() string { return r.path }

// AtStart reports whether everything from the beginning of the file has been read.
func (r *Reader) AtStart() bool { return r.start == 0 }

// Older returns up to limit lines before those that were read, oldest first. The first call begins at the end of the
// file. It may return fewer, or none, when the budget is used up: AtStart tells. A log that does not exist yet is empty.
func (r *Reader) Older(limit int) ([]Line, error) {
	f, err := os.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	if r.start < 0 {
		if err := r.begin(f); err != nil {
			return nil, err
		}
	}
	var found []Line
	for spent := int64(0); r.start > 0 && len(found) < limit && spent < Budget; {
		n, lines, err := r.before(f, limit-len(found))
		if err != nil {
			return found, err
		}
		spent += n
		found = append(found, lines...)
	}
	slices.Reverse(found)
	return found, nil
}

// Last returns the last limit lines, oldest first, however far back they are: unlike Older it knows no budget.
func (r *Reader) Last(limit int) ([]Line, error) {
	r.start = -1
	var found []Line
	for {
		lines, err := r.Older(limit - len(found))
		found = append(lines, found...)
		if err != nil || len(found) >= limit || r.start <= 0 {
			return found, err
		}
	}
}

// begin starts behind the last whole line.
func (r *Reader) begin(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	from := max(0, size-maxLine)
	tail := make([]byte, size-from)
	if _, err := f.ReadAt(tail, from); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if at := bytes.LastIndexByte(tail, '\n'); at >= 0 {
		size = from + int64(at) + 1
	}
	r.info, r.start, r.end, r.head = info, size, size, headOf(f)
	return nil
}

// before reads the block before start and returns its matching lines, newest first. It stops at limit.
func (r *Reader) before(f *os.File, limit int) (read int64, found []Line, err error) {
	from := max(0, r.start-block)
	data := make([]byte, r.start-from)
	if _, err := f.ReadAt(data, from); err != nil && !errors.Is(err, io.EOF) {
		return 0, nil, err
	}
	first := 0
	if from > 0 {
		// The first line of the block began before it, unless there is no line end at all: then it is too long to keep.
		if first = bytes.IndexByte(data, '\n') + 1; first == len(data) {
			first = 0
		}
	}
	lower := strings.ToLower(r.query.Text)
	rest := data[first:]
	for len(rest) > 0 && len(found) < limit {
		body := bytes.TrimSuffix(rest, []byte("\n"))
		at := bytes.LastIndexByte(body, '\n') + 1
		if raw := body[at:]; len(raw) > 0 && r.query.matches(raw, lower) {
			found = append(found, Parse(bounded(raw)))
		}
		rest = rest[:at]
	}
	r.start = from + int64(first) + int64(len(rest))
	return int64(len(data)), found, nil
}

// bounded cuts a line that is too long and drops what is no text.
func bounded(raw []byte) string {
	raw = bytes.TrimRight(raw, "\r")
	if len(raw) > maxLine {
		raw = append(raw[:maxLine:maxLine], "…"...)
	}
	return strings.ToValidUTF8(string(raw), "�")
}

// Newer returns the lines that were written since, oldest first, at most the last limit of them. again is set when the
// log was rotated or shortened: the reader then stands at the end of the new one, as after New.
func (r *Reader) Newer(limit int) (lines []Line, again bool, err error) {
	f, err := os.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, false, err
	case r.isOther(f, info) || info.Size() < r.end:
		r.start = -1
		lines, err = r.Older(limit)
		return lines, true, err
	case info.Size() == r.end:
		return nil, false, nil
	}
	r.info = info
	lines, err = r.after(f, info.Size(), limit)
	return lines, false, err
}

// after reads from end to size, or the last budget's worth of it.
func (r *Reader) after(f *os.File, size int64, limit int) ([]Line, error) {
	from := max(r.end, size-Budget/8)
	data := make([]byte, size-from)
	n, err := f.ReadAt(data, from)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	whole := bytes.LastIndexByte(data[:n], '\n') + 1
	data = data[:whole]
	r.end = from + int64(whole)
	lower := strings.ToLower(r.query.Text)
	var lines []Line
	for raw := range bytes.SplitSeq(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) {
		if len(raw) > 0 && r.query.matches(raw, lower) {
			lines = append(lines, Parse(bounded(raw)))
		}
	}
	return lines[max(0, len(lines)-limit):], nil
}
