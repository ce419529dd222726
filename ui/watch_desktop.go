package ui

import (
	"time"

	"perch/app/desk"
)

// lookEvery is how often the desktop is asked what it shows and starts; each time costs a millisecond.
const lookEvery = 3 * time.Second

// look asks the desktop again and again.
func (w *watcher) look() {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for w.ctx.Err() == nil {
		w.lookOnce()
		select {
		case <-tick.C:
		case <-w.ctx.Done():
		}
	}
}

// lookOnce takes in what the desktop says. That nothing shows icons counts when it was so for a while: a panel that starts
// again is not missed.
func (w *watcher) lookOnce() {
	host, login := w.desktop.TrayHost(w.ctx), w.desktop.Login()
	w.mu.Lock()
	defer w.mu.Unlock()
	if host != desk.No {
		w.noHostSince = time.Time{}
	} else if w.noHostSince.IsZero() {
		w.noHostSince = w.now()
	}
	isSure := host != desk.No || w.now().Sub(w.noHostSince) >= lookEvery
	if isSure && w.data.Host != host || w.data.Login != login {
		w.changed = true
	}
	if isSure {
		w.data.Host = host
	}
	w.data.Login = login
}
