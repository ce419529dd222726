package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"perch/bridge"
)

// Source returns the post that held a message, and when that was on disk; false when it is not there any more.
func (s *reading) Source(ctx context.Context, seq int64) (bridge.Post, bool, error) {
	p := bridge.Post{Seq: seq}
	var received, kept int64
	err := s.one(ctx, `SELECT received_at, source, body,
		coalesce((SELECT CASE WHEN first <= post.seq THEN at END FROM kept WHERE last >= post.seq ORDER BY last LIMIT 1), 0)
		FROM post WHERE seq = ?`, seq).Scan(&received, &p.Source, &p.Body, &kept)
	if errors.Is(err, sql.ErrNoRows) {
		return bridge.Post{}, false, nil
	}
	p.ReceivedAt, p.KeptAt = fromMilli(received), fromMilli(kept)
	return p, err == nil, err
}

// Unread returns the oldest posts from X that have not been unpacked, at most limit.
func (s *Store) Unread(ctx context.Context, limit int) ([]bridge.Post, error) {
	if !s.backlog.isOldRead.Load() {
		posts, err := s.unreadHere(ctx, limit)
		if err != nil || len(posts) > 0 {
			return posts, err
		}
		s.backlog.isOldRead.Store(true)
	}
	posts, err := s.backlog.next(limit)
	if err != nil {
		return nil, writeError(err)
	}
	return posts, nil
}

// unreadHere returns those that SQLite holds: an earlier Perch has put them there, or a backup. They are older than all in the
// inlet.
func (s *Store) unreadHere(ctx context.Context, limit int) ([]bridge.Post, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT seq, received_at, source, body FROM post
		WHERE seq > (SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'unpacked') AND `+isFromX+` ORDER BY seq LIMIT ?`, limit)
	if err != nil {
		return nil, writeError(err)
	}
	defer func() { _ = rows.Close() }()
	var posts []bridge.Post
	for rows.Next() {
		var p bridge.Post
		var at int64
		if err := rows.Scan(&p.Seq, &at, &p.Source, &p.Body); err != nil {
			return nil, writeError(err)
		}
		p.ReceivedAt = fromMilli(at)
		posts = append(posts, p)
	}
	return posts, rows.Err()
}

// isFromX tells posts that are taken apart from agents' replies, which are kept for the record.
const isFromX = `source NOT LIKE 'motion:%'`

// Unpack stores the posts up to and including upTo and what they held, and moves the cursor behind them. Deliveries
// whose X id the channel has already seen are left out; those stored get their ID.
func (s *Store) Unpack(ctx context.Context, upTo int64, unpacked bridge.Unpacked) error {
	hasNews := len(unpacked.Deliveries) > 0
	return s.commit(ctx, &op{canLinger: !hasNews, done: make(chan error, 1), kept: func() { s.backlog.moved(upTo) }, run: func(t *tx) error {
		if err := s.movePosts(t, upTo); err != nil {
			return err
		}
		for _, d := range unpacked.Deliveries {
			if err := insertIfNew(t, d); err != nil {
				return err
			}
		}
		for _, e := range unpacked.Echoes {
			if err := insertEcho(t, e); err != nil {
				return err
			}
		}
		for key, n := range unpacked.Ignored {
			if _, err := t.exec(`INSERT INTO ignored VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`,
				key.Channel, key.Kind, n); err != nil {
				return err
			}
		}
		for key, n := range unpacked.Billed {
			t.bills[key] += n
		}
		_, err := t.exec(`UPDATE setting SET value = ? WHERE key = 'unpacked'`, upTo)
		return err
	}})
}

// movePosts puts posts of the inlet into their table.
func (s *Store) movePosts(t *tx, upTo int64) error {
	posts, spans, err := s.backlog.upTo(upTo)
	if err != nil {
		return err
	}
	for _, p := range posts {
		if err := movePost(t, p); err != nil {
			return err
		}
	}
	for _, at := range spans {
		if err := writeSpan(t, at); err != nil {
			return err
		}
	}
	return nil
}

const insertMoved = `INSERT OR IGNORE INTO post (seq, received_at, source, body) VALUES (?, ?, ?, ?)`

func movePost(t *tx, p bridge.Post) error {
	_, err := t.exec(insertMoved, p.Seq, p.ReceivedAt.UnixMilli(), p.Source, p.Body)
	return err
}

func writeSpan(t *tx, s span) error {
	_, err := t.exec(`INSERT OR REPLACE INTO kept (last, first, at) VALUES (?, ?, ?)`, s.last, s.first, s.at.UnixMilli())
	return err
}

func insertEcho(t *tx, e bridge.Echo) error {
	if _, err := t.exec(`INSERT OR IGNORE INTO echo VALUES (?, ?, ?, ?, ?, ?, ?)`,
		e.Channel, e.XID, e.PeerID, e.ThreadID, e.Text, e.HasMedia, e.CreatedAt.UnixMilli()); err != nil {
		return err
	}
	// A lost answer may be settled now: look at once.
	_, err := t.exec(`UPDATE conv SET due = 0 WHERE busy = 0 AND head IN
		(SELECT id FROM message WHERE state = 'undecided' AND open = 1 AND channel = ?)`, e.Channel)
	return err
}
