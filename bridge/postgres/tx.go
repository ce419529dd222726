package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// tx is one transaction that writes. What is queued goes to the server together, at the next flush or with the commit.
type tx struct {
	ctx     context.Context
	conn    *pgx.Conn
	batch   *pgx.Batch
	number  string   // of the transaction, once the server has told it
	settled []func() // what is done once it is on disk
}

// queue adds a statement to what is sent next.
func (t *tx) queue(query string, args ...any) *pgx.QueuedQuery {
	return t.batch.Queue(query, cleaned(args)...)
}

// onceSettled has something done once the transaction is on disk.
func (t *tx) onceSettled(do func()) { t.settled = append(t.settled, do) }

// flush sends what is queued, and has the answers taken in.
func (t *tx) flush() error {
	batch := t.batch
	t.batch = &pgx.Batch{}
	return t.conn.SendBatch(t.ctx, batch).Close()
}

func (s *Store) transact(t *tx, fn func(*tx) error) error {
	defer s.fresh.begin()()
	err := fn(t)
	if err == nil && t.number == "" {
		err = t.flush() // the commit is sent once the number is known, by which its outcome can be asked for
	}
	if err == nil {
		err = s.beforeCommit()
	}
	if err == nil {
		err = t.commit()
	}
	if err != nil {
		err = s.settle(t, err)
	}
	if err == nil {
		for _, settled := range t.settled {
			settled()
		}
	}
	return err
}

func (s *Store) beforeCommit() error {
	if s.before == nil {
		return nil
	}
	return s.before()
}

var errRolledBack = errors.New("the server has rolled the transaction back")

// commit sends the rest of what is queued with the commit.
func (t *tx) commit() error {
	t.batch.Queue(`COMMIT`).Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return errRolledBack
		}
		return nil
	})
	return t.flush()
}
