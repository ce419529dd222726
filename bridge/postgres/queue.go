package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// heads are the messages that are next in conversations which are due and not being served.
const heads = `SELECT ` + columns + ` FROM (SELECT key, head, due FROM conv WHERE lane = $1 AND due <= $2 AND NOT key = ANY($3) ORDER BY due, head LIMIT $4) n
	JOIN message m ON m.id = n.head LEFT JOIN content c ON c.message = m.id ORDER BY n.due, n.head`

// Claim takes up to N due conversations of each lane, the longest due first. Its cost does not grow with the
// number of conversations that are not due. It writes nothing: a crash ends what was claimed, and until X is called (Mark)
// nothing has to be known of it.
func (s *Store) Claim(ctx context.Context, quotas []bridge.LaneQuota, now time.Time) ([]*bridge.Delivery, error) {
	if err := s.probe(ctx); err != nil {
		return nil, err
	}
	s.turn.Lock() // nobody changes or discards a message that is claimed meanwhile
	defer s.turn.Unlock()
	epoch, err := s.holder.mine()
	if err != nil {
		return nil, err
	}
	// What is busy now may be free before the server answers, with a head that it has not heard of: it is left to the next claim.
	busy := s.flight.conversations()
	var found []*bridge.Delivery
	err = reading(ctx, func(ctx context.Context) error {
		batch := &pgx.Batch{}
		batch.Queue(`SELECT FROM perch.holder WHERE epoch = $1`, epoch).QueryRow(isTheirs)
		for _, q := range quotas {
			batch.Queue(heads, cleaned([]any{string(q.Lane), moment(now), busy, q.N})...).
				Query(func(rows pgx.Rows) error { return takeEach(rows, deliveriesInto(&found)) })
		}
		return errors.Join(s.pool.SendBatch(ctx, batch).Close(), s.beforeCommit())
	})
	if err != nil {
		return nil, err
	}
	for _, d := range found {
		s.flight.begin(d)
		if d.State == bridge.Queued {
			d.State = bridge.Sending
		}
	}
	return found, nil
}

// isTheirs fails when another Perch has taken the journal over.
func isTheirs(row pgx.Row) error {
	if row.Scan() != nil {
		return takenError()
	}
	return nil
}

// probe writes something when the last write has failed: as long as nothing can be recorded, nothing is attempted.
func (s *Store) probe(ctx context.Context) error {
	leave, err := s.enter()
	if err != nil {
		return err
	}
	leave()
	if !s.isFailing.Load() {
		return nil
	}
	return s.tryWrite(ctx)
}

// Room reports whether the server takes a write. Nothing stays of it but the time.
func (s *Store) Room() error { return s.tryWrite(context.Background()) }

func (s *Store) tryWrite(ctx context.Context) error {
	return s.SetSetting(ctx, settingRoom, time.Now().UTC().Format(time.RFC3339))
}

// settingRoom holds when it was tried last whether the journal can be written.
const settingRoom = "room_probe"

// NextDue returns when the first waiting conversation of the lanes is due.
func (s *Store) NextDue(ctx context.Context, lanes []bridge.Lane) (first time.Time, isWaiting bool, err error) {
	if len(lanes) == 0 {
		return time.Time{}, false, nil
	}
	var names []string
	for _, lane := range lanes {
		names = append(names, string(lane))
	}
	busy := s.flight.conversations()
	err = s.each(ctx, `SELECT c.key, c.due FROM unnest($1::text[]) AS l (lane)
		CROSS JOIN LATERAL (SELECT key, due FROM conv WHERE conv.lane = l.lane AND NOT key = ANY($2) ORDER BY due LIMIT 1) c`,
		[]any{names, busy}, func(row pgx.Row) error {
			var key string
			var due time.Time
			err := row.Scan(&key, &due)
			if !isWaiting || due.Before(first) {
				first, isWaiting = due, true
			}
			return err
		})
	return first.Local(), isWaiting && err == nil, err
}

// Mark stores the progress of a claimed delivery. Once X is being called, the message is Sending on disk too.
func (s *Store) Mark(ctx context.Context, id int64, progress bridge.Progress) error {
	isCalling := !progress.CallingSince.IsZero()
	err := s.do(ctx, nil, `UPDATE message SET progress = $2::text::json, calling = $3, waits = $4,
		state = CASE WHEN $3 AND state = 'queued' THEN 'sending' ELSE state END WHERE id = $1`,
		id, encodeProgress(progress), isCalling, progress.Waits)
	if err == nil && isCalling {
		s.flight.called(id)
	}
	return err
}
