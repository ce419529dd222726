package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

const (
	// watchEvery is how often the connection that holds the lock is asked whether it lives. An end that the server or the
	// system tells of is noticed at once.
	watchEvery = 5 * time.Second
	// watchTimeout is how long its answer may take.
	watchTimeout = 5 * time.Second
	// regainEvery is the pause between two attempts to have the lock again.
	regainEvery = time.Second
)

// watch keeps the lock until ctx ends. As long as it is lost nothing is written.
func (s *Store) watch(ctx context.Context) {
	for ctx.Err() == nil {
		err := s.listen(ctx)
		if err == nil || ctx.Err() != nil {
			continue
		}
		s.holder.lose(lostError(err))
		s.log.Error("the lock of the journal is lost: nothing is written until it is back", "error", err)
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), watchTimeout)
		s.holder.release(closing)
		cancel()
		if s.regain(ctx) {
			s.holder.lose(nil)
			s.log.Info("the lock of the journal is back")
		}
	}
}

// listen returns nil as long as the connection lives.
func (s *Store) listen(ctx context.Context) error {
	conn := s.holder.take()
	if conn == nil {
		return errNoLock
	}
	some, cancel := context.WithTimeout(ctx, watchEvery)
	defer cancel()
	_, err := conn.WaitForNotification(some)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	asking, stop := context.WithTimeout(context.WithoutCancel(ctx), watchTimeout)
	defer stop()
	return conn.Ping(asking)
}

var errNoLock = errors.New("there is no connection that holds it")

// regain takes the lock again, and reports whether this store may go on. It may not when another has worked with the journal
// meanwhile: what this one knows of messages under way is not true any more.
func (s *Store) regain(ctx context.Context) bool {
	for ctx.Err() == nil {
		conn, err := s.lockAgain(ctx)
		if err == nil {
			return s.isStillMine(ctx, conn)
		}
		s.holder.lose(lostError(err))
		s.log.Debug("the lock of the journal is not to be had", "error", err)
		pause := time.NewTimer(regainEvery)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
		}
	}
	return false
}

func (s *Store) lockAgain(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	return s.holder.lock(ctx)
}

func (s *Store) isStillMine(ctx context.Context, conn *pgx.Conn) bool {
	mine, _ := s.holder.mine()
	var epoch int64
	asking, stop := context.WithTimeout(ctx, watchTimeout)
	defer stop()
	err := conn.QueryRow(asking, `SELECT epoch FROM perch.holder`).Scan(&epoch)
	if err == nil && epoch == mine {
		return true
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), watchTimeout)
	defer cancel()
	s.holder.release(closing) // whoever has it by right is not to be kept from it
	if err != nil {
		return false
	}
	s.holder.lose(takenError())
	s.log.Error("another Perch has taken the journal over: nothing more is written to it by this one")
	<-ctx.Done()
	return false
}

// lostError says that the lock is not held right now.
func lostError(err error) *bridge.Error {
	e := explained("write journal", isLost.message, err)
	e.Message, e.Remedy, e.Code = isLost.message, isLost.remedy, bridge.CodeJournal+isLost.code
	return e
}

// takenError says that it is another's for good.
func takenError() *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "write journal", Code: bridge.CodeJournal + isTaken.code,
		Message: isTaken.message, Remedy: isTaken.remedy,
	}
}
