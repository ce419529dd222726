package console

import (
	"cmp"
	"context"
	"slices"

	"perch/bridge"
)

// Limits returns every limit that X has told and that has not been reset since, by channel and endpoint.
func (c *Console) Limits(ctx context.Context) ([]bridge.Limit, error) {
	counts, err := c.journal.Counts(ctx)
	if err != nil {
		return nil, err
	}
	var limits []bridge.Limit
	for _, name := range c.accounts.Names() {
		ledger := c.accounts.Channel(name).Limits
		if ledger == nil {
			continue
		}
		for endpoint, windows := range ledger.Windows() {
			limits = append(limits, bridge.Limit{Channel: name, Endpoint: endpoint, Windows: windows, Waiting: waiting(counts, name, endpoint)})
		}
	}
	slices.SortFunc(limits, func(a, b bridge.Limit) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Endpoint, b.Endpoint))
	})
	return limits, nil
}

func waiting(counts []bridge.Count, channel, endpoint string) int {
	n := 0
	for _, c := range counts {
		if c.Channel != channel || c.Direction != bridge.Out || (c.State != bridge.Queued && c.State != bridge.Sending) {
			continue
		}
		if endpoint == endpointOf(c.Kind) {
			n += c.N
		}
	}
	return n
}

// endpointOf is the endpoint that a reply of the kind is sent by.
func endpointOf(kind bridge.MessageKind) string {
	switch kind {
	case bridge.KindDM:
		return bridge.EndpointDM
	case bridge.KindChat:
		return bridge.EndpointChat
	default:
		return bridge.EndpointPost
	}
}
