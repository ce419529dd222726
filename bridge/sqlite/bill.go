package sqlite

import (
	"context"
	"time"

	"perch/bridge"
)

// bill counts what X bills for, so that each number is written once a transaction.
func (t *tx) bill(at time.Time, channel string, kind bridge.BilledKind) {
	if kind != "" {
		t.bills[bridge.BillKey{Day: bridge.BillDay(at), Channel: channel, Kind: kind}]++
	}
}

// writeBills writes down what the open transaction has counted.
func (t *tx) writeBills() error {
	for key, n := range t.bills {
		if _, err := t.exec(`INSERT INTO bill VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`,
			key.Day, key.Channel, string(key.Kind), n); err != nil {
			return err
		}
	}
	return nil
}

// AddBills counts what X has billed for beside the messages.
func (s *Store) AddBills(ctx context.Context, bills map[bridge.BillKey]int) error {
	return s.commit(ctx, &op{canLinger: true, done: make(chan error, 1), run: func(t *tx) error {
		for key, n := range bills {
			t.bills[key] += n
		}
		return nil
	}})
}

// Bills returns what was counted from a day up to another, both included, in the order of day, channel and kind.
func (s *reading) Bills(ctx context.Context, from, to int64) ([]bridge.Bill, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT day, channel, kind, n FROM bill WHERE day >= ? AND day <= ? ORDER BY day, channel, kind`, from, to)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var bills []bridge.Bill
	for rows.Next() {
		var b bridge.Bill
		if err := rows.Scan(&b.Day, &b.Channel, &b.Kind, &b.N); err != nil {
			return nil, err
		}
		bills = append(bills, b)
	}
	return bills, rows.Err()
}
