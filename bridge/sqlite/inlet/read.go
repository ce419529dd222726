package inlet

import (
	"bufio"
	"errors"
	"io"
	"os"

	"perch/bridge"
)

const (
	// readBuffer is how much is read of a file at a time, in bytes.
	readBuffer = 256 << 10
	// readMost is the size in bytes from which no further posts are read at once.
	readMost = 16 << 20
)

// cursor is how far the log was read.
type cursor struct {
	after int64    // the number up to which posts were read or moved
	in    *segment // nil before the first
	at    int64
	records
}

// begin goes to the beginning of a segment.
func (c *cursor) begin(s *segment) { c.in, c.at, c.last = s, 0, 0 }

// Read returns the next posts, at most limit, and fewer where they are large; none when all were read.
func (l *Log) Read(limit int) ([]bridge.Post, error) {
	var posts []bridge.Post
	for size := int64(0); len(posts) < limit && size < readMost; {
		some, n, more, err := l.readSegment(limit-len(posts), readMost-size)
		posts, size = append(posts, some...), size+n
		if err != nil || !more {
			return posts, err
		}
	}
	return posts, nil
}

// readSegment reads on in the segment of the cursor, or begins the next one where it has ended; more is whether to go on.
func (l *Log) readSegment(limit int, most int64) (posts []bridge.Post, size int64, more bool, err error) {
	s, end, isLast := l.segment()
	if s == nil {
		return nil, 0, false, nil
	}
	l.read.from.Reset(io.NewSectionReader(s.file, l.read.at, end-l.read.at))
	for l.read.at < end && len(posts) < limit && size < most {
		p, n, err := l.read.next()
		if errors.Is(err, errEnd) {
			l.read.at = end
			break
		}
		if err != nil {
			return posts, size, false, err
		}
		l.read.at += n
		if p.Seq <= l.read.after {
			continue
		}
		l.read.after = p.Seq
		posts, size = append(posts, p), size+n
	}
	if l.read.at >= end && !isLast {
		l.nextSegment(s)
		return posts, size, true, nil
	}
	return posts, size, false, nil
}

// segment returns the one that is read, how much of it is on disk, and whether it is the last.
func (l *Log) segment() (s *segment, end int64, isLast bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.segments) == 0 {
		return nil, 0, true
	}
	if l.read.in == nil {
		l.read.begin(l.segments[0])
	}
	return l.read.in, l.read.in.size, l.read.in == l.segments[len(l.segments)-1]
}

// nextSegment goes behind one that has ended.
func (l *Log) nextSegment(s *segment) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, one := range l.segments[:len(l.segments)-1] {
		if one == s {
			s.last = max(s.last, l.read.after)
			l.read.begin(l.segments[i+1])
			return
		}
	}
}

// Posts are the files of a log that somebody else may be adding to, opened to be read: those are read that were there when
// it was made, also when they are removed meanwhile.
type Posts struct{ files []*os.File }

// OpenPosts opens the log beside the journal at path. It makes and changes nothing.
func OpenPosts(path string) (*Posts, error) {
	paths, err := Files(path)
	if err != nil {
		return nil, err
	}
	p := &Posts{}
	for _, path := range paths {
		f, err := os.Open(path) //nolint:gosec // beside the journal
		if errors.Is(err, os.ErrNotExist) {
			continue // all of it was moved just now
		}
		if err != nil {
			return nil, errors.Join(err, p.Close())
		}
		p.files = append(p.files, f)
	}
	return p, nil
}

// IsEmpty reports whether there were none.
func (p *Posts) IsEmpty() bool { return len(p.files) == 0 }

// Each hands on the posts with numbers above after, in their order, until take fails.
func (p *Posts) Each(after int64, take func(bridge.Post) error) error {
	for _, f := range p.files {
		from := records{from: bufio.NewReaderSize(f, readBuffer)}
		for {
			post, _, err := from.next()
			if errors.Is(err, errEnd) {
				break
			}
			if err != nil {
				return err
			}
			if post.Seq <= after {
				continue
			}
			if err := take(post); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close closes the files.
func (p *Posts) Close() error {
	var errs []error
	for _, f := range p.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
