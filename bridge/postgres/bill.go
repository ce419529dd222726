package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// mostDays bounds the days of bills: no date is further from the beginning of 1970 (5,000 years).
const mostDays = 5_000 * 365

func boundDay(day int64) int64 { return min(max(day, -mostDays/10), mostDays) }

// AddBills counts what X has billed for beside the messages.
func (s *Store) AddBills(ctx context.Context, bills map[bridge.BillKey]int) error {
	return s.write(ctx, func(t *tx) error {
		addBills(t, bills)
		return nil
	})
}

// Bills returns what was counted from a day up to another, both included, in the order of day, channel and kind.
func (s *Store) Bills(ctx context.Context, from, to int64) ([]bridge.Bill, error) {
	var bills []bridge.Bill
	err := s.each(ctx, `SELECT (day - DATE '1970-01-01')::bigint, channel, kind, sum(n)::bigint FROM bill
		WHERE day BETWEEN DATE '1970-01-01' + $1::int AND DATE '1970-01-01' + $2::int GROUP BY 1, 2, 3 ORDER BY 1, channel COLLATE "C", kind COLLATE "C"`,
		[]any{boundDay(from), boundDay(to)}, func(row pgx.Row) error {
			var b bridge.Bill
			err := row.Scan(&b.Day, &b.Channel, &b.Kind, &b.N)
			bills = append(bills, b)
			return err
		})
	return bills, err
}
