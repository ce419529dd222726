package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"perch/bridge/alert"
)

func TestAlertsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	s := open(t, path)
	now := time.Now().Round(time.Millisecond)
	want := alert.State{
		Cases:   []alert.Case{{Place: "ops", Cause: alert.Cause{Key: "x/support", What: "it's ‹broken›"}, Seen: now, Told: now}},
		Notices: []alert.Notice{{ID: 9, Place: "ops", Made: now, Due: now, Tries: 2, Items: []alert.Item{{State: alert.Open}}}}, Last: 9,
	}
	if err := s.SaveAlerts(t.Context(), alert.State{Cases: []alert.Case{{Place: "old"}}, Last: 3}); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveAlerts(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if _, err := s.reader.ExecContext(t.Context(), `SELECT 1`); err != nil {
		t.Fatal(err)
	}
	got, err := s.LoadAlerts(t.Context())
	if err != nil || len(got.Cases) != 1 || got.Cases[0].What != "it's ‹broken›" || !got.Cases[0].Told.Equal(now) || len(got.Notices) != 1 || got.Notices[0].Tries != 2 || got.Last != 9 {
		t.Errorf("%+v, %v", got, err)
	}
	// What a later Perch has written in another way is no reason not to start.
	if err := s.write(t.Context(), func(tx *tx) error {
		_, err := tx.exec(`INSERT INTO alert_case VALUES ('a', 'b', 'no JSON')`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.LoadAlerts(t.Context()); err != nil || len(got.Cases) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
