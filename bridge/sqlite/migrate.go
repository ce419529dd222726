package sqlite

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
)

//go:embed migration/*.sql
var migrations embed.FS

// newerError is about a journal of a newer Perch.
type newerError struct{ found, known int }

func (e newerError) Error() string {
	return fmt.Sprintf("its form is %d, this Perch knows %d", e.found, e.known)
}

// migrate applies, one transaction each, the files in migration/ that the journal has not seen. The number of
// those applied is kept in PRAGMA user_version. A journal of a newer Perch is refused.
func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return err
	}
	var version int
	if err := s.writer.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	if version > len(files) {
		return newerError{version, len(files)}
	}
	for i, file := range files[version:] {
		if err := s.applyMigration(ctx, file, version+i+1); err != nil {
			return fmt.Errorf("migrate %s: %w", file, err)
		}
	}
	return nil
}

func (s *Store) applyMigration(ctx context.Context, file string, version int) error {
	script, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after Commit
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return err
	}
	return tx.Commit()
}
