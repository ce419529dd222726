package schedule

import "context"

// SettingPaused is the setting that holds whether deliveries are paused: "1" or "0".
const SettingPaused = "paused"

// Load reads whether an earlier run was paused. Call it before Run.
func (d *Dispatcher) Load(ctx context.Context) error {
	paused, err := d.journal.Setting(ctx, SettingPaused)
	d.paused.Store(paused == "1")
	return err
}

// IsPaused reports whether a person has stopped deliveries.
func (d *Dispatcher) IsPaused() bool { return d.paused.Load() }

// Pause stops deliveries, both ways and over restarts; what comes in is still kept and acknowledged.
func (d *Dispatcher) Pause(ctx context.Context) error {
	if err := d.journal.SetSetting(ctx, SettingPaused, "1"); err != nil {
		return err
	}
	d.paused.Store(true)
	return nil
}

// Resume ends a pause and tries at once every side that is in trouble and every message that waits because of some; what
// is being tried when it is said is tried again if that fails.
func (d *Dispatcher) Resume(ctx context.Context) error {
	if err := d.journal.SetSetting(ctx, SettingPaused, "0"); err != nil {
		return err
	}
	d.paused.Store(false)
	d.resumes.Add(1)
	d.breakers.Hurry(d.now(), d.lanes...)
	for _, lane := range d.lanes {
		if err := d.journal.Hasten(ctx, lane, d.now()); err != nil {
			return err
		}
	}
	d.wake.Send()
	return nil
}
