package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
)

//go:embed migration/*.sql
var migrations embed.FS

const (
	// oldestServer is the oldest server that Perch works with, as server_version_num has it.
	oldestServer = 140_000
	// smallJournal is up to how many messages the index for searching is made while a relay starts.
	smallJournal = 50_000
)

// Schema is the newest form of the journal that this Perch knows; each change adds one.
func Schema() int {
	files, _ := migrations.ReadDir("migration") // embedded: cannot fail
	return len(files)
}

// checkServer refuses a server that cannot hold a journal.
func checkServer(ctx context.Context, conn *pgx.Conn) error {
	var version int
	var isStandby bool
	var encoding string
	err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, pg_is_in_recovery(), current_setting('server_encoding')`).
		Scan(&version, &isStandby, &encoding)
	switch {
	case err != nil:
		return err
	case version < oldestServer:
		return operatorError(fmt.Sprintf("the database server is too old: it is PostgreSQL %d", version/10_000), isOld.remedy)
	case isStandby:
		return operatorError("the database server is a standby, which may only be read", readOnly.remedy)
	case encoding != "UTF8":
		return operatorError("the database is not in UTF-8 but in "+encoding, "create one for Perch: CREATE DATABASE perch OWNER perch TEMPLATE template0 ENCODING 'UTF8'")
	}
	return nil
}

// migrate applies, one transaction each, the files in migration/ that the journal has not seen. Their number is in perch.version.
func migrate(ctx context.Context, conn *pgx.Conn) error {
	version, err := versionOf(ctx, conn)
	if err != nil {
		return err
	}
	files, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return err
	}
	if version > len(files) {
		return operatorError(fmt.Sprintf("the journal was written by a newer Perch (form %d, this one knows %d)", version, len(files)),
			"install that version again, or restore a backup of the database from before")
	}
	for i, file := range files[version:] {
		if err := applyMigration(ctx, conn, file, version+i+1); err != nil {
			return fmt.Errorf("migrate %s: %w", file, err)
		}
	}
	return nil
}

// versionOf returns the form of the journal, 0 where there is none yet. What is somebody else's is refused.
func versionOf(ctx context.Context, conn *pgx.Conn) (version int, err error) {
	var has bool
	var others int
	err = conn.QueryRow(ctx, `SELECT to_regclass('perch.version') IS NOT NULL,
		(SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'perch')`).Scan(&has, &others)
	switch {
	case err != nil:
		return 0, err
	case has:
		err = conn.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM perch.version`).Scan(&version)
		return version, err
	case others > 0:
		return 0, operatorError("the schema perch of the database holds tables that are not Perch's", "give Perch a database of its own: CREATE DATABASE perch OWNER perch")
	}
	return 0, nil
}

func applyMigration(ctx context.Context, conn *pgx.Conn, file string, version int) error {
	script, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }() // no effect after Commit
	begin := `SET LOCAL statement_timeout = 0; CREATE SCHEMA IF NOT EXISTS perch;
		CREATE TABLE IF NOT EXISTS perch.version (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());`
	if version > 1 {
		begin = `SET LOCAL statement_timeout = 0;`
	}
	for _, part := range []string{begin, string(script), fmt.Sprintf(`INSERT INTO perch.version VALUES (%d)`, version)} {
		if _, err := tx.Exec(ctx, part, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
	}
	return tx.Commit(ctx)
}
