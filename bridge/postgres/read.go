package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// asker answers questions: the pool, or a transaction that only reads.
type asker interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

// reading bounds a read by readTimeout, and puts what is in its way into words.
func reading(ctx context.Context, read func(ctx context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err := read(limited)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // whoever asked has gone
	}
	return readError(err)
}

// one reads the first row of a query; false when there is none.
func (s *Store) one(ctx context.Context, query string, args []any, into ...any) (found bool, err error) {
	err = reading(ctx, func(ctx context.Context) error {
		found, err = rowOf(ctx, s.pool, query, args, into...)
		return err
	})
	return found && err == nil, err
}

func rowOf(ctx context.Context, db asker, query string, args []any, into ...any) (found bool, err error) {
	err = db.QueryRow(ctx, query, cleaned(args)...).Scan(into...)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// each hands on every row of a query.
func (s *Store) each(ctx context.Context, query string, args []any, take func(pgx.Row) error) error {
	return reading(ctx, func(ctx context.Context) error { return eachOf(ctx, s.pool, query, args, take) })
}

func eachOf(ctx context.Context, db asker, query string, args []any, take func(pgx.Row) error) error {
	rows, err := db.Query(ctx, query, cleaned(args)...)
	if err != nil {
		return err
	}
	return takeEach(rows, take)
}

// takeEach hands on rows, and closes them.
func takeEach(rows pgx.Rows, take func(pgx.Row) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// listOf reads a column.
func listOf[T any](ctx context.Context, db asker, query string, args ...any) (list []T, err error) {
	err = eachOf(ctx, db, query, args, func(row pgx.Row) error {
		var value T
		err := row.Scan(&value)
		list = append(list, value)
		return err
	})
	return list, err
}

// atOnce lets work read all of it as it is at one moment.
func (s *Store) atOnce(ctx context.Context, work func(ctx context.Context, db asker) error) error {
	return reading(ctx, func(ctx context.Context) error {
		moment, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err != nil {
			return err
		}
		defer func() { _ = moment.Rollback(ctx) }() // nothing was written
		return work(ctx, moment)
	})
}
