package sqlite

import "time"

const (
	// indexBlock is how many messages are indexed between two looks whether somebody waits.
	indexBlock = 32
	// indexShare is for how long the committer indexes at a time, at most, while it has other work; the commit comes on top.
	indexShare = 20 * time.Millisecond
	// indexIdleShare is the same while nobody waits for it.
	indexIdleShare = 150 * time.Millisecond
	// indexRest is the pause between two such times.
	indexRest = 5 * time.Millisecond
	// indexPause is how long the committer indexes nothing while it is never idle.
	indexPause = time.Second
	// indexHurry is the same when more messages wait to be indexed than a search should look through.
	indexHurry = 500 * time.Millisecond
	// hurryFrom is how many those are.
	hurryFrom = 20_000
	// indexFrom is how many messages have to wait to be worth a commit, and indexBusyFrom the same while the committer is
	// never idle: a step holds up what is delivered, and a search looks through so many quickly.
	indexFrom     = 200
	indexBusyFrom = 5000
	// mergeFrom is how many parts the index has to have got to be worth another (FTS5 joins four at least).
	mergeFrom = 4
	// mergePages is how much of the index is joined at a time, in its pages of 4 KB (sqlite.org/fts5.html, 6.8).
	mergePages = 128
)

// indexer is where the committer is with the index of the messages. Only the committer uses it.
type indexer struct {
	last     time.Time // when it last indexed
	parts    int       // that were made since the index was found joined
	isBehind bool
	isFailed bool // said already
}

// indexIdle indexes some messages, as nobody waits for the committer; false when there is nothing left to do.
func (s *Store) indexIdle(t *tx) (more bool) {
	return s.indexSome(t, indexIdleShare, indexFrom, func() bool { return len(s.ops) > 0 })
}

// indexBusy indexes some messages now and then while the committer is never idle, so that a search need not look through
// ever more of them.
func (s *Store) indexBusy(t *tx) {
	pause := indexPause
	if s.indexer.isBehind {
		pause = indexHurry
	}
	if time.Since(s.indexer.last) >= pause {
		s.indexSome(t, indexShare, indexBusyFrom, func() bool { return false })
	}
}

func (s *Store) indexSome(t *tx, share time.Duration, from int64, isWanted func() bool) (more bool) {
	s.indexer.last = time.Now()
	todo, err := s.toIndex(t)
	s.indexer.isBehind = todo > hurryFrom
	work := func(t *tx) error { return s.indexStep(t, share, isWanted) }
	switch {
	case err == nil && todo < from && from > indexFrom:
		return false
	case s.indexer.parts >= mergeFrom:
		work = s.mergeIndex
	case err == nil && todo < from:
		return false
	}
	if err == nil {
		err = s.transact(t, []*op{{run: work}})
	}
	if err != nil {
		s.indexFailed(err)
		return false
	}
	s.indexer.isFailed = false
	if s.walSize() > checkpointSize {
		s.checkpoint(t)
	}
	return true
}

// indexFailed says once that messages are not indexed. Nobody misses one: searching looks through what is not indexed.
func (s *Store) indexFailed(err error) {
	if isSpoiltIndex(err) {
		s.isSpoilt.Store(true)
	}
	if !s.indexer.isFailed {
		s.log.Warn("messages are not indexed for searching", "error", err)
	}
	s.indexer.isFailed = true
}

// toIndex is how many messages are left to index, about.
func (s *Store) toIndex(t *tx) (n int64, err error) {
	if s.isSpoilt.Load() {
		return indexBusyFrom, nil
	}
	err = t.row(`SELECT (SELECT coalesce(max(id), 0) FROM message) - (SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'indexed')
		+ (SELECT count(*) FROM reindex)`).Scan(&n)
	return n, err
}

// indexStep indexes messages until its time is over or somebody waits for the committer, but always some.
func (s *Store) indexStep(t *tx, share time.Duration, isWanted func() bool) error {
	if s.isSpoilt.Load() {
		if err := emptyIndex(t); err != nil {
			return err
		}
		s.isSpoilt.Store(false)
	}
	s.indexer.parts++
	for until := time.Now().Add(share); ; {
		again, err := indexAnew(t)
		if err != nil {
			return err
		}
		more, err := indexNext(t)
		if err != nil || (!again && !more) || isWanted() || time.Now().After(until) {
			return err
		}
	}
}

