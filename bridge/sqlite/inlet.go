package sqlite

import (
	"context"
	"errors"

	"perch/bridge"
	"perch/bridge/sqlite/inlet"
)

// openInlet takes up what was kept and not taken apart.
func (s *Store) openInlet(ctx context.Context) error {
	var moved, last int64
	err := s.writer.QueryRowContext(ctx, `SELECT max(u, (SELECT coalesce(max(seq), 0) FROM post WHERE seq > u AND `+isFromX+`)),
		(SELECT coalesce(max(seq), 0) FROM post) FROM (SELECT CAST(value AS INTEGER) AS u FROM setting WHERE key = 'unpacked')`).Scan(&moved, &last)
	if err != nil {
		return err
	}
	if s.inlet, err = inlet.Open(s.path, moved); err != nil {
		return err
	}
	s.backlog.inlet = s.inlet
	s.seq.Store(max(last, s.inlet.Last()))
	return nil
}

// closeInlet moves what was not taken apart into SQLite, so that the journal is one file. What it cannot move stays where it is.
func (s *Store) closeInlet(ctx context.Context) error {
	for {
		posts, err := s.backlog.next(maxBatch)
		if err == nil && len(posts) > 0 {
			err = s.movePostsAtEnd(ctx, posts)
		}
		if err != nil {
			return errors.Join(err, s.inlet.Close())
		}
		if len(posts) == 0 {
			s.inlet.Clear()
			return nil
		}
	}
}

func (s *Store) movePostsAtEnd(ctx context.Context, posts []bridge.Post) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after Commit
	for _, p := range posts {
		if _, err := tx.ExecContext(ctx, insertMoved, p.Seq, p.ReceivedAt.UnixMilli(), p.Source, p.Body); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.backlog.moved(posts[len(posts)-1].Seq)
	return nil
}
