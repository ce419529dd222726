package sqlite

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
		for _, query := range []string{`DELETE FROM alert_case`, `DELETE FROM alert_notice`} {
			if _, err := t.exec(query); err != nil {
				return err
			}
		}
		for _, c := range state.Cases {
			body, err := json.Marshal(c)
			if err != nil {
				return err
			}
			if _, err := t.exec(`INSERT OR REPLACE INTO alert_case VALUES (?, ?, ?)`, c.Place, c.Key, string(body)); err != nil {
				return err
			}
		}
		for _, n := range state.Notices {
			body, err := json.Marshal(n)
			if err != nil {
				return err
			}
			if _, err := t.exec(`INSERT OR REPLACE INTO alert_notice VALUES (?, ?, ?)`, n.ID, n.Place, string(body)); err != nil {
				return err
			}
		}
		_, err := t.exec(`INSERT OR REPLACE INTO setting VALUES (?, ?)`, settingLastAlert, strconv.FormatInt(state.Last, 10))
		return err
	})
}

// LoadAlerts returns how alerts stand. What cannot be read, of another version for example, is left out.
func (s *reading) LoadAlerts(ctx context.Context) (alert.State, error) {
	var state alert.State
	err := s.bodies(ctx, `SELECT body FROM alert_case ORDER BY alert, key`, func(body []byte) {
		var c alert.Case
		if json.Unmarshal(body, &c) == nil {
			state.Cases = append(state.Cases, c)
		}
	})
	if err != nil {
		return alert.State{}, err
	}
	err = s.bodies(ctx, `SELECT body FROM alert_notice ORDER BY id`, func(body []byte) {
		var n alert.Notice
		if json.Unmarshal(body, &n) == nil {
			state.Notices = append(state.Notices, n)
		}
	})
	if err != nil {
		return alert.State{}, err
	}
	last, err := s.Setting(ctx, settingLastAlert)
	state.Last, _ = strconv.ParseInt(last, 10, 64) // what is no number is none
	return state, err
}

func (s *reading) bodies(ctx context.Context, query string, take func([]byte)) error {
	rows, err := s.reader.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return err
		}
		take(body)
	}
	return rows.Err()
}
