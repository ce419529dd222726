package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

const (
	// lockJournal is the advisory lock of the relay that works with the journal, lockWriting the one of each transaction
	// ("perch" and a number; migration/001_journal.sql has them too).
	lockJournal, lockWriting = 0x706572636801, 0x706572636802
	// lockPatience is how long Open waits for the end of a Perch that is just ending, and lockEvery the pause between two looks.
	lockPatience = time.Second
	lockEvery    = 50 * time.Millisecond
)

// holder is this store's hold on the journal. It is safe for concurrent use.
type holder struct {
	config *pgx.ConnConfig
	place  string

	mu    sync.Mutex
	conn  *pgx.Conn // nil when the lock is not held
	epoch int64     // of this store; 0 before it has taken the journal over
	lost  error     // why nothing may be written
}

// lock connects and takes the lock, which the connection holds from then on.
func (h *holder) lock(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, h.config.Copy())
	if err != nil {
		return nil, err
	}
	err = checkServer(ctx, conn)
	if err == nil {
		err = awaitLock(ctx, conn)
	}
	if err != nil {
		_ = conn.Close(ctx) // the reason is told already
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conn = conn
	return conn, nil
}

func awaitLock(ctx context.Context, conn *pgx.Conn) error {
	for end := time.Now().Add(lockPatience); ; {
		var isMine bool
		if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, lockJournal).Scan(&isMine); err != nil || isMine {
			return err
		}
		if time.Now().After(end) {
			return heldError(ctx, conn)
		}
		select {
		case <-time.After(lockEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// heldError says who has the journal.
func heldError(ctx context.Context, conn *pgx.Conn) error {
	who := "another Perch"
	var host string
	var pid int64
	var since time.Time
	err := conn.QueryRow(ctx, `SELECT host, pid, since FROM perch.holder WHERE host <> ''`).Scan(&host, &pid, &since)
	if err == nil {
		who = fmt.Sprintf("the Perch on %s (process %d, since %s)", host, pid, since.Local().Format("2006-01-02 15:04:05"))
	}
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "open journal", Code: codeHeld,
		Message: "the journal is in use by " + who,
		Remedy:  "stop that one first (perch stop), or give this one a database of its own",
	}
}

// takeOver makes this store the one that writes: what an earlier one has under way is waited for, and what comes later refused.
func (h *holder) takeOver(ctx context.Context, conn *pgx.Conn) error {
	host, _ := os.Hostname() // a computer without a name has none
	if host == "" {
		host = "a computer without a name"
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }() // no effect after Commit
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, lockWriting); err != nil {
		return err
	}
	var epoch int64
	err = tx.QueryRow(ctx, `UPDATE perch.holder SET epoch = epoch + 1, host = $1, pid = $2, since = now() RETURNING epoch`,
		cleanText(host), os.Getpid()).Scan(&epoch)
	if err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.epoch = epoch
	return nil
}

// mine returns the epoch in which this store writes, or why it may not.
func (h *holder) mine() (int64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.epoch, h.lost
}

// lose notes why nothing may be written any more, nil when it may again.
func (h *holder) lose(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lost = err
}

// take returns the connection that holds the lock, to whoever asks it something.
func (h *holder) take() *pgx.Conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.conn
}

// release gives the lock free.
func (h *holder) release(ctx context.Context) {
	h.mu.Lock()
	conn := h.conn
	h.conn = nil
	h.mu.Unlock()
	if conn == nil {
		return
	}
	_, err := conn.Exec(ctx, `SELECT pg_advisory_unlock($1)`, lockJournal)
	// A connection that is gone holds nothing.
	_ = errors.Join(err, conn.Close(ctx))
}
