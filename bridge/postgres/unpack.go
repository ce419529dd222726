package postgres

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"perch/bridge"
)

// Unpack marks those posts of the last Unread up to and including upTo as taken apart, and stores what they held. Deliveries whose
// X id the channel has already seen are left out; those stored get their ID.
func (s *Store) Unpack(ctx context.Context, upTo int64, unpacked bridge.Unpacked) error {
	err := s.writeOf(ctx, conversationsOf(unpacked.Deliveries), func(t *tx) error {
		taken, replies := s.marks.upTo(upTo)
		t.onceSettled(func() { s.marks.done(append(taken, replies...)) })
		markTaken(t, taken, s.marks.at(taken))
		markReplies(t, replies, s.marks.at(replies))
		if err := s.insert(t, unpacked.Deliveries); err != nil {
			return err
		}
		insertEchoes(t, unpacked.Echoes)
		addIgnored(t, unpacked.Ignored)
		addBills(t, unpacked.Billed)
		return nil
	})
	if errors.Is(err, errTakenApart) {
		return nil // by the same call before, of which only the answer was lost
	}
	return err
}

// errTakenApart says that the posts are marked already, which this store alone does.
var errTakenApart = &bridge.Error{
	Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "take posts apart", Message: "what came in was taken apart already",
}

func markTaken(t *tx, seqs []int64, at []*time.Time) {
	if len(seqs) == 0 {
		return
	}
	t.queue(`UPDATE post SET waits = false, kept_at = m.at FROM unnest($1::bigint[], $2::timestamptz[]) AS m (seq, at) WHERE post.seq = m.seq AND post.waits`, seqs, at).
		Exec(func(tag pgconn.CommandTag) error {
			if tag.RowsAffected() == 0 {
				return errTakenApart
			}
			return nil
		})
}

// markReplies writes down when agents' replies were on disk: a commit cannot tell it of itself.
func markReplies(t *tx, seqs []int64, at []*time.Time) {
	if len(seqs) > 0 {
		t.queue(`UPDATE post SET kept_at = m.at FROM unnest($1::bigint[], $2::timestamptz[]) AS m (seq, at) WHERE post.seq = m.seq`, seqs, at)
	}
}

func insertEchoes(t *tx, echoes []bridge.Echo) {
	if len(echoes) == 0 {
		return
	}
	var channels []string
	for _, e := range echoes {
		t.queue(`INSERT INTO echo VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			e.Channel, e.XID, e.PeerID, e.ThreadID, e.Text, e.HasMedia, moment(e.CreatedAt))
		channels = append(channels, e.Channel)
	}
	// A lost answer may be settled now: look at once.
	t.queue(`UPDATE conv SET due = $1 WHERE head IN (SELECT id FROM message WHERE state = 'undecided' AND open AND channel = ANY($2))`, longAgo, channels)
}

func addIgnored(t *tx, ignored map[bridge.IgnoredKey]int) {
	if len(ignored) == 0 {
		return
	}
	var channels, kinds []string
	var counts []int64
	for key, n := range ignored {
		channels, kinds, counts = append(channels, key.Channel), append(kinds, key.Kind), append(counts, int64(n))
	}
	t.queue(`INSERT INTO ignored AS i SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) AS u (channel, kind, n) ORDER BY 1, 2
		ON CONFLICT (channel, kind) DO UPDATE SET n = i.n + excluded.n`, channels, kinds, counts)
}

// addBills counts what X bills for.
func addBills(t *tx, bills map[bridge.BillKey]int) {
	if len(bills) == 0 {
		return
	}
	keys := make([]bridge.BillKey, 0, len(bills))
	for key := range bills {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b bridge.BillKey) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Kind, b.Kind))
	})
	var days, counts []int64
	var channels, kinds []string
	for _, key := range keys {
		days, channels, kinds, counts = append(days, boundDay(key.Day)), append(channels, key.Channel), append(kinds, string(key.Kind)), append(counts, int64(bills[key]))
	}
	t.queue(`INSERT INTO bill AS b SELECT DATE '1970-01-01' + day::int, channel, kind, pg_backend_pid() % 64, sum(n)
		FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) AS u (day, channel, kind, n) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
		ON CONFLICT (day, channel, kind, part) DO UPDATE SET n = b.n + excluded.n`, days, channels, kinds, counts)
}
