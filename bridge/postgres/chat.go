package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// ChatKeys implements bridge.ChatStore.
func (s *Store) ChatKeys(ctx context.Context, channel, conversation string) ([]bridge.ChatKey, error) {
	var all []bridge.ChatKey
	err := s.each(ctx, `SELECT version, owner, wrapped, verified FROM chat_key WHERE channel = $1 AND conversation = $2 ORDER BY version COLLATE "C", owner COLLATE "C"`,
		[]any{channel, conversation}, func(row pgx.Row) error {
			k := bridge.ChatKey{Conversation: conversation}
			err := row.Scan(&k.Version, &k.Owner, &k.Wrapped, &k.IsVerified)
			all = append(all, k)
			return err
		})
	return all, err
}

// KeepChatKey implements bridge.ChatStore.
func (s *Store) KeepChatKey(ctx context.Context, channel string, k bridge.ChatKey) error {
	return s.do(ctx, nil, `INSERT INTO chat_key AS k VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, conversation, version, owner)
		DO UPDATE SET wrapped = excluded.wrapped, verified = excluded.verified WHERE k.verified <= excluded.verified`,
		channel, k.Conversation, k.Version, k.Owner, k.Wrapped, k.IsVerified)
}

// ChatPlace implements bridge.ChatStore.
func (s *Store) ChatPlace(ctx context.Context, channel, conversation string) (bridge.ChatPlace, error) {
	p := bridge.ChatPlace{Conversation: conversation}
	var updated *time.Time
	_, err := s.one(ctx, `SELECT sequence, token, updated_at FROM chat_place WHERE channel = $1 AND conversation = $2`,
		[]any{channel, conversation}, &p.Sequence, &p.Token, &updated)
	p.UpdatedAt = timeOf(updated)
	return p, err
}

// KeepChatPlace implements bridge.ChatStore. Sequence ids are decimal numbers of up to 19 digits: the longer is the greater.
func (s *Store) KeepChatPlace(ctx context.Context, channel string, p bridge.ChatPlace) error {
	return s.do(ctx, nil, `INSERT INTO chat_place AS p VALUES ($1, $2, $3, $4, $5) ON CONFLICT (channel, conversation) DO UPDATE SET
		sequence = CASE WHEN (length(excluded.sequence), excluded.sequence) > (length(p.sequence), p.sequence) THEN excluded.sequence ELSE p.sequence END,
		token = CASE excluded.token WHEN '' THEN p.token ELSE excluded.token END,
		updated_at = greatest(p.updated_at, excluded.updated_at)`,
		channel, p.Conversation, p.Sequence, p.Token, stamp(p.UpdatedAt))
}

// CountChats implements bridge.ChatStore.
func (s *Store) CountChats(ctx context.Context, channel string) (n int, err error) {
	_, err = s.one(ctx, `SELECT count(DISTINCT conversation) FROM chat_key WHERE channel = $1`, []any{channel}, &n)
	return n, err
}

// ForgetChat implements bridge.ChatStore.
func (s *Store) ForgetChat(ctx context.Context, channel string) error {
	return s.write(ctx, func(t *tx) error {
		t.queue(`DELETE FROM chat_key WHERE channel = $1`, channel)
		t.queue(`DELETE FROM chat_place WHERE channel = $1`, channel)
		return nil
	})
}

// LastWay implements bridge.ChatStore.
func (s *Store) LastWay(ctx context.Context, channel, personID string) (kind bridge.MessageKind, err error) {
	_, err = s.one(ctx, `SELECT kind FROM way WHERE channel = $1 AND person = $2`, []any{channel, personID}, &kind)
	return kind, err
}

// lastWay is in which private way somebody has written, and when.
type lastWay struct {
	kind bridge.MessageKind
	at   time.Time
}

// learnWays keeps in which private way people have written, when messages of theirs are stored for the first time.
func learnWays(t *tx, stored []*bridge.Delivery) {
	last := map[idAt]lastWay{}
	var order []idAt
	for _, d := range stored {
		way, isOne := wayOf(d)
		who := idAt{channel: d.Channel, id: d.PeerID}
		before, isKnown := last[who]
		if !isOne || (isKnown && way.at.Before(before.at)) {
			continue
		}
		if last[who] = way; !isKnown {
			order = append(order, who)
		}
	}
	if len(order) == 0 {
		return
	}
	var channels, people, kinds []string
	var at []time.Time
	for _, who := range order {
		channels, people, kinds, at = append(channels, who.channel), append(people, who.id), append(kinds, string(last[who].kind)), append(at, last[who].at)
	}
	t.queue(`INSERT INTO way AS w SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS u (channel, person, kind, at) ORDER BY 1, 2
		ON CONFLICT (channel, person) DO UPDATE SET kind = excluded.kind, at = excluded.at WHERE excluded.at >= w.at`, channels, people, kinds, at)
}

func wayOf(d *bridge.Delivery) (lastWay, bool) {
	way := d.Kind
	if way == bridge.KindEncrypted {
		way = bridge.KindChat
	}
	if d.Direction != bridge.In || d.Parent != 0 || d.PeerID == "" || d.State != bridge.Queued || (way != bridge.KindDM && way != bridge.KindChat) {
		return lastWay{}, false
	}
	at := d.ReceivedAt
	if d.Event != nil && !d.Event.CreatedAt.IsZero() && d.Event.CreatedAt.Before(at) {
		at = d.Event.CreatedAt // it may have come late
	}
	return lastWay{way, moment(at)}, true
}
