package schedule

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// SettingPaused is the setting that holds whether deliveries are paused: "1" or "0".
	SettingPaused = "paused"
	// SettingPausedUntil is the setting that holds when a pause ends by itself, in Unix milliseconds; "" for never. A Perch
	// that does not know it stays paused.
	SettingPausedUntil = "paused_until"
)

// LongestPause is the longest time after which a pause can end by itself.
const LongestPause = 30 * 24 * time.Hour

// pause is whether a person has stopped deliveries, and until when. The zero value is no pause; it is safe for concurrent use.
type pause struct {
	mu    sync.Mutex // held while it is changed and written down
	isOn  atomic.Bool
	until atomic.Int64 // Unix ms; 0 when it does not end by itself
}

// Load reads whether an earlier run was paused. Call it before Run.
func (d *Dispatcher) Load(ctx context.Context) error {
	paused, err := d.journal.Setting(ctx, SettingPaused)
	if err != nil {
		return err
	}
	text, err := d.journal.Setting(ctx, SettingPausedUntil)
	until, _ := strconv.ParseInt(text, 10, 64) // what is no time is never
	d.pause.until.Store(until)
	d.pause.isOn.Store(paused == "1")
	return err
}

// Paused reports whether a person has stopped deliveries, and when they go on by themselves; zero for never.
func (d *Dispatcher) Paused() (isOn bool, until time.Time) {
	if end := d.pause.until.Load(); end != 0 {
		until = time.UnixMilli(end)
	}
	if isOn = d.pause.isOn.Load(); !isOn {
		until = time.Time{}
	}
	return isOn, until
}

// Pause stops deliveries, both ways and over restarts, until a time if that is not zero; what comes in is still kept and
// acknowledged. It takes the place of an earlier pause.
func (d *Dispatcher) Pause(ctx context.Context, until time.Time) error {
	d.pause.mu.Lock()
	defer d.pause.mu.Unlock()
	end, text := int64(0), ""
	if !until.IsZero() {
		end = until.UnixMilli()
		text = strconv.FormatInt(end, 10)
	}
	// A crash in between leaves an end without a pause, which says nothing.
	if err := d.journal.SetSetting(ctx, SettingPausedUntil, text); err != nil {
		return err
	}
	if err := d.journal.SetSetting(ctx, SettingPaused, "1"); err != nil {
		return err
	}
	d.pause.until.Store(end)
	d.pause.isOn.Store(true)
	d.wake.Send() // which has to look when it ends
	return nil
}

// Resume ends a pause and tries at once every side that is in trouble and every message that waits because of some; what
// is being tried when it is said is tried again if that fails.
func (d *Dispatcher) Resume(ctx context.Context) error {
	d.pause.mu.Lock()
	defer d.pause.mu.Unlock()
	return d.resume(ctx)
}

func (d *Dispatcher) resume(ctx context.Context) error {
	if err := d.journal.SetSetting(ctx, SettingPaused, "0"); err != nil {
		return err
	}
	d.pause.isOn.Store(false)
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

// pauseOver reports whether the time has come at which a pause ends by itself.
func (r *run) pauseOver() (until time.Time, isOver bool) {
	isOn, until := r.Paused()
	return until, isOn && !until.IsZero() && !r.now().Before(until)
}

// endPause ends a pause whose time has come.
func (r *run) endPause(ctx context.Context) {
	if _, isOver := r.pauseOver(); !isOver {
		return
	}
	r.pause.mu.Lock()
	defer r.pause.mu.Unlock()
	until, isOver := r.pauseOver() // somebody may have said otherwise meanwhile
	if !isOver {
		return
	}
	if err := r.resume(ctx); err != nil {
		r.logUnless(ctx, "pause not ended", err)
		return
	}
	r.log.Info("the pause is over; deliveries go on", "until", until)
}
