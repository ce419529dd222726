package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"perch/bridge"
	"perch/bridge/sqlite/inlet"
)

// Copy writes a whole and consistent copy of the journal at from into the file to, which it makes for its owner only, and
// which must not be there or be empty. It only reads the journal, whether a Store has it open or not, in this process or in
// another, and holds no writer up; what was on disk when it began is in the copy. It does not wait until the copy is on
// disk. An error may leave a part of it.
func Copy(ctx context.Context, from, to string) error {
	// Before the journal itself: what is moved there meanwhile is in both, and nothing is in neither.
	posts, err := inlet.OpenPosts(from)
	if err != nil {
		return copyError(err)
	}
	defer func() { _ = posts.Close() }() // only read
	db, err := openForReading(ctx, from)
	if err != nil {
		return copyError(err)
	}
	defer func() { _ = db.Close() }()                       // only read
	f, err := os.OpenFile(to, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the caller's own path
	if err == nil {
		var info os.FileInfo
		if info, err = f.Stat(); err == nil && info.Size() > 0 {
			err = fs.ErrExist
		}
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return copyError(err)
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, to); err != nil {
		return copyError(errors.Join(err, ctx.Err()))
	}
	if err := addPosts(ctx, to, posts); err != nil {
		return copyError(errors.Join(err, ctx.Err()))
	}
	return nil
}

// addPosts puts what the inlet holds and the copy does not into the copy.
func addPosts(ctx context.Context, to string, posts *inlet.Posts) error {
	if posts.IsEmpty() {
		return nil
	}
	db, err := sql.Open("sqlite", "file:"+uriPath(to)+"?mode=rw&_pragma=journal_mode(MEMORY)&_pragma=synchronous(OFF)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // Commit has said what there is to say
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after Commit
	var unpacked int64
	if err := tx.QueryRowContext(ctx, `SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'unpacked'`).Scan(&unpacked); err != nil {
		return err
	}
	err = posts.Each(unpacked, func(p bridge.Post) error {
		_, err := tx.ExecContext(ctx, insertMoved, p.Seq, p.ReceivedAt.UnixMilli(), p.Source, p.Body)
		return err
	})
	if err != nil {
		return err
	}
	return tx.Commit()
}

func copyError(err error) error {
	return explained("copy the journal", "the journal cannot be copied", err)
}

// openForReading opens a journal that may be in use. No connection of it ever writes a page or moves the WAL.
func openForReading(ctx context.Context, path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	return openReadOnly(ctx, path, "")
}

// openReadOnly opens a journal, with more parameters of SQLite's URIs.
func openReadOnly(ctx context.Context, path, more string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+uriPath(path)+
		"?mode=ro"+more+"&_pragma=busy_timeout(5000)&_pragma=wal_autocheckpoint(0)&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// uriPath writes a path as SQLite's URIs have it.
func uriPath(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
}

// Schema is the newest form of the journal that this Perch knows; each change adds one.
func Schema() int {
	files, _ := migrations.ReadDir("migration") // embedded: cannot fail
	return len(files)
}

// Write keeps values in a copy of a journal that nobody uses, and returns when all of the file is on disk.
func Write(ctx context.Context, path string, values map[string]string) error {
	db, err := sql.Open("sqlite", "file:"+uriPath(path)+"?mode=rw&_pragma=journal_mode(DELETE)&_pragma=synchronous(FULL)")
	if err != nil {
		return copyError(err)
	}
	db.SetMaxOpenConns(1)
	for key, value := range values {
		if _, err = db.ExecContext(ctx, `INSERT OR REPLACE INTO setting VALUES (?, ?)`, key, value); err != nil {
			break
		}
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return copyError(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the caller's own path
	if err != nil {
		return copyError(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return copyError(err)
	}
	return nil
}
