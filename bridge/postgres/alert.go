package postgres

import (
	"context"
	"encoding/json"
	"strconv"

	"perch/bridge/alert"
)

// settingLastAlert holds the greatest number that a notice had.
const settingLastAlert = "alert_last"

// SaveAlerts keeps how alerts stand, in place of what was kept before.
func (s *Store) SaveAlerts(ctx context.Context, state alert.State) error {
	return s.write(ctx, func(t *tx) error {
		t.queue(`DELETE FROM alert_case`)
		t.queue(`DELETE FROM alert_notice`)
		for _, c := range state.Cases {
			body, err := json.Marshal(c)
			if err != nil {
				return err
			}
			t.queue(`INSERT INTO alert_case VALUES ($1, $2, $3) ON CONFLICT (alert, key) DO UPDATE SET body = excluded.body`, c.Place, c.Key, string(body))
		}
		for _, n := range state.Notices {
			body, err := json.Marshal(n)
			if err != nil {
				return err
			}
			t.queue(`INSERT INTO alert_notice VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET alert = excluded.alert, body = excluded.body`, n.ID, n.Place, string(body))
		}
		t.queue(putSetting, settingLastAlert, strconv.FormatInt(state.Last, 10))
		return nil
	})
}

// LoadAlerts returns how alerts stand. What cannot be read, of another version for example, is left out.
func (s *Store) LoadAlerts(ctx context.Context) (alert.State, error) {
	var state alert.State
	err := s.atOnce(ctx, func(ctx context.Context, db asker) error {
		cases, err := listOf[string](ctx, db, `SELECT body FROM alert_case ORDER BY alert COLLATE "C", key COLLATE "C"`)
		if err != nil {
			return err
		}
		notices, err := listOf[string](ctx, db, `SELECT body FROM alert_notice ORDER BY id`)
		if err != nil {
			return err
		}
		state.Cases, state.Notices = readable[alert.Case](cases), readable[alert.Notice](notices)
		var last string
		_, err = rowOf(ctx, db, `SELECT value FROM setting WHERE key = $1`, []any{settingLastAlert}, &last)
		state.Last, _ = strconv.ParseInt(last, 10, 64) // what is no number is none
		return err
	})
	if err != nil {
		return alert.State{}, err
	}
	return state, nil
}

func readable[T any](bodies []string) (list []T) {
	for _, body := range bodies {
		var one T
		if json.Unmarshal([]byte(body), &one) == nil {
			list = append(list, one)
		}
	}
	return list
}
