package sqlite

import (
	"testing"
	"time"

	"perch/bridge/alert"
)

// What a later Perch has written in another way is no reason not to start.
func TestAlertsThatCannotBeReadAreLeftOut(t *testing.T) {
	s := journal(t)
	now := time.Now().Round(time.Millisecond)
	if err := s.SaveAlerts(t.Context(), alert.State{Cases: []alert.Case{{Place: "ops", Cause: alert.Cause{Key: "x/support"}, Seen: now}}, Last: 9}); err != nil {
		t.Fatal(err)
	}
	if err := s.write(t.Context(), func(tx *tx) error {
		_, err := tx.exec(`INSERT INTO alert_case VALUES ('a', 'b', 'no JSON')`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.LoadAlerts(t.Context()); err != nil || len(got.Cases) != 1 || !got.Cases[0].Seen.Equal(now) || got.Last != 9 {
		t.Errorf("%+v, %v", got, err)
	}
}
