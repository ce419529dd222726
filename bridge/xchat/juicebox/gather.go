package juicebox

import (
	"context"
	"slices"
	"time"
)

// answer is what one realm said.
type answer[T any] struct {
	realm *realm
	value T
}

// gather asks realms at the same time. Once enough have answered, or too many have failed for that, the rest has a grace
// to answer too; enough of 0 stands for the threshold. Those that failed are noted as lost.
func gather[T any](ctx context.Context, r *run, realms []*realm, enough int, ask func(*realm, context.Context) (T, *failure)) []answer[T] {
	if enough == 0 {
		enough = r.cfg.RecoverThreshold
	}
	type outcome struct {
		answer[T]
		failed *failure
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	outcomes := make(chan outcome)
	for _, re := range realms {
		go func() {
			value, failed := ask(re, ctx)
			outcomes <- outcome{answer[T]{re, value}, failed}
		}()
	}
	var answers []answer[T]
	var late *time.Timer
	for i := range realms {
		o := <-outcomes
		if o.failed == nil {
			answers = append(answers, o.answer)
		} else {
			r.lose(o.realm, o.failed)
		}
		if decided := len(answers) >= enough || i+1-len(answers) > len(realms)-enough; decided && late == nil {
			late = time.AfterFunc(grace, cancel)
			defer late.Stop()
		}
	}
	slices.SortFunc(answers, func(a, b answer[T]) int { return int(a.realm.index) - int(b.realm.index) }) //nolint:gosec // at most 32
	return answers
}

// lose notes why a realm cannot take part. Only the loop of gather calls it.
func (r *run) lose(re *realm, f *failure) {
	r.lost = append(r.lost, RealmError{Realm: int(re.index), Host: re.Address.Host, Kind: f.kind, Cause: f.cause}) //nolint:gosec // at most 32
}

// without drops what was noted about realms that are asked anew.
func without(lost []RealmError, again []*realm) []RealmError {
	return slices.DeleteFunc(slices.Clone(lost), func(l RealmError) bool {
		return slices.ContainsFunc(again, func(re *realm) bool { return int(re.index) == l.Realm }) //nolint:gosec // at most 32
	})
}

// agreeing returns the answers that are alike, if they are enough. The threshold is a majority, so there is one such group.
func agreeing[T any](answers []answer[T], key func(T) string, enough int) []answer[T] {
	groups := map[string][]answer[T]{}
	for _, a := range answers {
		k := key(a.value)
		groups[k] = append(groups[k], a)
	}
	for _, group := range groups {
		if len(group) >= enough {
			return group
		}
	}
	return nil
}
