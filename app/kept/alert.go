package kept

import (
	"context"
	"errors"
	"io/fs"

	"perch/app/alarm"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge/alert"
	"perch/bridge/sqlite"
)

// Alerts are those of perch.toml, and what they had told when the relay ended.
func (j *Journal) Alerts(ctx context.Context) (control.AlertList, error) {
	list := control.AlertList{Alerts: []control.Alert{}, Causes: []control.AlertCause{}}
	c, err := config.Load(j.home.Config())
	if err != nil {
		return list, err
	}
	var state alert.State
	err = j.open(ctx, func(v *sqlite.View) (err error) {
		state, err = v.LoadAlerts(ctx)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // without a journal nothing was told yet
		return list, err
	}
	list.Causes = alarm.Causes(state)
	for _, a := range c.Alerts {
		one := control.Alert{Name: a.Name, Kind: a.Kind, State: control.AlertReady}
		for _, n := range state.Notices {
			if n.Place == a.Name {
				one.Waiting++
			}
		}
		list.Alerts = append(list.Alerts, one)
	}
	return list, nil
}

// Alerts returns how alerts stand.
func (r *Relay) Alerts(ctx context.Context) (control.AlertList, error) {
	return read(ctx, r, func() (control.AlertList, error) { return r.Client.Alerts(ctx) },
		func() (control.AlertList, error) { return r.journal.Alerts(ctx) })
}
