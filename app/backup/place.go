package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"perch/bridge"
	"perch/bridge/sharing"
)

// reserve is how many bytes a backup or a restore leaves free at the least: the journal needs room for what arrives while
// nobody looks, and perch doctor warns below twice this.
const reserve = 100 << 20

// placeError puts a failure to read or write at a place into words.
func placeError(op, place string, err error) error {
	var known *bridge.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return refused(op, "it was stopped before it was done", "nothing was changed; try again", err)
	case errors.As(err, &known):
		return err
	case isFull(err):
		return refused(op, "the disk of "+place+" is full", "make room on it, or name a place on another disk", err)
	case errors.Is(err, fs.ErrPermission):
		return refused(op, "this account may not use "+place, "let the account that runs Perch read and write it, or name another place", err)
	case errors.Is(err, syscall.ENOTDIR):
		return refused(op, "in the path of "+place+" a file is where a folder should be", "check the name", err)
	case errors.Is(err, fs.ErrNotExist):
		return refused(op, place+" is not there", "check the name; a folder has to be made first", err)
	case isReadOnly(err):
		return refused(op, "the disk of "+place+" may only be read", "name a place on another disk, or mount it for writing", err)
	}
	return refused(op, place+" cannot be read or written", "see whether the disk is there and in order, then try again", err)
}

func isFull(err error) bool {
	return slices.ContainsFunc(fullErrors, func(full error) bool { return errors.Is(err, full) })
}

func isReadOnly(err error) bool { return errors.Is(err, readOnlyError) }

// checkRoom refuses what would leave the disk of a folder with too little room.
func checkRoom(op, folder string, need int64, free func(string) (uint64, error)) error {
	left, err := free(folder)
	if err != nil {
		return placeError(op, folder, err)
	}
	if left < uint64(max(need, 0))+reserve {
		return refused(op, fmt.Sprintf("there is too little room in %s: %s are free, and %s are needed (some of it stays free for the journal)",
			folder, megabytes(int64(min(left, 1<<62))), megabytes(need+reserve)), "make room on that disk, or name a place on another one", nil)
	}
	return nil
}

// megabytes shows a size.
func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }

// sizeOf is the size of a file; 0 when there is none.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR)
}

// copyFile makes a copy that is on disk, its owner's alone, and there as a whole or not at all. most bounds it, in bytes.
func copyFile(from, to string, most int64) error {
	f, err := os.Open(from) //nolint:gosec // the program's own path
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	return writeWhole(to, func(out io.Writer) error {
		n, err := io.Copy(out, io.LimitReader(f, most+1))
		if err == nil && n > most {
			err = fmt.Errorf("%s is larger than %d bytes", from, most)
		}
		return err
	})
}

// writeFile puts a text at path, on disk, its owner's alone, and there as a whole or not at all.
func writeFile(path string, text []byte) error {
	return writeWhole(path, func(out io.Writer) error {
		_, err := out.Write(text)
		return err
	})
}

func writeWhole(path string, fill func(io.Writer) error) error {
	out, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp") // mode 0600
	if err != nil {
		return err
	}
	err = errors.Join(fill(out), out.Sync(), out.Close())
	if err == nil {
		err = os.Rename(out.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(out.Name()))
	}
	return sharing.SyncFolder(filepath.Dir(path))
}

// cancellable ends a copy with its context.
type cancellable struct {
	ctx context.Context //nolint:containedctx // it lives as long as one copy
	io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.Reader.Read(p)
}
