package inlet

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"perch/bridge/sharing"
)

// infix is between the journal's name and the number of a segment: perch.db-posts-1.
const infix = "-posts-"

// named is a file of the log by its number.
type named struct {
	path   string
	number int
}

// list finds the files beside the journal, in their order.
func list(base string) ([]named, error) {
	entries, err := os.ReadDir(filepath.Dir(base))
	if err != nil {
		return nil, err
	}
	var found []named
	for _, e := range entries {
		text, ok := strings.CutPrefix(e.Name(), filepath.Base(base)+infix)
		if number, err := strconv.Atoi(text); ok && err == nil && number > 0 {
			found = append(found, named{filepath.Join(filepath.Dir(base), e.Name()), number})
		}
	}
	slices.SortFunc(found, func(a, b named) int { return a.number - b.number })
	return found, nil
}

// Files are the paths of the log beside the journal at path, in their order; none when it has none.
func Files(path string) ([]string, error) {
	found, err := list(target(path))
	var paths []string
	for _, f := range found {
		paths = append(paths, f.path)
	}
	return paths, err
}

// End is the end of the name of one of these files: what follows the journal's.
func End(path string) string {
	_, number, _ := strings.Cut(filepath.Base(path), infix)
	return infix + number
}

func openSegment(f named) (*segment, error) {
	file, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &segment{number: f.number, file: file, size: info.Size()}, nil
}

// createSegment makes a file that is there after a power cut too.
func createSegment(base string, number int) (*segment, error) {
	return newSegment(base, number, os.O_CREATE|os.O_EXCL)
}

// reuseSegment makes a new file of one that is not needed any more. What is in it has smaller numbers than what will be.
func reuseSegment(base string, old, number int) (*segment, error) {
	if err := os.Rename(nameOf(base, old), nameOf(base, number)); err != nil {
		return nil, err
	}
	s, err := newSegment(base, number, 0)
	if err != nil {
		_ = os.Remove(nameOf(base, number)) // where it is still there
	}
	return s, err
}

func newSegment(base string, number, flag int) (*segment, error) {
	path := nameOf(base, number)
	file, err := os.OpenFile(path, os.O_RDWR|flag, fileMode) //nolint:gosec // beside the journal
	if err != nil {
		return nil, err
	}
	if err := sharing.SyncFolder(filepath.Dir(base)); err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(path))
	}
	return &segment{number: number, file: file}, nil
}

func nameOf(base string, number int) string { return fmt.Sprint(base, infix, number) }

// survey finds the last whole record, behind which nothing counts.
func (s *segment) survey() error {
	from := records{from: bufio.NewReaderSize(io.NewSectionReader(s.file, 0, s.size), readBuffer)}
	for whole := int64(0); ; {
		_, n, err := from.next()
		if errors.Is(err, errEnd) {
			s.size, s.last = whole, from.last
			return nil
		}
		if err != nil {
			return err
		}
		whole += n
	}
}

// remove takes the file away. One that Windows does not let go is found by the next run, which has moved all of it too.
func (s *segment) remove(base string) {
	_ = errors.Join(s.file.Close(), os.Remove(nameOf(base, s.number)))
}
