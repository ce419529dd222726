package logtail

import (
	"bytes"
	"hash/fnv"
	"os"
	"strconv"
)

// Position is how far a log was read, for who goes on later or elsewhere.
type Position struct {
	// Start and End are what was read of the file, in bytes. File tells one log from the one that took its place.
	Start int64  `json:"start"`
	End   int64  `json:"end"`
	File  string `json:"file"`
}

// Position returns how far it has read. Start is negative for one that has read nothing.
func (r *Reader) Position() Position { return Position{r.start, r.end, r.head} }

// Resume returns a reader that goes on from a position. One that does not fit the file reads it anew.
func Resume(path string, q Query, at Position) *Reader {
	if at.Start < 0 || at.End < at.Start {
		return New(path, q)
	}
	r := &Reader{path: path, query: q, start: at.Start, end: at.End, head: at.File}
	if info, err := os.Stat(path); err == nil && info.Size() < at.End {
		r.start = -1
	}
	return r
}

// isOther reports whether another file has taken the place of the one that was read.
func (r *Reader) isOther(f *os.File, info os.FileInfo) bool {
	if r.info != nil {
		return !os.SameFile(r.info, info)
	}
	return r.head == "" || headOf(f) != r.head
}

// headSize is how much of a log tells it from others, in bytes: its first line begins with the time, to the millisecond.
const headSize = 512

func headOf(f *os.File) string {
	head := make([]byte, headSize)
	n, _ := f.ReadAt(head, 0) // what can be read is enough
	first, _, isWhole := bytes.Cut(head[:n], []byte("\n"))
	if !isWhole && n < headSize {
		return ""
	}
	sum := fnv.New64a()
	_, _ = sum.Write(first) // never fails
	return strconv.FormatUint(sum.Sum64(), 16)
}
