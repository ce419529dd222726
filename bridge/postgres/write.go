package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// repeats is how often a transaction is tried that the server ends because of another one, and that could not begin because a
// connection of the pool has ended meanwhile.
const repeats = 5

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

// errNotBegun says that the connection was cut before the commit could be sent: nothing has happened.
var errNotBegun = errors.New("the transaction has not begun")
