package chat

import (
	"context"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat/keys"
)

const (
	// recordsAge is how long somebody's records are good; a version that is not among them is asked for at once.
	recordsAge = 24 * time.Hour
	// recordsPause is how long X is not asked anew for the records of the same person.
	recordsPause = 30 * time.Second
	// maxPeople bounds how many people's records are held.
	maxPeople = 10_000
)

// fetchRecords asks X for somebody's records, the newest first. Those whose binding fails are left out.
func (r *Rooms) fetchRecords(ctx context.Context, m *room, ch *bridge.Channel, userID string) ([]keys.Record, error) {
	answer, err := ch.Chat.ChatRecords(ctx, userID)
	if err != nil {
		return nil, err
	}
	rows := make([]keys.Row, 0, len(answer))
	for _, row := range answer {
		rows = append(rows, row.Row)
	}
	records, refused := keys.Verify(rows)
	if refused > 0 {
		r.Log.Warn("chat records refused", logkey.Channel, m.channel, "person", userID, "refused", refused)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.people) >= maxPeople {
		own := m.people[m.ownID]
		m.people = map[string]person{m.ownID: own}
	}
	m.people[userID] = person{records: records, at: r.Now()}
	return records, nil
}

// forgetOld drops the records that are to be asked for anew when they are needed; the account's own are looked after apart.
func (m *room) forgetOld(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, p := range m.people {
		if id != m.ownID && now.Sub(p.at) > recordsAge {
			delete(m.people, id)
		}
	}
}

// findSigner gets the records of somebody whose version is not known, unless X has just been asked. It reports whether
// the version is there now.
func (r *Rooms) findSigner(ctx context.Context, m *room, ch *bridge.Channel, userID, version string) (bool, error) {
	m.mu.Lock()
	known, ok := m.people[userID]
	m.mu.Unlock()
	if ok && r.Now().Sub(known.at) < recordsPause {
		return false, nil
	}
	_, err := r.fetchRecords(ctx, m, ch, userID)
	if kind := bridge.KindOf(err); kind == bridge.Rejected || kind == bridge.Invalid { // X does not tell of this person
		r.Log.Warn("chat records refused", logkey.Channel, m.channel, "person", userID, logkey.Error, err)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, ok = m.Signer(userID, version)
	return ok, nil
}
