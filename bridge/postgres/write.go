package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"perch/bridge"
)

// repeats is how often a transaction is tried that the server ends because of another one, and that could not begin because a
// connection of the pool has ended meanwhile.
const repeats = 5

// tx is one transaction that writes. What is queued goes to the server together, at the next flush or with the commit.
type tx struct {
	ctx     context.Context
	conn    *pgx.Conn
	batch   *pgx.Batch
	number  string   // of the transaction, once the server has told it
	settled []func() // what is done once it is on disk
}

// queue adds a statement to what is sent next.
func (t *tx) queue(query string, args ...any) *pgx.QueuedQuery {
	return t.batch.Queue(query, cleaned(args)...)
}

// onceSettled has something done once the transaction is on disk.
func (t *tx) onceSettled(do func()) { t.settled = append(t.settled, do) }

// flush sends what is queued, and has the answers taken in.
func (t *tx) flush() error {
	batch := t.batch
	t.batch = &pgx.Batch{}
	return t.conn.SendBatch(t.ctx, batch).Close()
}

// write does what fn queues in one transaction, and returns nil once it is committed. fn may be called again. From here on the
// write happens whatever the caller does, so that the answer is always the true one.
func (s *Store) write(ctx context.Context, fn func(*tx) error) error {
	return s.writeOf(ctx, nil, fn)
}

// writeOf is write while no other transaction adds to some conversations or schedules them, so that numbers are in the order in
// which messages are seen.
func (s *Store) writeOf(ctx context.Context, conversations []string, fn func(*tx) error) error {
	return s.attempt(ctx, func(ctx context.Context, conn *pgx.Conn, epoch int64) error {
		t := &tx{ctx: ctx, conn: conn, batch: &pgx.Batch{}}
		t.queue(`BEGIN`)
		t.queue(guard, epoch, append([]string{}, conversations...)).QueryRow(func(row pgx.Row) error { return row.Scan(&t.number) })
		return s.transact(t, fn)
	})
}

// conversationsOf are those that deliveries belong to.
func conversationsOf(deliveries []*bridge.Delivery) []string {
	keys := make([]string, 0, len(deliveries))
	for _, d := range deliveries {
		keys = append(keys, d.Conversation)
	}
	return keys
}

// do does one statement in a transaction of its own, by one message to the server and its answer. Where the answer is lost nobody
// knows what came of it, so it has to be one that may be repeated. take may be nil.
func (s *Store) do(ctx context.Context, take func(pgx.Row) error, query string, args ...any) error {
	return s.attempt(ctx, func(ctx context.Context, conn *pgx.Conn, epoch int64) error {
		batch := &pgx.Batch{}
		batch.Queue(guard, epoch, []string{})
		queued := batch.Queue(query, cleaned(args)...)
		if take != nil {
			queued.QueryRow(take)
		}
		if err := s.beforeCommit(); err != nil {
			return err
		}
		return conn.SendBatch(ctx, batch).Close()
	})
}

// guard is the first statement of each transaction (migration/001_journal.sql).
const guard = `SELECT perch.guard($1, $2)`

// lockConversation is the first of the two numbers of a conversation's lock ("perc"); the second is made of its key.
const lockConversation = 0x70657263

// attempt gives work a connection, and repeats it where the server asks for that.
func (s *Store) attempt(ctx context.Context, work func(context.Context, *pgx.Conn, int64) error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	leave, err := s.enter()
	if err != nil {
		return err
	}
	defer leave()
	defer s.waits.begin()()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	for range repeats {
		if err = s.once(ctx, work); !mayRepeat(err) {
			break
		}
	}
	s.noteWrite(err)
	return writeError(err)
}

func (s *Store) once(ctx context.Context, work func(context.Context, *pgx.Conn, int64) error) error {
	epoch, err := s.holder.mine()
	if err != nil {
		return err
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return work(ctx, conn.Conn(), epoch)
}

// noteWrite remembers whether the journal can be written. What is about one message says nothing of that.
func (s *Store) noteWrite(err error) {
	var known *bridge.Error
	switch {
	case err == nil:
		s.isFailing.Store(false)
	case stateOf(err) == stateTaken:
		s.holder.lose(takenError())
	case errors.As(err, &known) && known.Kind == bridge.Invalid:
	default:
		s.isFailing.Store(true)
	}
}

func mayRepeat(err error) bool {
	state := stateOf(err)
	return state == stateDeadlock || state == stateSerial || errors.Is(err, errNotBegun)
}

func (s *Store) transact(t *tx, fn func(*tx) error) error {
	defer s.fresh.begin()()
	err := fn(t)
	if err == nil && t.number == "" {
		err = t.flush() // the commit is sent once the number is known, by which its outcome can be asked for
	}
	if err == nil {
		err = s.beforeCommit()
	}
	if err == nil {
		err = t.commit()
	}
	if err != nil {
		err = s.settle(t, err)
	}
	if err == nil {
		for _, settled := range t.settled {
			settled()
		}
	}
	return err
}

func (s *Store) beforeCommit() error {
	if s.before == nil {
		return nil
	}
	return s.before()
}

// errNotBegun says that the connection was cut before the commit could be sent: nothing has happened.
var errNotBegun = errors.New("the transaction has not begun")

var errRolledBack = errors.New("the server has rolled the transaction back")

// commit sends the rest of what is queued with the commit.
func (t *tx) commit() error {
	t.batch.Queue(`COMMIT`).Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return errRolledBack
		}
		return nil
	})
	return t.flush()
}

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
		return errors.Join(errNotBegun, cause)
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
