package control

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/cost"
)

// Costs are what X has charged in a month, as Perch estimates it: what counts is X's own bill. Amounts are numbers in US dollars.
type Costs struct {
	// Month is the month of UTC, such as "2026-11".
	Month    string `json:"month"`
	Currency string `json:"currency"`
	// PricesOf says of when X's price list is: "August 2026".
	PricesOf string     `json:"prices_of"`
	Sum      cost.Money `json:"sum"`
	// Projected is what the month will come to if it goes on like this; nil where that cannot be said.
	Projected *cost.Money `json:"projected"`
	// Budget is what it may cost; nil for no bound. Used is how much of it is used, in percent.
	Budget *cost.Money `json:"budget"`
	Used   int         `json:"used_percent"`
	// Since is when the first thing of the month was counted; nil for nothing.
	Since *time.Time `json:"since"`
	// By says what a line is about: "kind", "day" or "channel".
	By    string     `json:"by"`
	Lines []CostLine `json:"lines"`
}

// CostLine is a part of Costs. What it is not about is missing.
type CostLine struct {
	Day     string `json:"day,omitempty"`
	Channel string `json:"channel,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Count   int    `json:"count"`
	// Price is that of one, in a line of one kind.
	Price *cost.Money `json:"price,omitempty"`
	Sum   cost.Money  `json:"sum"`
}

// Spending is what the present month has cost so far, as Perch estimates it.
type Spending struct {
	Month  string      `json:"month"`
	Spent  cost.Money  `json:"spent"`
	Budget *cost.Money `json:"budget"`
	Used   int         `json:"used_percent"`
	// Saving is set while look-ups are left out that no message needs. Until is when the next month begins.
	Saving bool      `json:"saving,omitempty"`
	Until  time.Time `json:"until"`
}

// CostQuery selects a month and what the lines are about. The zero value selects the present month, by kind.
type CostQuery struct{ Month, By string }

// Parse returns the month, and by what to group; an error says what to write instead.
func (q CostQuery) Parse(now time.Time) (month cost.Month, by string, err error) {
	month, by = cost.MonthOf(now), q.By
	if q.Month != "" {
		if month, err = cost.ParseMonth(q.Month); err != nil {
			return month, by, err
		}
	}
	if by == "" {
		by = cost.ByKind
	}
	if !slices.Contains(cost.Groups(), by) {
		return month, by, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "show costs", Message: fmt.Sprintf("costs cannot be shown by %q", by),
			Remedy: "write one of " + strings.Join(cost.Groups(), ", "),
		}
	}
	return month, by, nil
}

// FromBills makes what people see of what was counted in a month.
func FromBills(bills []bridge.Bill, plan cost.Plan, month cost.Month, by string, now time.Time) Costs {
	sum := cost.Sum(bills, plan.Prices)
	out := Costs{
		Month: month.String(), Currency: "USD", PricesOf: cost.PricesOf, Sum: sum, Budget: amountOrNil(plan.Budget), Used: plan.Share(sum),
		Projected: amountOrNil(cost.Projected(bills, plan.Prices, month, now)), By: by, Lines: []CostLine{},
	}
	if len(bills) > 0 {
		first := slices.MinFunc(bills, func(a, b bridge.Bill) int { return int(a.Day - b.Day) }).Date()
		out.Since = &first
	}
	for _, l := range cost.Lines(bills, plan.Prices, by) {
		line := CostLine{Channel: l.Channel, Kind: string(l.Kind), Count: l.Count, Sum: l.Sum}
		if !l.Day.IsZero() {
			line.Day = l.Day.Format(time.DateOnly)
		}
		if l.Kind != "" {
			line.Price = &l.Price
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

// FromSpending makes what people see of the present month; nil when it was not summed up yet.
func FromSpending(s cost.Spending, isKnown bool) *Spending {
	if !isKnown {
		return nil
	}
	return &Spending{
		Month: s.Month.String(), Spent: s.Spent, Budget: amountOrNil(s.Budget), Used: s.Share, Saving: s.IsSaving, Until: s.Month.End(),
	}
}

func amountOrNil(m cost.Money) *cost.Money {
	if m == 0 {
		return nil
	}
	return &m
}

// Money is an amount in millionths of a US dollar; see cost.Money.
type Money = cost.Money

// CostKinds are what Costs may have lines of, in the order in which people read them.
func CostKinds() []string { return texts(bridge.BilledKinds()) }

// CostWords say in words what X bills for; "" for a kind that this Perch does not know.
func CostWords(kind string) string { return costWords[bridge.BilledKind(kind)] }

var costWords = map[bridge.BilledKind]string{
	bridge.BilledDM: "direct messages received", bridge.BilledChat: "encrypted messages received", bridge.BilledPost: "public posts received",
	bridge.BilledDMSent: "direct messages sent", bridge.BilledChatSent: "encrypted messages sent", bridge.BilledReply: "public replies sent",
	bridge.BilledLinkReply: "public replies with a link", bridge.BilledDMRead: "direct messages looked up", bridge.BilledChatRead: "encrypted messages looked up",
	bridge.BilledHide:     "customers' replies hidden",
	bridge.BilledPostRead: "posts looked up", bridge.BilledUserRead: "accounts looked up", bridge.BilledOwnRead: "own posts, mentions and account looked up",
}

func (s *Server) costs(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	costs, err := s.relay.Costs(r.Context(), CostQuery{Month: q.Get("month"), By: q.Get("by")})
	s.answer(w, "show costs", costs, err)
}

// Costs returns what X has charged in a month, as Perch estimates it.
func (c *Client) Costs(ctx context.Context, q CostQuery) (Costs, error) {
	return get[Costs](ctx, c, "/v1/costs?"+url.Values{"month": {q.Month}, "by": {q.By}}.Encode())
}

// costsWarn is the share of the budget from which on people are told, in percent; at costsUp it is used up.
const costsWarn, costsUp = 80, 100

// costs tells of a budget that is used up, or nearly. Nothing is stopped by it but look-ups that can be done without.
func (j *judge) costs(s *Spending) {
	if s == nil || s.Budget == nil || s.Used < costsWarn || !j.now.Before(s.Until) {
		return
	}
	until := s.Until
	c := Condition{
		Side: SideCosts, Level: Note, Until: &until, Remedy: "see what it is spent on with: perch costs",
		What: fmt.Sprintf("about %s USD of this month's budget of %s are used", s.Spent.Cents(), s.Budget.Cents()),
	}
	if s.Used >= costsUp {
		c.Level = Healing
		c.What = fmt.Sprintf("about %s USD were spent this month, and the budget is %s; customers' messages go on", s.Spent.Cents(), s.Budget.Cents())
		c.Remedy = "see what it is spent on with: perch costs; the budget is monthly_budget in perch.toml"
	}
	j.add(c)
}
