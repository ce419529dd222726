// Package cost says what X charges, as far as that can be told from here: X bills by the event and has no address at which
// one could ask for the balance.
//
// It guarantees that sums are exact for the counts and prices that they are made of, that a resource which is read again on
// the same day of UTC is counted once, as X does, and that nothing which is counted here holds up a message. What is counted
// is what Perch knows to have caused; X's own bill is what counts, and every text says that this is an estimate. It makes no
// call. API v1.1, which is of an Enterprise contract, is not billed by the event.
package cost

import "perch/bridge"

// PricesOf is when X published the prices below.
const PricesOf = "August 2026"

// Prices are what X charges for one event of each kind; one that is missing costs nothing.
type Prices map[bridge.BilledKind]Money

// list is X's price list, in US dollars for self-serve customers (docs.x.com: X API, pricing, August 2026). Those marked with
// a star are not in it, and taken from the nearest one that is.
var list = Prices{
	bridge.BilledDM:        10_000,
	bridge.BilledChat:      10_000,
	bridge.BilledPost:      5_000,
	bridge.BilledDMSent:    15_000,
	bridge.BilledChatSent:  15_000, // * as a direct message
	bridge.BilledReply:     10_000, // a post costs 0.015; one that answers who has named the account, which is all that X lets through, less
	bridge.BilledLinkReply: 200_000,
	bridge.BilledHide:      5_000, // * as content that is managed
	bridge.BilledDMRead:    10_000,
	bridge.BilledChatRead:  10_000, // * as a direct message
	bridge.BilledPostRead:  5_000,
	bridge.BilledUserRead:  10_000,
	bridge.BilledOwnRead:   1_000, // where the account is the one that the X app belongs to
}

// Standard returns X's price list.
func Standard() Prices {
	own := Prices{}
	for kind, price := range list {
		own[kind] = price
	}
	return own
}

// Plan is what the settings say about costs.
type Plan struct {
	Prices Prices
	// Budget is what a month may cost; 0 for no bound.
	Budget Money
	// StopLookUps leaves out look-ups that no message needs once the budget is used up.
	StopLookUps bool
	// FlagLinks tells agents of replies that a link has made expensive.
	FlagLinks bool
}

// Share is how much of the budget an amount is, in whole percent, rounded down; 0 without a budget.
func (p Plan) Share(spent Money) int {
	if p.Budget <= 0 {
		return 0
	}
	return int(spent / max(p.Budget/100, 1))
}
