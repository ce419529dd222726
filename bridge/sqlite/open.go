package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	_ "modernc.org/sqlite"

	"perch/bridge"
)

const (
	// readers is the size of the pool of reading connections.
	readers = 4
	// alwaysCheckBelow is the file size in bytes up to which every start checks the whole file; a larger one is
	// checked after an unclean end only, and while it is already used, to keep the start fast.
	alwaysCheckBelow = 16 << 20
)

// Open opens or creates the journal at path, brings its schema up to date and checks its integrity. The
// folder must exist and must not be on a network drive.
func Open(ctx context.Context, path string, log *slog.Logger) (*Store, error) {
	if err := createOwn(path); err != nil {
		return nil, openError(path, err)
	}
	writer, err := sql.Open("sqlite", dsn(path, "&_txlock=immediate"))
	if err != nil {
		return nil, openError(path, err)
	}
	writer.SetMaxOpenConns(1)
	s := &Store{
		path: path, log: log, writer: writer, ops: make(chan *op, maxBatch), keeps: make(chan *op, maxBatch), ended: make(chan struct{}),
		flight: newFlight(),
	}
	s.posts.New = func() any { return &op{done: make(chan error, 1)} }
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(openError(path, err), writer.Close())
	}
	s.reader, err = sql.Open("sqlite", dsn(path, "&_pragma=query_only(1)"))
	if err != nil {
		return nil, errors.Join(openError(path, err), writer.Close())
	}
	s.reader.SetMaxOpenConns(readers)
	if err := s.openInlet(ctx); err != nil {
		return nil, errors.Join(openError(path, err), s.reader.Close(), writer.Close())
	}
	return s, nil
}

// createOwn makes sure that the file is its owner's alone before anything is in it: SQLite gives the files beside it the
// same mode.
func createOwn(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func dsn(path, more string) string {
	return "file:" + uriPath(path) + "?_pragma=busy_timeout(5000)&_pragma=page_size(8192)" +
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(0)" +
		"&_pragma=journal_size_limit(67108864)" + more
}

func (s *Store) prepare(ctx context.Context) error {
	if err := s.checkVersion(ctx); err != nil {
		return err
	}
	if err := s.checkFile(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if err := s.prepareStories(ctx); err != nil {
		return err
	}
	// Anyone may read the customers' messages in this file: it is the owner's alone.
	if err := os.Chmod(s.path, 0o600); err != nil {
		return err
	}
	_, err := s.writer.ExecContext(ctx, `INSERT OR REPLACE INTO setting VALUES ('clean', '0')`)
	return err
}

func (s *Store) checkVersion(ctx context.Context) error {
	var version string
	if err := s.writer.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&version); err != nil {
		return err
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return fmt.Errorf("read SQLite version %q: %w", version, err)
	}
	if major*1_000_000+minor*1_000+patch < 3_051_003 {
		return fmt.Errorf("SQLite %s can damage a WAL file; at least 3.51.3 is needed", version)
	}
	return nil
}

// checkFile runs SQLite's own check where it is cheap. Where it is not and the last end was not clean, Run does it.
func (s *Store) checkFile(ctx context.Context) error {
	info, err := os.Stat(s.path)
	if err != nil || info.Size() == 0 {
		return nil //nolint:nilerr // a journal that does not exist yet has nothing to check
	}
	var clean string
	err = s.writer.QueryRowContext(ctx, `SELECT value FROM setting WHERE key = 'clean'`).Scan(&clean)
	if err == nil && info.Size() > alwaysCheckBelow {
		s.isUnchecked.Store(clean != "1")
		return nil
	}
	var verdict string
	if err := s.writer.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("integrity check: %s", verdict)
	}
	return nil
}

func openError(path string, err error) error {
	e := &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "open journal",
		Message: "the journal " + path + " cannot be used",
		Remedy: "check that the disk is not full and that the file belongs to you and is writable; if the file is " +
			"damaged, move it aside, restore a backup, and start Perch again",
		Err: err,
	}
	var newer newerError
	if errors.As(err, &newer) {
		e.Message = "the journal " + path + " was written by a newer Perch"
		e.Remedy = "install that version again, or put back a backup from before: perch restore FILE"
	}
	if found, ok := troubleOf(err); ok {
		e.Message, e.Code = e.Message+": "+found.message, bridge.CodeJournal+found.code
	}
	return e
}

// Close marks the journal as cleanly ended, unless its check is still to come or has failed, and closes it. Call it after Run
// has returned.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	s.prepared.close()
	if s.damage.Load() != nil { // what was not taken apart stays beside it
		return errors.Join(s.inlet.Close(), s.reader.Close(), s.writer.Close())
	}
	err := s.closeInlet(ctx)
	if err == nil && !s.isUnchecked.Load() {
		_, err = s.writer.ExecContext(ctx, `INSERT OR REPLACE INTO setting VALUES ('clean', '1')`)
	}
	if err == nil {
		_, err = s.writer.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	}
	return errors.Join(err, s.reader.Close(), s.writer.Close())
}

// closeTimeout bounds the last write of a run.
const closeTimeout = 5 * time.Second
