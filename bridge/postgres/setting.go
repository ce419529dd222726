package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

const putSetting = `INSERT INTO setting VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`

// Setting returns a kept value, or "" when there is none.
func (s *Store) Setting(ctx context.Context, key string) (value string, err error) {
	_, err = s.one(ctx, `SELECT value FROM setting WHERE key = $1`, []any{key}, &value)
	return value, err
}

// SetSetting keeps a value.
func (s *Store) SetSetting(ctx context.Context, key, value string) error {
	return s.do(ctx, nil, putSetting, key, value)
}

// SaveQuota keeps the windows of an endpoint.
func (s *Store) SaveQuota(ctx context.Context, channel, endpoint string, windows []bridge.Window) error {
	return s.write(ctx, func(t *tx) error {
		for _, w := range windows {
			t.queue(`INSERT INTO quota VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, endpoint, name)
				DO UPDATE SET max = excluded.max, remaining = excluded.remaining, reset_at = excluded.reset_at`,
				channel, endpoint, w.Name, w.Limit, w.Remaining, stamp(w.Reset))
		}
		return nil
	})
}

// LoadQuota returns the kept windows of a channel by endpoint.
func (s *Store) LoadQuota(ctx context.Context, channel string) (map[string][]bridge.Window, error) {
	quota := map[string][]bridge.Window{}
	err := s.each(ctx, `SELECT endpoint, name, max, remaining, reset_at FROM quota WHERE channel = $1 ORDER BY name COLLATE "C"`, []any{channel}, func(row pgx.Row) error {
		var endpoint string
		var w bridge.Window
		var reset *time.Time
		err := row.Scan(&endpoint, &w.Name, &w.Limit, &w.Remaining, &reset)
		w.Reset = timeOf(reset)
		quota[endpoint] = append(quota[endpoint], w)
		return err
	})
	return quota, err
}
