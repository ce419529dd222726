package sqlite

import (
	"context"
	"errors"
	"fmt"

	"perch/bridge"
)

// Verify checks the whole file when Open has left that for later, and returns a *bridge.Error that says so when it is damaged;
// nil when nothing was left. It may be called while the journal is in use.
func (s *Store) Verify(ctx context.Context) error {
	if s.damage.Load() == nil && s.isUnchecked.Load() {
		if err := s.verify(ctx); err != nil {
			return err
		}
	}
	return s.damaged()
}

func (s *Store) verify(ctx context.Context) error {
	db, err := openForReading(ctx, s.path)
	if err != nil {
		return viewError(err)
	}
	v := newView(db, s.path)
	defer func() { _ = v.Close() }() // only read
	var found *bridge.Error
	switch err := v.Check(ctx); {
	case err == nil:
		s.isUnchecked.Store(false)
	case errors.As(err, &found) && found.Code == bridge.CodeJournal+isDamaged.code:
		s.damage.Store(found)
		s.log.Error("the journal is damaged: nothing more is written to it", "error", err, "remedy", found.Remedy)
	default:
		return err
	}
	return nil
}

// verifyBehind does what Open has left while the committer already works: to read a file of gigabytes takes minutes. A file
// that turns out to be damaged takes no more writes, so that nothing more is acknowledged.
func (s *Store) verifyBehind(ctx context.Context) {
	if err := s.Verify(ctx); err != nil && ctx.Err() == nil && s.damage.Load() == nil {
		s.log.Warn("the journal could not be checked", "error", err)
	}
}

// damaged is what is wrong with the file, nil for nothing.
func (s *Store) damaged() error {
	if e := s.damage.Load(); e != nil {
		return e
	}
	return nil
}

// verdictError is what SQLite's check has found.
func verdictError(verdict string) error {
	e := explained("check the journal", isDamaged.message, fmt.Errorf("integrity check: %s", verdict))
	e.Remedy, e.Code = isDamaged.remedy, bridge.CodeJournal+isDamaged.code
	return e
}
