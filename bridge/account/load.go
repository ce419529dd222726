package account

import (
	"context"
	"encoding/json"
)

// Load reads what earlier runs have kept. Call it once, before anything else.
func (r *Registry) Load(ctx context.Context) error {
	for _, e := range r.channels {
		if err := r.load(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// load reads who the channel is, and holds its lanes towards X when it has got other keys since.
func (r *Registry) load(ctx context.Context, e *entry) error {
	ch := e.now.Load()
	value, err := r.journal.Setting(ctx, SettingAccount+ch.Name)
	if err != nil || value == "" {
		return err
	}
	var kept remembered
	if json.Unmarshal([]byte(value), &kept) == nil {
		r.memory.set(ch.Name, kept.Account, kept.Keys)
	}
	e.turn.Lock()
	defer e.turn.Unlock()
	if r.mustAsk(ch) {
		r.hold(e, Hold{Why: doubtfulError(ch.Name, nil)})
	}
	return nil
}
