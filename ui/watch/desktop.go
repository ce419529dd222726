package watch

import (
	"time"

	"perch/app/desk"
)

// DesktopEvery is how often the desktop is asked what it shows and starts; each time costs a millisecond.
const DesktopEvery = 3 * time.Second

// pollDesktop asks the desktop again and again.
func (w *Watcher) pollDesktop() {
	tick := time.NewTicker(DesktopEvery)
	defer tick.Stop()
	for w.ctx.Err() == nil {
		w.PollDesktop()
		select {
		case <-tick.C:
		case <-w.ctx.Done():
		}
	}
}

// PollDesktop takes in what the desktop says. That nothing shows icons counts when it was so for a while: a panel that starts
// again is not missed.
func (w *Watcher) PollDesktop() {
	host, login := w.desktop.TrayHost(w.ctx), w.desktop.Login()
	w.mu.Lock()
	defer w.mu.Unlock()
	if host != desk.No {
		w.noHostSince = time.Time{}
	} else if w.noHostSince.IsZero() {
		w.noHostSince = w.now()
	}
	isSure := host != desk.No || w.now().Sub(w.noHostSince) >= DesktopEvery
	if isSure && w.data.Host != host || w.data.Login != login {
		w.changed = true
	}
	if isSure {
		w.data.Host = host
	}
	w.data.Login = login
}
