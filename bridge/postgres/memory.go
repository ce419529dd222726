package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

func (s *Store) learn(t *tx, channel string, l bridge.Learned) {
	if l.Person.ID == "" {
		return
	}
	s.learnPerson(t, channel, l.Person)
	if l.ThreadID != "" {
		t.queue(`INSERT INTO thread VALUES ($1, $2, $3) ON CONFLICT (channel, id) DO UPDATE SET person = excluded.person`, channel, l.ThreadID, l.Person.ID)
	}
	if l.InteractionID == "" || s.lately.isAbout(channel, l) {
		return
	}
	t.queue(`INSERT INTO interaction AS i VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, id) DO UPDATE SET person = excluded.person,
		thread = CASE excluded.thread WHEN '' THEN i.thread ELSE excluded.thread END, direct = i.direct OR excluded.direct, public = i.public OR excluded.public`,
		channel, l.InteractionID, l.Person.ID, l.ThreadID, l.Direct, l.Public)
	t.onceSettled(s.lately.telling(channel, l))
}

func (s *Store) learnPerson(t *tx, channel string, p bridge.Person) {
	now := time.Now()
	if p.Handle == "" || s.lately.isPerson(channel, p, now) {
		return
	}
	t.queue(`INSERT INTO person VALUES ($1, $2, $3, $4, $5) ON CONFLICT (channel, id) DO UPDATE
		SET handle = excluded.handle, name = excluded.name, seen_at = excluded.seen_at`, channel, p.ID, p.Handle, p.Name, moment(now))
	t.queue(`INSERT INTO handle VALUES ($1, $2, $3, $4) ON CONFLICT (channel, lower(handle COLLATE "C")) DO UPDATE
		SET handle = excluded.handle, person = excluded.person, seen_at = excluded.seen_at`, channel, p.Handle, p.ID, moment(now))
	t.onceSettled(s.lately.seeing(channel, p, now))
}

// Interaction returns what is known of a Motion interaction.
func (s *Store) Interaction(ctx context.Context, channel, id string) (i bridge.Interaction, found bool, err error) {
	found, err = s.one(ctx, `SELECT person, thread, direct, public FROM interaction WHERE channel = $1 AND id = $2`,
		[]any{channel, id}, &i.PersonID, &i.ThreadID, &i.Direct, &i.Public)
	return i, found, err
}

// PersonByHandle returns who last went by the handle, without regard to case.
func (s *Store) PersonByHandle(ctx context.Context, channel, handle string) (bridge.Person, bool, error) {
	return s.person(ctx, `SELECT h.person, coalesce(p.handle, h.handle), coalesce(p.name, '')
		FROM handle h LEFT JOIN person p ON p.channel = h.channel AND p.id = h.person
		WHERE h.channel = $1 AND lower(h.handle COLLATE "C") = lower($2 COLLATE "C")`, channel, handle)
}

// PersonByID returns who has the id, when the handle was confirmed after the given time.
func (s *Store) PersonByID(ctx context.Context, channel, id string, after time.Time) (bridge.Person, bool, error) {
	return s.person(ctx, `SELECT id, handle, name FROM person WHERE channel = $1 AND id = $2 AND seen_at > $3`, channel, id, bound(after))
}

// Thread returns who wrote a post that was delivered to Motion.
func (s *Store) Thread(ctx context.Context, channel, id string) (bridge.Person, bool, error) {
	return s.person(ctx, `SELECT t.person, coalesce(p.handle, ''), coalesce(p.name, '')
		FROM thread t LEFT JOIN person p ON p.channel = t.channel AND p.id = t.person WHERE t.channel = $1 AND t.id = $2`, channel, id)
}

func (s *Store) person(ctx context.Context, query string, args ...any) (p bridge.Person, found bool, err error) {
	found, err = s.one(ctx, query, args, &p.ID, &p.Handle, &p.Name)
	return p, found, err
}

// Echoes returns what X reported as sent by the channel's account since a time, but for what is known to be one of its deliveries.
func (s *Store) Echoes(ctx context.Context, channel string, since time.Time) ([]bridge.Echo, error) {
	var echoes []bridge.Echo
	err := s.each(ctx, `SELECT x_id, peer, thread, text, has_media, at FROM echo e WHERE channel = $1 AND at >= $2
		AND NOT EXISTS (SELECT FROM message m WHERE m.direction = 'out' AND m.x_id = e.x_id AND m.channel = e.channel)`,
		[]any{channel, bound(since)}, func(row pgx.Row) error {
			e := bridge.Echo{Channel: channel}
			var at time.Time
			err := row.Scan(&e.XID, &e.PeerID, &e.ThreadID, &e.Text, &e.HasMedia, &at)
			e.CreatedAt = timeOf(&at)
			echoes = append(echoes, e)
			return err
		})
	return echoes, err
}
