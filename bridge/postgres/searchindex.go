package postgres

import (
	"context"
	"log/slog"

	"github.com/jackc/pgx/v5"
)

// prepareSearch makes the index for searching where the server has what it takes (the extension pg_trgm). Without it all is found
// too, by looking at every message.
func prepareSearch(ctx context.Context, conn *pgx.Conn, log *slog.Logger) {
	var has, isSmall, isOffered bool
	err := conn.QueryRow(ctx, `SELECT to_regclass('perch.content_said') IS NOT NULL,
		(SELECT count(*) FROM (SELECT 1 FROM perch.content LIMIT $1) c) < $1,
		EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')`, smallJournal).Scan(&has, &isSmall, &isOffered)
	if err != nil || has || !isSmall || !isOffered {
		log.Debug("index for searching is left as it is", "is_there", has, "is_small", isSmall, "is_offered", isOffered, "error", err)
		return
	}
	if err := makeSearchIndex(ctx, conn); err != nil {
		log.Info("searching works without an index: pg_trgm cannot be had", "error", err)
	}
}

func makeSearchIndex(ctx context.Context, conn *pgx.Conn) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }() // no effect after Commit
	if _, err := tx.Exec(ctx, `CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA perch`); err != nil {
		return err
	}
	var schema string
	err = tx.QueryRow(ctx, `SELECT n.nspname FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace WHERE o.opcname = 'gin_trgm_ops' LIMIT 1`).Scan(&schema)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `CREATE INDEX content_said ON perch.content USING gin (said `+pgx.Identifier{schema, "gin_trgm_ops"}.Sanitize()+`)`); err != nil {
		return err
	}
	return tx.Commit(ctx)
}
