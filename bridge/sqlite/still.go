package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"perch/bridge"
)

// stillTries is how often a journal is read anew that somebody has begun to write meanwhile.
const stillTries = 3

// ReadStill lets work read the journal at path while no relay is known to work with it. It changes no byte of the journal
// and of its WAL, takes no lock that holds a relay up which starts meanwhile, and needs no right to write: a journal that
// was closed is read as it is, and leaves no file beside it; one that a crash has left is read with what is in its WAL. work
// may be called again when a relay has begun to write while it read; what it found before does not count then. The error is
// fs.ErrNotExist when there is no journal, or nothing in it, else a *bridge.Error in words.
func ReadStill(ctx context.Context, path string, work func(*View) error) error {
	for range stillTries {
		before, err := markOf(path)
		if err == nil {
			err = checkRights(path)
		}
		if err != nil {
			return err
		}
		err = readOnce(ctx, path, before.isClosed(), work)
		if !before.isClosed() {
			return err
		}
		if after, markErr := markOf(path); markErr == nil && after == before {
			return err
		}
	}
	return readOnce(ctx, path, false, work)
}

// checkRights says that the account may not read the journal: SQLite does not tell that from a file that is not there.
func checkRights(path string) error {
	f, err := os.Open(path) //nolint:gosec // the path is the program's own
	if errors.Is(err, fs.ErrPermission) {
		return &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "read the journal", Message: "this account may not read the journal, which another one has made",
			Remedy: "type the same as the account that runs Perch, with sudo -u for example", Err: err,
		}
	}
	if err == nil {
		_ = f.Close() // nothing was written
	}
	return nil
}

// KeptUntil is when a journal that nobody works with last kept something; zero where that is not known.
func KeptUntil(path string) time.Time {
	now, _ := markOf(path) // none is not known
	if now.walChanged.After(now.changed) {
		return now.walChanged
	}
	return now.changed
}

// mark tells two states of a journal's files apart.
type mark struct {
	size, wal           int64
	changed, walChanged time.Time
}

// isClosed reports whether all of the journal is in its own file.
func (m mark) isClosed() bool { return m.wal == 0 }

func markOf(path string) (mark, error) {
	info, err := os.Stat(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return mark{}, fs.ErrNotExist
		}
		return mark{}, viewError(err)
	}
	m := mark{size: info.Size(), changed: info.ModTime()}
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		m.wal, m.walChanged = wal.Size(), wal.ModTime()
	}
	return m, nil
}

func readOnce(ctx context.Context, path string, isClosed bool, work func(*View) error) error {
	more := ""
	if isClosed {
		more = "&immutable=1" // neither locks nor files beside it
	}
	db, err := openReadOnly(ctx, path, more)
	if err != nil {
		return stillError(err)
	}
	v := newView(db, path)
	defer func() { _ = v.Close() }() // only read
	schema, err := v.Schema(ctx)
	if err != nil {
		return stillError(err)
	}
	if err := schemaError(schema); err != nil {
		return err
	}
	err = work(v)
	var known *bridge.Error
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case schema < Schema():
		return olderError(err)
	}
	return stillError(err)
}

func olderError(err error) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "read the journal", Message: "the journal was written by an earlier Perch, and this one cannot read it as it is",
		Remedy: "bring it up to date with: perch start", Err: err,
	}
}

// schemaError says what is in the way of reading a journal of another Perch; nil for nothing. One of an earlier Perch is read
// as far as that goes.
func schemaError(schema int) error {
	e := &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: "read the journal"}
	switch {
	case schema > Schema():
		e.Message = fmt.Sprintf("the journal was written by a newer Perch (form %d, this one knows %d)", schema, Schema())
		e.Remedy = "read it with that Perch: perch version says which one this is"
	case schema == 0: // a relay was ended before it could make one
		return fs.ErrNotExist
	default:
		return nil
	}
	return e
}

// stillError puts what is in the way into words: nothing of it mends by itself while no relay runs.
func stillError(err error) error {
	e := viewError(err)
	var known *bridge.Error
	if !errors.As(e, &known) {
		return e
	}
	out := *known
	out.Kind = bridge.Operator
	if out.Code == bridge.CodeJournal+isGone.code || out.Code == bridge.CodeJournal+readOnly.code {
		out.Message = "the journal cannot be read where it is: a crash has left a part of it in a file beside it, and its folder may not be written"
		out.Remedy = "copy the folder with all of its files to a place that can be written, and read it there: perch traffic --home FOLDER"
	}
	return &out
}
