package bridge

import (
	"cmp"
	"context"
	"slices"
)

// Limits returns every limit that X has told and that has not been reset since, by channel and endpoint.
func (c *Console) Limits(ctx context.Context) ([]Limit, error) {
	counts, err := c.journal.Counts(ctx)
	if err != nil {
		return nil, err
	}
	var limits []Limit
	for _, name := range c.accounts.Names() {
		ledger := c.accounts.Channel(name).Limits
		if ledger == nil {
			continue
		}
		for endpoint, windows := range ledger.Windows() {
			limits = append(limits, Limit{Channel: name, Endpoint: endpoint, Windows: windows, Waiting: waiting(counts, name, endpoint)})
		}
	}
	slices.SortFunc(limits, func(a, b Limit) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Endpoint, b.Endpoint))
	})
	return limits, nil
}

func waiting(counts []Count, channel, endpoint string) int {
	n := 0
	for _, c := range counts {
		if c.Channel != channel || c.Direction != Out || (c.State != Queued && c.State != Sending) {
			continue
		}
		if (endpoint == EndpointDM && c.Kind == KindDM) || (endpoint == EndpointPost && c.Kind != KindDM) {
			n += c.N
		}
	}
	return n
}
