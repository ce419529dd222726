package chat

import (
	"context"
	"encoding/json"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/xchat/keys"
)

// settingOwn, and the name of a channel, is the setting that holds known.
const settingOwn = "chat/own/"

// forgotten is its value once the keys were deleted on purpose.
const forgotten = "forgotten"

// known is what is kept of an account's keys over a restart.
type known struct {
	// Account and Fingerprint are whose keys they are and which; Version is that of their record, "" when X has not told.
	Account     string `json:"account"`
	Fingerprint string `json:"fingerprint"`
	Version     string `json:"version,omitempty"`
	// Since is when Perch was given keys of this account for the first time, by X's clock; by this computer's while IsOurs.
	Since  time.Time `json:"since"`
	IsOurs bool      `json:"is_ours,omitempty"`
}

// recheckAfter is how long X's word about the account's own keys is good.
const recheckAfter = time.Hour

// enter makes sure that the room is about the keys that the channel has now, and asks X which record of the account they
// belong to. It reports whether events can be opened.
func (r *Rooms) enter(ctx context.Context, m *room) bool {
	ch := r.Accounts.Channel(m.channel)
	own := r.Accounts.Account(m.channel).ID
	if ch == nil || ch.ChatKeys.IsZero() || ch.Chat == nil {
		m.mu.Lock()
		m.clear()
		m.mu.Unlock()
		return false
	}
	if own == "" {
		m.set(bridge.ChatDegraded, notAskedText, ch.ChatKeys.Fingerprint())
		return false
	}
	if err := r.take(ctx, m, ch.ChatKeys, own); err != nil {
		m.set(bridge.ChatDegraded, bridge.FailureOf(bridge.AsError(err)).Sentence(), ch.ChatKeys.Fingerprint())
		return false
	}
	if why := r.Accounts.Hold(m.channel).Why; why != nil { // X would tell of another account's conversations
		m.set(bridge.ChatDegraded, bridge.FailureOf(why).Sentence(), ch.ChatKeys.Fingerprint())
		m.expireOwn()
		return false
	}
	return r.askOwn(ctx, m, ch)
}

// expireOwn makes the next askOwn ask X.
func (m *room) expireOwn() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if own, ok := m.people[m.ownID]; ok {
		own.at = own.at.Add(-recheckAfter)
		m.people[m.ownID] = own
	}
}

// take makes the room one about these keys, with what is kept of them.
func (r *Rooms) take(ctx context.Context, m *room, private keys.Private, own string) error {
	m.taking.Lock()
	defer m.taking.Unlock()
	m.mu.Lock()
	isSame := m.private.Fingerprint() == private.Fingerprint() && m.private.CanSign() == private.CanSign() && m.ownID == own
	m.mu.Unlock()
	if isSame {
		return nil
	}
	value, err := r.Journal.Setting(ctx, settingOwn+m.channel)
	if err != nil {
		return err
	}
	var k known
	_ = json.Unmarshal([]byte(value), &k) // nothing, or nothing that can be read, is a first time
	if k.Account != own || k.Since.IsZero() {
		k = known{Account: own, Since: r.Now(), IsOurs: true}
	}
	if k.Fingerprint != private.Fingerprint() {
		k.Fingerprint, k.Version = private.Fingerprint(), ""
	}
	if err := r.remember(ctx, m.channel, k); err != nil {
		return err
	}
	waiting, err := r.findWaiting(ctx, m.channel, own)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clear()
	m.private, m.ownID, m.version, m.waiting = private, own, k.Version, waiting
	m.since, m.isSinceOurs = k.Since, k.IsOurs
	m.state = bridge.ChatStatus{State: bridge.ChatDegraded, Detail: notAskedText, Fingerprint: k.Fingerprint}
	return nil
}

func (r *Rooms) remember(ctx context.Context, channel string, k known) error {
	value, _ := json.Marshal(k) // plain values only: cannot fail
	return r.Journal.SetSetting(ctx, settingOwn+channel, string(value))
}

// askOwn asks X for the account's own records. It reports whether events can be opened; without an answer they can with
// what X told earlier.
func (r *Rooms) askOwn(ctx context.Context, m *room, ch *bridge.Channel) bool {
	m.mu.Lock()
	own, private, version, asked := m.ownID, m.private, m.version, m.people[m.ownID].at
	isGood := m.state.State != bridge.ChatNoRecord && m.state.State != bridge.ChatWrongKeys // else X may have made a mistake
	m.mu.Unlock()
	if version != "" && isGood && r.Now().Sub(asked) < recheckAfter {
		return true
	}
	records, err := r.fetchRecords(ctx, m, ch, own)
	if err != nil {
		return r.notTold(m, bridge.AsError(err), version)
	}
	record, state, detail := judge(private, records)
	m.set(state, detail, private.Fingerprint())
	m.mu.Lock()
	wasOurs := m.isSinceOurs
	m.sinceByX(ch.Chat.ClockAhead())
	if state == bridge.ChatReady || state == bridge.ChatReadOnly {
		m.version = record.Version()
	}
	k := known{Account: own, Fingerprint: private.Fingerprint(), Version: m.version, Since: m.since}
	m.mu.Unlock()
	if wasOurs || k.Version != version {
		err = r.remember(ctx, m.channel, k)
	}
	if err != nil {
		r.Log.Warn("chat keys not remembered", logkey.Channel, m.channel, logkey.Error, err)
	}
	return true
}

// notTold takes in that X did not tell of the account's keys.
func (r *Rooms) notTold(m *room, e *bridge.Error, version string) bool {
	isPassing := e.Kind == bridge.Temporary || e.Kind == bridge.RateLimited
	if version != "" && isPassing {
		return true // the side shows that X is not to be reached
	}
	state := bridge.ChatDegraded
	if isLogin(e) {
		state = bridge.ChatNeedsLogin
	}
	m.set(state, bridge.FailureOf(e).Sentence(), m.fingerprint())
	r.Log.Warn("chat keys not confirmed", logkey.Channel, m.channel, "code", e.Code, logkey.Error, e)
	return version != ""
}

// judge finds the account's record that the keys belong to.
func judge(private keys.Private, records []keys.Record) (record keys.Record, state, detail string) {
	if len(records) == 0 {
		return record, bridge.ChatNoRecord, noRecordText
	}
	record, ok := private.Match(records)
	switch {
	case !ok:
		return record, bridge.ChatWrongKeys, wrongKeysText
	case record.Version() != records[0].Version():
		return record, bridge.ChatWrongKeys, olderKeysText
	case !private.CanSign():
		return record, bridge.ChatReadOnly, readOnlyText
	}
	return record, bridge.ChatReady, ""
}

func (m *room) set(state, detail, fingerprint string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state.State, m.state.Detail, m.state.Fingerprint = state, detail, fingerprint
}

func (m *room) isState(state string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state.State == state
}

func (m *room) fingerprint() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.private.Fingerprint()
}
