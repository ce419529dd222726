package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"perch/bridge"
)

func learn(t *tx, channel string, l bridge.Learned) error {
	if l.Person.ID == "" {
		return nil
	}
	if err := learnPerson(t, channel, l.Person); err != nil {
		return err
	}
	if l.ThreadID != "" {
		if _, err := t.exec(`INSERT OR REPLACE INTO thread VALUES (?, ?, ?)`, channel, l.ThreadID, l.Person.ID); err != nil {
			return err
		}
	}
	if l.InteractionID == "" || t.known.isAbout(channel, l) {
		return nil
	}
	_, err := t.exec(`INSERT INTO interaction VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET person = excluded.person,
		thread = CASE excluded.thread WHEN '' THEN thread ELSE excluded.thread END,
		direct = max(direct, excluded.direct), public = max(public, excluded.public)`,
		channel, l.InteractionID, l.Person.ID, l.ThreadID, l.Direct, l.Public)
	return err
}

func learnPerson(t *tx, channel string, p bridge.Person) error {
	if p.Handle == "" {
		return nil
	}
	now := time.Now()
	if t.known.isPerson(channel, p, now) {
		return nil
	}
	if _, err := t.exec(`INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?, ?)`, channel, p.ID, p.Handle, p.Name, now.UnixMilli()); err != nil {
		return err
	}
	_, err := t.exec(`INSERT OR REPLACE INTO handle VALUES (?, ?, ?, ?)`, channel, p.Handle, p.ID, now.UnixMilli())
	return err
}

// Interaction returns what is known of a Motion interaction.
func (s *Store) Interaction(ctx context.Context, channel, id string) (bridge.Interaction, bool, error) {
	var i bridge.Interaction
	err := s.one(ctx, `SELECT person, thread, direct, public FROM interaction WHERE channel = ? AND id = ?`,
		channel, id).Scan(&i.PersonID, &i.ThreadID, &i.Direct, &i.Public)
	return found(i, err)
}

// PersonByHandle returns who last went by the handle, without regard to case.
func (s *Store) PersonByHandle(ctx context.Context, channel, handle string) (bridge.Person, bool, error) {
	p := bridge.Person{Handle: handle}
	err := s.one(ctx, `SELECT h.person, coalesce(p.handle, h.handle), coalesce(p.name, '')
		FROM handle h LEFT JOIN person p ON p.channel = h.channel AND p.id = h.person
		WHERE h.channel = ? AND h.handle = ?`, channel, handle).Scan(&p.ID, &p.Handle, &p.Name)
	return found(p, err)
}

// PersonByID returns who has the id, when the handle was confirmed after the given time.
func (s *reading) PersonByID(ctx context.Context, channel, id string, after time.Time) (bridge.Person, bool, error) {
	p := bridge.Person{ID: id}
	err := s.one(ctx, `SELECT handle, name FROM person WHERE channel = ? AND id = ? AND seen_at > ?`,
		channel, id, after.UnixMilli()).Scan(&p.Handle, &p.Name)
	return found(p, err)
}

// Thread returns who wrote a post that was delivered to Motion.
func (s *Store) Thread(ctx context.Context, channel, id string) (bridge.Person, bool, error) {
	var p bridge.Person
	err := s.one(ctx, `SELECT t.person, coalesce(p.handle, ''), coalesce(p.name, '')
		FROM thread t LEFT JOIN person p ON p.channel = t.channel AND p.id = t.person
		WHERE t.channel = ? AND t.id = ?`, channel, id).Scan(&p.ID, &p.Handle, &p.Name)
	return found(p, err)
}

func found[T any](value T, err error) (T, bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		var none T
		return none, false, nil
	}
	return value, err == nil, err
}

// Echoes returns what X reported as sent by the channel's account since a time.
func (s *Store) Echoes(ctx context.Context, channel string, since time.Time) ([]bridge.Echo, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT x_id, peer, thread, text, has_media, at FROM echo e
		WHERE channel = ? AND at >= ? AND NOT EXISTS
		(SELECT 1 FROM message m WHERE m.direction = 'out' AND m.x_id = e.x_id AND m.channel = e.channel)`,
		channel, since.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var echoes []bridge.Echo
	for rows.Next() {
		e := bridge.Echo{Channel: channel}
		var at int64
		if err := rows.Scan(&e.XID, &e.PeerID, &e.ThreadID, &e.Text, &e.HasMedia, &at); err != nil {
			return nil, err
		}
		e.CreatedAt = fromMilli(at)
		echoes = append(echoes, e)
	}
	return echoes, rows.Err()
}
