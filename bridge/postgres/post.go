package postgres

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// Keep stores what came in, as it came. It returns nil only when that is committed.
func (s *Store) Keep(ctx context.Context, post bridge.Post) error {
	var seq int64
	err := s.do(ctx, func(row pgx.Row) error { return row.Scan(&seq) },
		`INSERT INTO post (received_at, waits, source, body) VALUES ($1, true, $2, $3) RETURNING seq`,
		stamp(post.ReceivedAt), post.Source, bytesOf(post.Body))
	if err == nil {
		s.marks.kept(seq, time.Now())
	}
	return err
}

func bytesOf(body []byte) []byte {
	if body == nil {
		return []byte{}
	}
	return body
}

// Unread returns the oldest posts that are still to be taken apart, at most limit.
func (s *Store) Unread(ctx context.Context, limit int) ([]bridge.Post, error) {
	var posts []bridge.Post
	err := s.each(ctx, `SELECT seq, received_at, source, body FROM post WHERE waits ORDER BY seq LIMIT $1`, []any{limit}, func(row pgx.Row) error {
		var p bridge.Post
		var received *time.Time
		err := row.Scan(&p.Seq, &received, &p.Source, &p.Body)
		p.ReceivedAt = timeOf(received)
		posts = append(posts, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.marks.read(posts)
	return posts, nil
}

// Source returns the post that held a message, and when that was on disk; false when it is not there any more.
func (s *Store) Source(ctx context.Context, seq int64) (bridge.Post, bool, error) {
	p := bridge.Post{Seq: seq}
	var received, kept *time.Time
	found, err := s.one(ctx, `SELECT received_at, source, body, kept_at FROM post WHERE seq = $1`, []any{seq}, &received, &p.Source, &p.Body, &kept)
	if err != nil || !found {
		return bridge.Post{}, false, err
	}
	p.ReceivedAt, p.KeptAt = timeOf(received), timeOf(kept)
	return p, true, nil
}

// marksMost bounds for how many posts it is remembered when they were on disk until that is written down.
const marksMost = 100_000

// marks is what this store knows of posts and the database does not yet. It is safe for concurrent use.
type marks struct {
	mu      sync.Mutex
	toRead  []int64             // those of the last Unread that were not taken apart since, in their order
	onDisk  map[int64]time.Time // when posts were on disk
	replies []int64             // those of them that are not taken apart, but kept for the record
}

func (m *marks) kept(seq int64, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.onDisk == nil {
		m.onDisk = map[int64]time.Time{}
	}
	if len(m.onDisk) < marksMost {
		m.onDisk[seq] = at
	}
}

func (m *marks) keptReply(seq int64, at time.Time) {
	m.kept(seq, at)
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.replies) < marksMost {
		m.replies = append(m.replies, seq)
	}
}

func (m *marks) read(posts []bridge.Post) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.toRead = m.toRead[:0:0]
	for _, p := range posts {
		m.toRead = append(m.toRead, p.Seq)
	}
}

// upTo returns the posts that are taken apart with upTo: those of the last Unread alone, because a smaller number may have come to
// light since; and the replies of which it is not written down when they were on disk.
func (m *marks) upTo(upTo int64) (taken, replies []int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, seq := range m.toRead {
		if seq <= upTo {
			taken = append(taken, seq)
		}
	}
	return taken, slices.Clone(m.replies)
}

// at is when posts were on disk, nil for one of which that is not known.
func (m *marks) at(seqs []int64) (at []*time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, seq := range seqs {
		at = append(at, stamp(m.onDisk[seq]))
	}
	return at
}

// done forgets posts of which all is written down.
func (m *marks) done(seqs []int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	gone := make(map[int64]bool, len(seqs))
	for _, seq := range seqs {
		gone[seq] = true
		delete(m.onDisk, seq)
	}
	isGone := func(seq int64) bool { return gone[seq] }
	m.toRead = slices.DeleteFunc(slices.Clone(m.toRead), isGone)
	m.replies = slices.DeleteFunc(slices.Clone(m.replies), isGone)
}