// mergeIndex joins some parts of the index, of which each step makes one: the more there are, the slower is a search.
func (s *Store) mergeIndex(t *tx) error {
	var before, after int64
	err := t.row(`SELECT total_changes()`).Scan(&before)
	if err == nil {
		_, err = t.exec(`INSERT INTO search (search, rank) VALUES ('merge', ?)`, mergePages)
	}
	if err == nil {
		err = t.row(`SELECT total_changes()`).Scan(&after)
	}
	if after-before < 2 { // FTS5's word for nothing left to join
		s.indexer.parts = 0
	}
	return err
}

// indexNext indexes the next block of messages; false when there is none.
func indexNext(t *tx) (more bool, err error) {
	var from, to int64
	err = t.row(`SELECT i.at, (SELECT coalesce(max(id), 0) FROM (SELECT id FROM message WHERE id > i.at ORDER BY id LIMIT ?))
		FROM (SELECT CAST(value AS INTEGER) AS at FROM setting WHERE key = 'indexed') i`, indexBlock).Scan(&from, &to)
	if err != nil || to == 0 {
		return false, err
	}
	if err := indexRange(t, from+1, to); err != nil {
		return false, err
	}
	_, err = t.exec(`UPDATE setting SET value = ? WHERE key = 'indexed'`, to)
	return true, err
}

// toldColumns is all of a message that a search looks at but the ids, which have indexes of their own. The end makes each
// letter the first of three.
const toldColumns = `text || char(10) || sender || char(10) || recipient || char(3, 3)`

// facetState is the state that a facet is of: that from which no message comes back and which has no index of its own.
const facetState = `CASE state WHEN 'discarded' THEN state ELSE '' END`

func indexRange(t *tx, first, last int64) error {
	for _, query := range []string{
		`INSERT INTO search (rowid, told) SELECT id, ` + toldColumns + ` FROM message WHERE id BETWEEN ? AND ? ORDER BY id`,
		`INSERT OR IGNORE INTO facet (channel, direction, kind, state) SELECT DISTINCT channel, direction, kind, ` + facetState + ` FROM message WHERE id BETWEEN ? AND ?`,
		`INSERT OR IGNORE INTO facet_message SELECT f.id, m.id FROM message m CROSS JOIN facet f ON f.channel = m.channel AND f.direction = m.direction
			AND f.kind = m.kind AND f.state = CASE m.state WHEN 'discarded' THEN m.state ELSE '' END WHERE m.id BETWEEN ? AND ?`,
	} {
		if _, err := t.exec(query, first, last); err != nil {
			return err
		}
	}
	return nil
}

// indexAnew indexes once more a block of what has changed since; false when there was none.
func indexAnew(t *tx) (more bool, err error) {
	ids, err := toReindex(t)
	for _, id := range ids {
		if err == nil {
			err = unindex(t, id)
		}
		if err == nil {
			err = indexRange(t, id, id)
		}
	}
	return len(ids) > 0, err
}

func toReindex(t *tx) (ids []int64, err error) {
	rows, err := t.query(`SELECT message FROM reindex ORDER BY message LIMIT ?`, indexBlock)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// unindex takes a message out of the index, if it is there.
func unindex(t *tx, id int64) error {
	for _, query := range []string{
		`DELETE FROM search WHERE rowid = ?`, `DELETE FROM facet_message WHERE facet IN (SELECT id FROM facet) AND message = ?`,
		`DELETE FROM reindex WHERE message = ?`,
	} {
		if _, err := t.exec(query, id); err != nil {
			return err
		}
	}
	return nil
}

// emptyIndex begins anew, without reading anything of what is there.
func emptyIndex(t *tx) error {
	for _, query := range []string{
		`DELETE FROM facet_message`, `DELETE FROM facet`, `DELETE FROM reindex`, `UPDATE setting SET value = '0' WHERE key = 'indexed'`,
		`INSERT INTO search (search) VALUES ('delete-all')`,
	} {
		if _, err := t.exec(query); err != nil {
			return err
		}
	}
	return nil
}
