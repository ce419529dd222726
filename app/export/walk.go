package export

import (
	"context"
	"slices"

	"perch/app/control"
)

const (
	// widest is how many numbers of messages one question spans at most: where few match, most of them are passed over.
	widest = 1 << 18
	// tries is how often a question is asked whose answer was cut off: the journal answers for a relay that has just ended.
	tries = 2
)

// walker goes through the messages from the oldest to the newest, by their numbers: a number is given once, so that what comes in
// meanwhile neither moves a message from one page to the next nor hides one.
type walker[T any] struct {
	newest func(ctx context.Context, q control.Query) ([]control.Message, error)
	list   func(ctx context.Context, q control.Query) ([]T, error)
	id     func(T) int64
	most   int // of one page
}

// all hands over every message that matches and was there at the beginning, oldest first, page by page, with the part of the
// journal that is done.
func (w walker[T]) all(ctx context.Context, q control.Query, take func(page []T, part float64) error) error {
	q.Limit = 1
	last, err := again(ctx, q, w.newest)
	if err != nil || len(last) == 0 {
		return err
	}
	q.Limit = w.most
	first, top, width := int64(0), last[0].ID, int64(w.most)
	for low := q.After; low < top; {
		high := min(low+width, top)
		q.After, q.Before = low, high+1
		page, err := again(ctx, q, w.list)
		if err != nil {
			return err
		}
		if len(page) >= w.most && width > int64(w.most) {
			width = max(width/4, int64(w.most)) // there may be more than fit
			continue
		}
		slices.Reverse(page)
		if first == 0 && len(page) > 0 {
			first = w.id(page[0]) // what was before it was pruned long ago
		}
		low = high
		if err := take(page, partOf(first, low, top)); err != nil {
			return err
		}
		if len(page) < w.most/2 {
			width = min(width*2, widest)
		}
	}
	return nil
}

func partOf(first, at, top int64) float64 {
	switch {
	case at >= top:
		return 1
	case first == 0 || at < first:
		return 0
	}
	return float64(at-first) / float64(top-first+1)
}

// again asks once more when the first answer fails.
func again[T any](ctx context.Context, q control.Query, ask func(context.Context, control.Query) ([]T, error)) (list []T, err error) {
	for range tries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if list, err = ask(ctx, q); err == nil {
			return list, nil
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, err
}
