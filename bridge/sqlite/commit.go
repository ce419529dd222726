package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"perch/bridge"
)

const (
	// checkpointIdle is how long the committer has nothing to do before it moves the WAL into the file.
	checkpointIdle = time.Second
	// checkpointSize is the WAL size in bytes from which it no longer waits for an idle moment.
	checkpointSize = 32 << 20
	// sizeCheckEvery is the number of commits between two looks at the WAL's size.
	sizeCheckEvery = 128
)

// write hands fn to the committer and waits until it is on disk.
func (s *Store) write(ctx context.Context, fn func(*tx) error) error {
	return s.commit(ctx, &op{run: fn, done: make(chan error, 1)})
}

func (s *Store) commit(ctx context.Context, o *op) error { return s.hand(ctx, s.ops, o) }

// hand gives o to one of the two that write, and waits until it is on disk.
func (s *Store) hand(ctx context.Context, to chan *op, o *op) error {
	select {
	case to <- o:
	case <-s.ended:
		return bridge.ErrStopping
	case <-ctx.Done():
		return ctx.Err()
	}
	// From here on the write happens whatever the caller does, so that the answer is always the true one.
	select {
	case err := <-o.done:
		return err
	case <-s.ended:
		select {
		case err := <-o.done:
			return err
		default:
			return bridge.ErrStopping
		}
	}
}

// Run keeps and commits until ctx ends, then what was handed over already, and returns.
func (s *Store) Run(ctx context.Context) error {
	defer s.once.Do(func() { close(s.ended) })
	var keeper sync.WaitGroup
	defer keeper.Wait()
	conn, err := s.writer.Conn(context.Background())
	if err != nil {
		return openError(s.path, err)
	}
	defer func() { _ = conn.Close() }()
	return conn.Raw(func(direct any) error {
		prepares, ok := direct.(driver.ConnPrepareContext)
		if !ok {
			return openError(s.path, errDriver)
		}
		t := newTx(prepares)
		defer t.close()
		keeper.Go(func() { s.runKeeper(ctx) })
		keeper.Go(func() { s.verifyBehind(ctx) })
		s.loop(ctx, t)
		return nil
	})
}

func (s *Store) loop(ctx context.Context, t *tx) {
	batch := make([]*op, 0, maxBatch)
	idle := time.NewTimer(checkpointIdle)
	defer idle.Stop()
	dirty, commits := false, 0
	for {
		select {
		case o := <-s.ops:
			batch = s.linger(ctx, t, s.readFirst(t, gather(append(batch[:0], o), s.ops)))
			if len(batch) == 0 {
				continue
			}
			s.commitBatch(t, batch)
			dirty, commits = true, commits+1
			if commits%sizeCheckEvery == 0 && s.walSize() > checkpointSize {
				s.checkpoint(t)
			}
			s.indexBusy(t)
			s.indexStoriesLate(t)
			idle.Reset(checkpointIdle)
		case <-idle.C:
			if s.indexStories(t) || s.indexIdle(t) {
				dirty = true
				idle.Reset(indexRest)
				continue
			}
			if dirty {
				s.checkpoint(t)
				dirty = false
			}
		case <-ctx.Done():
			s.drain(t, batch)
			return
		}
	}
}

func (s *Store) drain(t *tx, batch []*op) {
	for o := next(s.ops); o != nil; o = next(s.ops) {
		s.commitBatch(t, append(batch[:0], o))
	}
}

// commitBatch writes all of batch in one transaction.
func (s *Store) commitBatch(t *tx, batch []*op) {
	together(batch, func(some []*op) error { return s.transact(t, some) })
}

// together does all of batch at once. When any of it fails, each is tried alone, so that one bad write never takes its
// neighbours along.
func together(batch []*op, do func([]*op) error) {
	err := do(batch)
	if err != nil && len(batch) > 1 {
		for i := range batch {
			batch[i].end(do(batch[i : i+1]))
		}
		return
	}
	for _, o := range batch {
		o.end(err)
	}
}

func (o *op) end(err error) {
	if err == nil && o.kept != nil {
		o.kept()
	}
	o.done <- err
}

