package doctor

import (
	"context"
	"fmt"
	"time"

	"perch/app/backup"
)

// checkBackup says when the last good backup was. Without backups all works as well, so that this is a hint and no failure.
func (e *exam) checkBackup(context.Context) result {
	if e.relay.isRunning && e.relay.status.Backup.Error != "" {
		return warn("the last backup failed: "+e.relay.status.Backup.Error, "the relay tries again by itself; to try now: perch backup")
	}
	c := e.Config.Backup
	last, every := backup.Last(e.Home, c), c.Interval()
	age := e.Now().Sub(last.At)
	switch {
	case last.At.IsZero() && every == 0:
		return fine("there is none yet; perch backup makes one, and [backup] every in perch.toml lets the relay do it by itself")
	case last.At.IsZero():
		return fine("the relay makes the first one soon after its start")
	case every > 0 && age > lateBackup*every:
		return warn(fmt.Sprintf("the last good one is of %s, although there is to be one every %s", dateText(last.At), c.Every), "see that the relay runs (perch status), or make one now: perch backup")
	}
	return fine(fmt.Sprintf("the last good one is of %s: %s", dateText(last.At), last.File))
}

// lateBackup is how many times the time between two backups may pass before it is said.
const lateBackup = 2

func dateText(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }
