package control

import (
	"context"
	"net/http"

	"perch/bridge"
)

// MaxDetails is how many messages a call gives in full at most: each may hold several documents of 64 kB.
const MaxDetails = 50

// details answers with messages in full, newest first.
func (s *Server) details(w http.ResponseWriter, r *http.Request) {
	const what = "show messages"
	q, err := queryOf(r)
	var list []*bridge.Delivery
	if err == nil {
		list, err = s.relay.Console.List(r.Context(), q.Full().Filter())
	}
	if err != nil {
		fail(w, what, err)
		return
	}
	out := make([]Detail, 0, len(list))
	for _, one := range list {
		d, err := s.detail(r.Context(), one)
		if err != nil {
			fail(w, what, err)
			return
		}
		out = append(out, d)
	}
	s.reply(w, out)
}

// detail is a listed message in full.
func (s *Server) detail(ctx context.Context, d *bridge.Delivery) (Detail, error) {
	_, attempts, err := s.relay.Console.Get(ctx, d.ID)
	if err != nil && bridge.KindOf(err) != bridge.Invalid { // one that was pruned since it was listed has no history
		return Detail{}, err
	}
	trace, err := s.relay.Console.Trace(ctx, d)
	return NewDetail(d, attempts, trace), err
}

// Full is the query with a limit that Details keeps to.
func (q Query) Full() Query {
	if q.Limit <= 0 || q.Limit > MaxDetails {
		q.Limit = MaxDetails
	}
	return q
}

// Details returns messages that match in full, newest first, MaxDetails at most.
func (c *Client) Details(ctx context.Context, q Query) ([]Detail, error) {
	return get[[]Detail](ctx, c, "/v1/details?"+q.Full().encode())
}
