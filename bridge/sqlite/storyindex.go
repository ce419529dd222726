package sqlite

import (
	"context"
	"os"
	"time"
)

// storyIndex is what finds a customer's messages and those of a time. The last statement makes it whole: who finds message_peer
// finds all of it, because they are of one transaction.
var storyIndex = []string{
	`CREATE INDEX IF NOT EXISTS message_peer ON message(channel, peer_id) WHERE peer_id <> ''`,
	`CREATE INDEX IF NOT EXISTS message_nameless ON message(channel, CASE direction WHEN 'in' THEN sender ELSE recipient END COLLATE NOCASE) WHERE peer_id = ''`,
	`INSERT INTO hour SELECT received_at / 3600000, min(id), max(id) FROM message WHERE true GROUP BY 1
		ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)`,
}

// storyIndexWait is how long the committer puts that off while it is never idle: what comes in is kept meanwhile, and nothing is
// delivered for some seconds, once.
const storyIndexWait = 2 * time.Minute

const hasStoryIndex = `SELECT count(*) > 0 FROM sqlite_schema WHERE type = 'index' AND name = 'message_peer'`

// prepareStories makes the index at once where that takes no time, and leaves it to the committer elsewhere.
func (s *Store) prepareStories(ctx context.Context) error {
	s.storiesFrom = time.Now().Add(storyIndexWait)
	if err := s.writer.QueryRowContext(ctx, hasStoryIndex).Scan(&s.hasStories); err != nil || s.hasStories {
		return err
	}
	info, err := os.Stat(s.path)
	if err != nil || info.Size() > alwaysCheckBelow {
		return err
	}
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after Commit
	for _, query := range storyIndex {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	s.hasStories = true
	return tx.Commit()
}

// indexStories makes the index that is missing, once; true when there was something to do. Without it all is found too, by
// looking at every message.
func (s *Store) indexStories(t *tx) bool {
	if s.hasStories {
		return false
	}
	s.hasStories = true // whatever comes of it: it is tried again after the next start
	began := time.Now()
	err := s.transact(t, []*op{{run: func(t *tx) (err error) {
		for _, query := range storyIndex {
			s.onDisk(&s.disk, writeNothing, func() { _, err = t.exec(query) })
			if err != nil {
				return err
			}
		}
		return nil
	}}})
	if err != nil {
		s.log.Warn("customers' messages are not indexed", "error", err)
		return true
	}
	s.log.Info("customers' messages are indexed", "took_ms", time.Since(began).Milliseconds())
	s.checkpoint(t)
	return true
}

// indexStoriesLate does so while the committer is never idle.
func (s *Store) indexStoriesLate(t *tx) {
	if !s.hasStories && time.Now().After(s.storiesFrom) {
		s.indexStories(t)
	}
}
