package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"perch/bridge"
)

// Setting returns a kept value, or "" when there is none.
func (s *reading) Setting(ctx context.Context, key string) (string, error) {
	var value string
	err := s.one(ctx, `SELECT value FROM setting WHERE key = ?`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

// SetSetting keeps a value.
func (s *Store) SetSetting(ctx context.Context, key, value string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT OR REPLACE INTO setting VALUES (?, ?)`, key, value)
		return err
	})
}

// SaveQuota keeps the windows of an endpoint.
func (s *Store) SaveQuota(ctx context.Context, channel, endpoint string, windows []bridge.Window) error {
	return s.write(ctx, func(t *tx) error {
		for _, w := range windows {
			if _, err := t.exec(`INSERT OR REPLACE INTO quota VALUES (?, ?, ?, ?, ?, ?)`,
				channel, endpoint, w.Name, w.Limit, w.Remaining, toMilli(w.Reset)); err != nil {
				return err
			}
		}
		return nil
	})
}

// LoadQuota returns the kept windows of a channel by endpoint.
func (s *reading) LoadQuota(ctx context.Context, channel string) (map[string][]bridge.Window, error) {
	rows, err := s.reader.QueryContext(ctx,
		`SELECT endpoint, name, max, remaining, reset_at FROM quota WHERE channel = ? ORDER BY name`, channel)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	quota := map[string][]bridge.Window{}
	for rows.Next() {
		var endpoint string
		var w bridge.Window
		var reset int64
		if err := rows.Scan(&endpoint, &w.Name, &w.Limit, &w.Remaining, &reset); err != nil {
			return nil, err
		}
		w.Reset = fromMilli(reset)
		quota[endpoint] = append(quota[endpoint], w)
	}
	return quota, rows.Err()
}
