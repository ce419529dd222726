package demo

import (
	"context"
	"time"
)

const (
	// shownAnswers is how many replies the simulated X takes before its limit is used up, and shownPeriod how long that
	// lasts: short enough to be watched. X's own window is 15 minutes.
	shownAnswers = 4
	shownPeriod  = 30 * time.Second
	// sendsMessages is the endpoint that the limit is of.
	sendsMessages = "dm.send"
)

// limitShown shows once how a limit of X is kept, and then lets the traffic go on.
type limitShown struct {
	d *demo
	// left counts the replies until the limit is used up.
	left      int
	isWaiting bool
}

func (d *demo) limitOnce() *limitShown {
	d.x.SetLimit(sendsMessages, shownAnswers, shownPeriod)
	return &limitShown{d: d, left: shownAnswers}
}

// answered is told of each reply of an agent. X's limit is lifted once Perch has met it: Perch itself keeps to what X has told,
// and its replies wait until then.
func (l *limitShown) answered(ctx context.Context) {
	if l.left--; l.left != -1 {
		return
	}
	l.isWaiting = true
	l.d.x.SetLimit(sendsMessages, 0, shownPeriod)
	until := "its reset"
	client := l.d.relayClient()
	defer client.Close()
	if limits, err := client.Limits(ctx); err == nil {
		for _, limit := range limits {
			for _, w := range limit.Windows {
				if limit.Waiting > 0 && w.Remaining == 0 {
					until = w.ResetAt.Local().Format(time.TimeOnly)
				}
			}
		}
	}
	l.d.say("Perch", "keeps to X's limit, which is used up until %s: replies wait, in order, and customers' messages go on", until)
}

// look tells when what has waited is sent.
func (l *limitShown) look(ctx context.Context) {
	if !l.isWaiting {
		return
	}
	client := l.d.relayClient()
	defer client.Close()
	if status, err := client.Status(ctx); err == nil && status.Channels[0].Outbound.Queued == 0 {
		l.isWaiting = false
		l.d.say("X", "has the replies that waited for its limit, in order")
	}
}
