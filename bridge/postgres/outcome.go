package postgres

import (
	"context"
	"fmt"
	"time"
)

// settle ends a transaction that has failed. Where the server was cut off it is asked what came of it.
func (s *Store) settle(t *tx, cause error) error {
	if !t.conn.IsClosed() {
		if t.conn.PgConn().TxStatus() != 'I' {
			_, err := t.conn.Exec(t.ctx, `ROLLBACK`)
			if err != nil {
				s.log.Debug("journal transaction not rolled back", "error", err)
			}
		}
		return cause
	}
	if t.number == "" {
		return fmt.Errorf("%w: %w", errNotBegun, cause)
	}
	if s.isCommitted(t.ctx, t.number) {
		return nil
	}
	return cause
}

// isSettled reports whether all that is committed is where the server keeps it safe, a standby with it: a commit of one's own comes
// back after all that were before it.
func (s *Store) isSettled(ctx context.Context) bool {
	_, err := s.pool.Exec(ctx, putSetting, settingRoom, time.Now().UTC().Format(time.RFC3339))
	return err == nil
}

// isCommitted asks whether a transaction whose answer was lost is on disk. As long as the server cannot be asked, it is not known
// to be.
func (s *Store) isCommitted(ctx context.Context, number string) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outcomeTimeout)
	defer cancel()
	for ctx.Err() == nil {
		var status *string
		err := s.pool.QueryRow(ctx, `SELECT pg_xact_status($1::text::xid8)`, number).Scan(&status)
		if err == nil && status != nil && *status != "in progress" {
			return *status == "committed" && s.isSettled(ctx)
		}
		pause := time.NewTimer(outcomeEvery)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
		}
	}
	return false
}