func (s *Store) transact(t *tx, batch []*op) error {
	err := s.begin(t)
	if err == nil {
		err = s.apply(t, batch)
	}
	if err == nil && !isReading(batch) {
		err = errors.Join(t.writeTally(), t.writeHours(), t.writeBills(), t.writeSynced())
	}
	if err == nil && s.before != nil {
		err = s.before()
	}
	if err == nil {
		what := WriteCommit
		if isReading(batch) {
			what = writeNothing
		}
		s.onDisk(&s.disk, what, func() { _, err = t.exec("COMMIT") })
	}
	s.isFailing = err != nil
	if err != nil {
		s.rollBack(t, batch)
		return writeError(err)
	}
	t.isOpen = false
	if !isReading(batch) {
		t.synced = t.posts
		t.synced.at = time.Now()
	}
	return nil
}

// begin opens a transaction, unless one is open.
func (s *Store) begin(t *tx) error {
	if t.isOpen {
		return nil
	}
	if err := s.damaged(); err != nil {
		return err
	}
	if _, err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	t.isOpen, t.hasNew, t.posts = true, false, span{}
	clear(t.tally)
	clear(t.hours)
	clear(t.bills)
	return nil
}

// rollBack makes the open transaction as if it had not been.
func (s *Store) rollBack(t *tx, batch []*op) {
	t.known.forget()
	for _, o := range batch {
		o.isApplied = false
	}
	if !t.isOpen {
		return
	}
	t.isOpen = false
	_, err := t.exec("ROLLBACK")
	// After a failed COMMIT SQLite has often rolled back already.
	s.log.Debug("journal transaction rolled back", "rollback_error", err)
}

// isReading reports whether a batch writes nothing.
func isReading(batch []*op) bool {
	return !slices.ContainsFunc(batch, func(o *op) bool { return !o.isRead })
}

// writeSynced writes down when the posts of the commit before were on disk: a commit cannot tell it of itself. What a
// crash or an end leaves out stays unknown.
func (t *tx) writeSynced() error {
	if t.synced.last == 0 {
		return nil
	}
	return writeSpan(t, t.synced)
}

func (s *Store) apply(t *tx, batch []*op) error {
	for _, o := range batch {
		if o.isApplied {
			continue
		}
		if err := o.run(t); err != nil {
			return err
		}
		o.isApplied = true
	}
	return nil
}

// checkpoint runs on the only writing connection, which keeps clear of SQLite's WAL-reset bug.
func (s *Store) checkpoint(t *tx) {
	var busy, logged, done int
	var err error
	s.onDisk(&s.disk, WriteCheckpoint, func() { err = t.row("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &logged, &done) })
	if err != nil {
		s.log.Warn("journal checkpoint failed", "error", err)
	}
}

func (s *Store) walSize() int64 {
	info, err := os.Stat(s.path + "-wal")
	if err != nil {
		return 0
	}
	return info.Size()
}

// insertPost stores a post that does not come by the inlet.
func (s *Store) insertPost(t *tx, p *bridge.Post) error {
	p.Seq = s.seq.Add(1)
	t.posts.add(p.Seq)
	_, err := t.exec(`INSERT INTO post (seq, received_at, source, body) VALUES (?, ?, ?, ?)`, p.Seq, p.ReceivedAt.UnixMilli(), p.Source, p.Body)
	return err
}

// Round returns nil once the keeper and the committer have made a round, whatever came of it: they are alive. It ends with
// ctx, and writes nothing.
func (s *Store) Round(ctx context.Context) error {
	for _, to := range []chan *op{s.keeps, s.ops} {
		if err := s.round(ctx, to); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) round(ctx context.Context, to chan *op) error {
	o := &op{run: func(*tx) error { return nil }, done: make(chan error, 1)}
	select {
	case to <- o:
	case <-s.ended:
		return bridge.ErrStopping
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-o.done:
		return nil
	case <-s.ended:
		return bridge.ErrStopping
	case <-ctx.Done():
		return ctx.Err()
	}
}
