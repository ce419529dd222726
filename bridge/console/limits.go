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
		if ledger := c.accounts.Channel(name).Limits; ledger != nil {
			limits = append(limits, LimitsOf(name, ledger.Windows(), counts)...)
		}
	}
	return limits, nil
}

// LimitsOf are the limits of a channel by endpoint, each with what waits for it.
func LimitsOf(channel string, windows map[string][]bridge.Window, counts []bridge.Count) []bridge.Limit {
	var limits []bridge.Limit
	for endpoint, of := range windows {
		limits = append(limits, bridge.Limit{Channel: channel, Endpoint: endpoint, Windows: of, Waiting: waiting(counts, channel, endpoint)})
	}
	slices.SortFunc(limits, func(a, b bridge.Limit) int { return cmp.Compare(a.Endpoint, b.Endpoint) })
	return limits
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
