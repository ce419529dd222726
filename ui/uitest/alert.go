package uitest

import (
	"context"

	"perch/app/control"
)

// SetAlertTest makes the next tests of alerts end so.
func (r *Relay) SetAlertTest(t control.AlertTest, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.alertTest, r.alertErr = t, err
}

// TestAlerts implements window.Alerts.
func (r *Relay) TestAlerts(_ context.Context, name string) ([]control.AlertTest, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.alertTest
	t.Name = name
	return []control.AlertTest{t}, r.alertErr
}
