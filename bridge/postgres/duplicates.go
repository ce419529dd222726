package postgres

import (
	"strings"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
)

// idAt is an id of one side in a channel.
type idAt struct {
	channel string
	isOut   bool // a reply's, in Motion
	id      string
}

// taken is which ids are used, and by whose messages.
type taken struct {
	asked map[idAt]bool
	peers map[idAt]string
}

// newOnes returns those of deliveries, in their order, that are not there already, the ids of encrypted messages made their own.
func newOnes(t *tx, deliveries []*bridge.Delivery) ([]*bridge.Delivery, error) {
	known := &taken{asked: map[idAt]bool{}, peers: map[idAt]string{}}
	if err := known.ask(t, duplicateKeys(deliveries)); err != nil {
		return nil, err
	}
	var fresh []*bridge.Delivery
	for _, d := range deliveries {
		if err := ownID(t, d, known); err != nil {
			return nil, err
		}
		key, has := duplicateKey(d)
		if _, isThere := known.peers[key]; has && isThere {
			continue
		}
		if has {
			known.peers[key] = cleanText(d.PeerID)
		}
		fresh = append(fresh, d)
	}
	return fresh, nil
}

// duplicateKey is by what a message is known again; false for one that never is.
func duplicateKey(d *bridge.Delivery) (idAt, bool) {
	if d.Direction == bridge.Out {
		return idAt{cleanText(d.Channel), true, cleanText(d.MotionID)}, d.MotionID != ""
	}
	return idAt{cleanText(d.Channel), false, cleanText(d.XID)}, d.XID != ""
}

func duplicateKeys(deliveries []*bridge.Delivery) (keys []idAt) {
	for _, d := range deliveries {
		if key, has := duplicateKey(d); has {
			keys = append(keys, key)
		}
		if hasChosenID(d) {
			keys = append(keys, idAt{cleanText(d.Channel), false, cleanText(d.XID + "~" + d.PeerID)})
		}
	}
	return keys
}

// ask looks ids up. It also sends what was queued before.
func (k *taken) ask(t *tx, keys []idAt) error {
	var in, out struct{ channels, ids []string }
	for _, key := range keys {
		if k.asked[key] {
			continue
		}
		k.asked[key] = true
		side := &in
		if key.isOut {
			side = &out
		}
		side.channels, side.ids = append(side.channels, key.channel), append(side.ids, key.id)
	}
	take := func(isOut bool) func(pgx.Rows) error {
		return func(rows pgx.Rows) error {
			return takeEach(rows, func(row pgx.Row) error {
				key, peer := idAt{isOut: isOut}, ""
				err := row.Scan(&key.channel, &key.id, &peer)
				k.peers[key] = peer
				return err
			})
		}
	}
	if len(in.ids) > 0 {
		t.queue(`SELECT m.channel, m.x_id, m.peer_id FROM unnest($1::text[], $2::text[]) AS u (channel, id)
			JOIN message m ON m.channel = u.channel AND m.x_id = u.id AND m.direction = 'in'`, in.channels, in.ids).Query(take(false))
	}
	if len(out.ids) > 0 {
		t.queue(`SELECT m.channel, m.motion_id, m.peer_id FROM unnest($1::text[], $2::text[]) AS u (channel, id)
			JOIN message m ON m.channel = u.channel AND m.motion_id = u.id AND m.direction = 'out'`, out.channels, out.ids).Query(take(true))
	}
	if len(in.ids)+len(out.ids) == 0 {
		return nil
	}
	return t.flush()
}

func hasChosenID(d *bridge.Delivery) bool {
	return d.Direction == bridge.In && d.XID != "" && (d.Kind == bridge.KindEncrypted || d.Kind == bridge.KindChat)
}

// ownID makes the id of an encrypted message one of its sender, who chose it, where somebody else has used it, and where it
// looks like one that X gives: a direct message or a post of somebody else may come under that one.
func ownID(t *tx, d *bridge.Delivery, known *taken) error {
	if !hasChosenID(d) {
		return nil
	}
	for {
		key, _ := duplicateKey(d)
		if err := known.ask(t, []idAt{key}); err != nil {
			return err
		}
		peer, isUsed := known.peers[key]
		if (!isUsed && !looksLikeXs(d.XID)) || (isUsed && peer == cleanText(d.PeerID)) {
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
