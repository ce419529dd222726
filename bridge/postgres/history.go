package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// List returns deliveries, newest first. What is being attempted is Sending.
func (s *Store) List(ctx context.Context, f bridge.Filter) ([]*bridge.Delivery, error) {
	flying, _ := s.flight.waiting()
	var list []*bridge.Delivery
	err := s.atOnce(ctx, func(ctx context.Context, db asker) (err error) {
		list, err = s.finder(db, f, flying).find(ctx)
		return err
	})
	for _, d := range list {
		s.flight.show(d)
	}
	return list, err
}

// Attempts returns the history of one delivery, oldest first.
func (s *Store) Attempts(ctx context.Context, id int64) ([]bridge.Attempt, error) {
	var list []bridge.Attempt
	err := s.each(ctx, `SELECT at, number, (extract(epoch FROM took) * 1000000)::bigint, outcome, kind, code, text FROM attempt WHERE message = $1 ORDER BY id`, []any{id}, func(row pgx.Row) error {
		var a bridge.Attempt
		var at time.Time
		var took int64
		err := row.Scan(&at, &a.Number, &took, &a.Outcome, &a.Kind, &a.Code, &a.Message)
		a.At, a.Took = timeOf(&at), time.Duration(took)*time.Microsecond
		list = append(list, a)
		return err
	})
	return list, err
}
