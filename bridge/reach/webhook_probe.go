package reach

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/wait"
)

// probing proves again and again that the public URL leads to this Perch.
func (w *Webhook) probing(ctx context.Context) {
	for delay := probeFirst; wait.PauseOr(ctx, delay, w.healed); {
		delay = probeSoon
		err := w.try(ctx)
		w.mu.Lock()
		w.blame = ""
		if err != nil {
			w.blame = bridge.AsError(err).Message
		}
		isWatched := time.Since(w.lastGood) < checkAge
		w.mu.Unlock()
		if err != nil {
			w.failed(ctx, hopURL, "", err)
			continue
		}
		delay = probeEvery
		if since := w.since(hopURL, ""); !since.IsZero() {
			w.closers.missed("", since) // before all is said to be fine, so that what a pass brings belongs to this outage
			w.fine(hopURL, "")
			w.Poke() // X may have noticed it too
		}
		if isWatched && w.closers.alive(ctx, w.board) && w.isFine() {
			w.prove()
		}
	}
}

// try probes, and once more before it says that something is wrong.
func (w *Webhook) try(ctx context.Context) error {
	address := w.URL()
	if address == "" {
		return &bridge.Error{
			Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "probe public url", Message: "there is none yet",
			Remedy: "if this stays so, set up a tunnel or Motion's proxy under [reach] in perch.toml",
		}
	}
	err := w.Probe(ctx, address)
	if err != nil && wait.Pause(ctx, probeAgain) {
		err = w.Probe(ctx, address)
	}
	return err
}
