package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"perch/bridge"
)

// ChatKeys implements bridge.ChatStore.
func (s *Store) ChatKeys(ctx context.Context, channel, conversation string) ([]bridge.ChatKey, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT version, owner, wrapped, verified FROM chat_key WHERE channel = ? AND conversation = ?`,
		channel, conversation)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []bridge.ChatKey
	for rows.Next() {
		k := bridge.ChatKey{Conversation: conversation}
		if err := rows.Scan(&k.Version, &k.Owner, &k.Wrapped, &k.IsVerified); err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	return all, rows.Err()
}

// KeepChatKey implements bridge.ChatStore.
func (s *Store) KeepChatKey(ctx context.Context, channel string, k bridge.ChatKey) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO chat_key (channel, conversation, version, owner, wrapped, verified) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET wrapped = excluded.wrapped, verified = excluded.verified WHERE verified <= excluded.verified`,
			channel, k.Conversation, k.Version, k.Owner, k.Wrapped, k.IsVerified)
		return err
	})
}

// ChatPlace implements bridge.ChatStore.
func (s *Store) ChatPlace(ctx context.Context, channel, conversation string) (bridge.ChatPlace, error) {
	p := bridge.ChatPlace{Conversation: conversation}
	var updated int64
	err := s.one(ctx, `SELECT sequence, token, updated_at FROM chat_place WHERE channel = ? AND conversation = ?`,
		channel, conversation).Scan(&p.Sequence, &p.Token, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	p.UpdatedAt = fromMilli(updated)
	return p, err
}

// KeepChatPlace implements bridge.ChatStore. Sequence ids are decimal numbers of up to 19 digits: the longer is the greater.
func (s *Store) KeepChatPlace(ctx context.Context, channel string, p bridge.ChatPlace) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO chat_place (channel, conversation, sequence, token, updated_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET
			sequence = CASE WHEN (length(excluded.sequence), excluded.sequence) > (length(sequence), sequence) THEN excluded.sequence ELSE sequence END,
			token = CASE excluded.token WHEN '' THEN token ELSE excluded.token END,
			updated_at = max(updated_at, excluded.updated_at)`,
			channel, p.Conversation, p.Sequence, p.Token, toMilli(p.UpdatedAt))
		return err
	})
}

// CountChats implements bridge.ChatStore.
func (s *Store) CountChats(ctx context.Context, channel string) (n int, err error) {
	err = s.one(ctx, `SELECT count(DISTINCT conversation) FROM chat_key WHERE channel = ?`, channel).Scan(&n)
	return n, err
}

// ForgetChat implements bridge.ChatStore.
func (s *Store) ForgetChat(ctx context.Context, channel string) error {
	return s.write(ctx, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM chat_key WHERE channel = ?`, channel); err != nil {
			return err
		}
		_, err := t.exec(`DELETE FROM chat_place WHERE channel = ?`, channel)
		return err
	})
}

// LastWay implements bridge.ChatStore.
func (s *Store) LastWay(ctx context.Context, channel, personID string) (bridge.MessageKind, error) {
	var kind bridge.MessageKind
	err := s.one(ctx, `SELECT kind FROM way WHERE channel = ? AND person = ?`, channel, personID).Scan(&kind)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return kind, err
}

// learnWay keeps in which private way somebody has written, when a message of hers is stored for the first time.
func learnWay(t *tx, d *bridge.Delivery) error {
	way := d.Kind
	if way == bridge.KindEncrypted {
		way = bridge.KindChat
	}
	if d.Direction != bridge.In || d.Parent != 0 || d.PeerID == "" || d.State != bridge.Queued || (way != bridge.KindDM && way != bridge.KindChat) {
		return nil
	}
	at := d.ReceivedAt
	if d.Event != nil && !d.Event.CreatedAt.IsZero() && d.Event.CreatedAt.Before(at) {
		at = d.Event.CreatedAt // it may have come late
	}
	_, err := t.exec(`INSERT INTO way (channel, person, kind, at) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET kind = excluded.kind, at = excluded.at WHERE excluded.at >= at`, d.Channel, d.PeerID, way, toMilli(at))
	return err
}

// ownID makes the id of an encrypted message one of its sender, who chose it, where somebody else has used it, and where it
// looks like one that X gives: a direct message or a post of somebody else may come under that one.
func ownID(t *tx, d *bridge.Delivery) error {
	if d.Direction != bridge.In || d.XID == "" || (d.Kind != bridge.KindEncrypted && d.Kind != bridge.KindChat) {
		return nil
	}
	for {
		var peer string
		err := t.row(`SELECT peer_id FROM message WHERE channel = ? AND x_id = ? AND direction = 'in'`, d.Channel, d.XID).Scan(&peer)
		isFree := errors.Is(err, sql.ErrNoRows)
		if err != nil && !isFree {
			return err
		}
		if (isFree && !looksLikeXs(d.XID)) || (!isFree && peer == d.PeerID) {
			return nil
		}
		d.XID += "~" + d.PeerID
	}
}

// looksLikeXs reports whether an id could be one of X's own, which are numbers, or that of a file of such a message. One
// with a sender in it, as ownID makes them, could not.
func looksLikeXs(id string) bool {
	message, _, _ := strings.Cut(id, "#")
	return !strings.Contains(id, "~") && strings.Trim(message, "0123456789") == ""
}
