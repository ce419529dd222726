package juicebox

import (
	"bytes"
	"context"

	"perch/bridge/xchat/juicebox/internal/derive"
	"perch/bridge/xchat/juicebox/internal/oprf"
)

// run is one attempt.
type run struct {
	cfg     *Configuration
	confirm func(context.Context, int) bool
	realms  []*realm
	holders []*realm // those that hold the secret's version
	lost    []RealmError
	left    int  // the least number of guesses that a realm told
	spent   bool // step 2 has left
}

// find is step 1: it asks all realms for the version of what they hold and keeps those that agree.
func (r *run) find(ctx context.Context) ([]byte, error) {
	r.left = Unknown
	answers := gather(ctx, r, r.realms, 0, (*realm).recover1)
	if len(answers) < r.cfg.RecoverThreshold {
		return nil, r.failure(ctx)
	}
	groups := map[string][]*realm{}
	for _, a := range answers {
		groups[string(a.value)] = append(groups[string(a.value)], a.realm)
	}
	var found []byte
	for version, holders := range groups {
		if len(holders) >= r.cfg.RecoverThreshold {
			found, r.holders = []byte(version), holders
			continue
		}
		for _, re := range holders {
			r.lose(re, failed(VersionMismatch))
		}
	}
	if found == nil {
		return nil, r.error(NotRegistered) // a registration that did not come through everywhere
	}
	return found, nil
}

// recover is all that follows.
func (r *run) recover(ctx context.Context, version, pin []byte) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, r.failure(ctx)
	}
	access, seed := derive.Pin(r.cfg.cost(), pin, version, nil)
	defer clear(access)
	defer clear(seed)
	unlock, err := r.guess(ctx, version, access)
	if err != nil {
		return nil, err
	}
	defer clear(unlock)
	return r.open(ctx, version, unlock, seed)
}

// guess is step 2: it spends a guess for the key that unlocks the shares.
func (r *run) guess(ctx context.Context, version, access []byte) ([]byte, error) {
	factor := oprf.RandomScalar()
	blinded := oprf.Blind(access, factor)
	ask := func(re *realm, ctx context.Context) (guessed, *failure) { return re.recover2(ctx, version, blinded) }
	if ctx.Err() != nil {
		return nil, r.failure(ctx)
	}
	answers, err := r.guessInTurn(ctx, ask)
	if err != nil {
		return nil, err
	}
	group := agreeing(answers, func(g guessed) string { return string(g.commitment) + string(g.verifyingKey) }, r.cfg.RecoverThreshold)
	for _, a := range answers {
		r.sawLeft(a.value.left)
	}
	if group == nil {
		return nil, r.disagreement(ctx, len(answers))
	}
	shares := make([]oprf.Share[oprf.Point], len(group))
	for i, a := range group {
		shares[i] = oprf.Share[oprf.Point]{Index: a.realm.index, Secret: a.value.result}
	}
	result, ok := oprf.CombinePoints(shares)
	if !ok {
		return nil, r.error(Disagreement)
	}
	unlock, commitment := derive.Unlock(oprf.Finalize(access, factor, result))
	if !derive.Equal(commitment, group[0].value.commitment) {
		return nil, r.error(WrongPIN)
	}
	return unlock, nil
}

// guessInTurn asks one realm after the other until one has told how many guesses are left, has that confirmed, and asks
// the rest. It ends as soon as too few realms are left to succeed.
func (r *run) guessInTurn(ctx context.Context, ask func(*realm, context.Context) (guessed, *failure)) ([]answer[guessed], error) {
	var answers []answer[guessed]
	rest := r.holders
	for r.confirm != nil && len(answers) == 0 && len(rest) >= r.cfg.RecoverThreshold {
		r.spent = true
		answers = gather(ctx, r, rest[:1], 1, ask)
		rest = rest[1:]
	}
	if len(answers)+len(rest) < r.cfg.RecoverThreshold || ctx.Err() != nil {
		return nil, r.failure(ctx)
	}
	if len(answers) > 0 {
		r.sawLeft(answers[0].value.left)
		if !r.confirm(ctx, r.left) {
			return nil, r.error(Declined)
		}
		if ctx.Err() != nil {
			return nil, r.failure(ctx)
		}
	}
	r.spent = true
	return append(answers, gather(ctx, r, rest, r.cfg.RecoverThreshold-len(answers), ask)...), nil
}

// open is step 3: it gets the shares of the key and decrypts the secret.
func (r *run) open(ctx context.Context, version, unlock, seed []byte) ([]byte, error) {
	r.lost = without(r.lost, r.holders)
	answers := gather(ctx, r, r.holders, r.cfg.RecoverThreshold, func(re *realm, ctx context.Context) (stored, *failure) {
		return re.recover3(ctx, version, unlock)
	})
	group := agreeing(answers, func(s stored) string { return string(s.sealed) }, r.cfg.RecoverThreshold)
	if group == nil {
		return nil, r.disagreement(ctx, len(answers))
	}
	shares := make([]oprf.Share[oprf.Scalar], len(group))
	for i, a := range group {
		shares[i] = oprf.Share[oprf.Scalar]{Index: a.realm.index, Secret: a.value.share}
	}
	scalar, ok := oprf.CombineScalars(shares)
	if !ok {
		return nil, r.error(Disagreement)
	}
	key := derive.SecretKey(seed, scalar.Bytes())
	defer clear(key)
	secret, ok := derive.Open(key, group[0].value.sealed)
	if !ok {
		return nil, r.error(Damaged)
	}
	return bytes.Clone(secret), nil
}

func (r *run) sawLeft(left int) {
	if left != Unknown && (r.left == Unknown || left < r.left) {
		r.left = left
	}
}

// disagreement is the error of a step whose answers are too few, or enough and not alike.
func (r *run) disagreement(ctx context.Context, answers int) error {
	if answers < r.cfg.RecoverThreshold {
		return r.failure(ctx)
	}
	return r.error(Disagreement)
}

// failure is the error of a step that too few realms came through.
func (r *run) failure(ctx context.Context) error {
	if ctx.Err() != nil {
		err := r.error(Cancelled)
		err.Cause = context.Cause(ctx)
		return err
	}
	err := r.error(verdict(r.lost, len(r.realms)-r.cfg.RecoverThreshold))
	if err.Kind == NoGuesses {
		err.Left = 0
	}
	return err
}

func (r *run) error(kind Kind) *Error {
	return &Error{Kind: kind, Left: r.left, Spent: r.spent, Realms: r.lost}
}
