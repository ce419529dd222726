package uitest

import (
	"context"

	"perch/app/control"
)

// Details implements window.Messages.
func (r *Relay) Details(ctx context.Context, q control.Query) ([]control.Detail, error) {
	list, err := r.Messages(ctx, q.Full())
	all := make([]control.Detail, 0, len(list))
	for _, m := range list {
		all = append(all, Detail(m))
	}
	return all, err
}
