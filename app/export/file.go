package export

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"perch/bridge"
)

// Saved is a file that was made.
type Saved struct {
	Path  string
	Bytes int64
}

// File lets write make the file at path, for its owner only. It is written beside, and gets its name when it is whole and on
// disk: after an error or the end of ctx nothing is left. A file that is there already is replaced with force only. op is what
// errors say was tried; they are *bridge.Error unless they are write's own.
func File(ctx context.Context, op, path string, force bool, write func(io.Writer) error) (Saved, error) {
	if err := checkPlace(op, path, force); err != nil {
		return Saved{}, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".perch-*.part")
	if err != nil {
		return Saved{}, placeError(op, path, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // nothing is left of it where it got its name
	defer func() { _ = f.Close() }()
	disk := &diskWriter{f: f}
	switch err := write(disk); {
	case disk.err != nil:
		return Saved{}, placeError(op, path, disk.err)
	case err != nil:
		return Saved{}, stopped(ctx, op, err)
	}
	info, err := f.Stat()
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Saved{}, placeError(op, path, err)
	}
	if err := rename(f.Name(), path, force); err != nil {
		return Saved{}, placeError(op, path, err)
	}
	return Saved{Path: path, Bytes: info.Size()}, nil
}

// diskWriter tells a disk that takes no more from what else ends an export.
type diskWriter struct {
	f   *os.File
	err error
}

// Write implements io.Writer.
func (d *diskWriter) Write(data []byte) (int, error) {
	n, err := d.f.Write(data)
	if err != nil {
		d.err = err
	}
	return n, err
}

func checkPlace(op, path string, force bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return placeError(op, path, err)
	case info.IsDir() || !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0:
		return &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Op: op, Message: filepath.Clean(path) + " is no file", Remedy: "name a file that is not there yet"}
	case !force:
		return placeError(op, path, fs.ErrExist)
	}
	return nil
}

// rename gives a file its name; without force never that of another one, which may have come meanwhile.
func rename(from, to string, force bool) error {
	if force {
		return os.Rename(from, to)
	}
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) { // a file system without links
		return fs.ErrExist
	}
	return os.Rename(from, to)
}

// stopped puts into words that a person, or the system, has ended the work.
func stopped(ctx context.Context, op string, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: op, Message: "it was ended before it was whole, and nothing is left of it",
		Remedy: "run it again when there is time", Err: ctx.Err(),
	}
}

func placeError(op, path string, err error) error {
	e := &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: op, Message: filepath.Clean(path) + " cannot be written",
		Remedy: "check that its folder is there and writable, and that the disk is not full", Err: err,
	}
	if errors.Is(err, fs.ErrExist) {
		e.Message, e.Remedy, e.Err = filepath.Clean(path)+" is there already", "name another file; --force replaces it", nil
	}
	return e
}
