package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"perch/bridge"
)

// Keep stores what came in, as it came. It returns nil only when it is on disk.
func (s *Store) Keep(ctx context.Context, post bridge.Post) error {
	o := s.posts.Get().(*op)
	o.post = &post
	err := s.commit(ctx, o)
	if err == nil {
		// Only an op whose answer was taken may be used again.
		o.post = nil
		s.posts.Put(o)
	}
	return err
}

// Source returns the post that held a message, and when that was on disk; false when it is not there any more.
func (s *reading) Source(ctx context.Context, seq int64) (bridge.Post, bool, error) {
	p := bridge.Post{Seq: seq}
	var received, kept int64
	err := s.reader.QueryRowContext(ctx, `SELECT received_at, source, body,
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
	rows, err := s.reader.QueryContext(ctx, `SELECT seq, received_at, source, body FROM post
		WHERE seq > (SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'unpacked') ORDER BY seq LIMIT ?`, limit)
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

// Unpack stores what the posts up to and including upTo held, and moves the cursor behind them. Deliveries
// whose X id the channel has already seen are left out; those stored get their ID.
func (s *Store) Unpack(ctx context.Context, upTo int64, unpacked bridge.Unpacked) error {
	return s.write(ctx, func(t *tx) error {
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
		_, err := t.exec(`UPDATE setting SET value = ? WHERE key = 'unpacked'`, upTo)
		return err
	})
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
