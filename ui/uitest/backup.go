package uitest

import (
	"context"

	"perch/app/control"
)

// SetBackup makes the next backups end so.
func (r *Relay) SetBackup(made control.BackupMade, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.made, r.madeErr = made, err
}

// Backup implements window.Backups.
func (r *Relay) Backup(context.Context, control.BackupRequest) (control.BackupMade, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.running(); err != nil {
		return control.BackupMade{}, err
	}
	if r.madeErr == nil {
		at := r.now()
		r.status.Backup.Last, r.status.Backup.File, r.status.Backup.Bytes = &at, r.made.Path, r.made.Bytes
	}
	return r.made, r.madeErr
}
