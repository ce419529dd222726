package adapter

import (
	"perch/app/config"
	"perch/bridge"
	"perch/bridge/cost"
	"perch/bridge/postlen"
)

// CostPlan is what the settings say about costs. What cannot be read, which no valid configuration has, is as if it were not there.
func CostPlan(c config.Costs) cost.Plan {
	plan := cost.Plan{Prices: cost.Standard(), StopLookUps: c.StopLookUps, FlagLinks: c.FlagLinks}
	plan.Budget, _ = cost.ParseMoney(string(c.MonthlyBudget))
	for kind, text := range c.Prices.Own() {
		if price, err := cost.ParseMoney(text); err == nil {
			plan.Prices[kind] = price
		}
	}
	return plan
}

// Costing is what a channel knows of what X charges; nil for one that X does not bill by the event, as the API v1.1 of an
// Enterprise contract.
func Costing(ch config.Channel, meter *cost.Meter, plan func() cost.Plan) bridge.Costing {
	if ch.X.API != config.APIv2 {
		return nil
	}
	return cost.Policy{Meter: meter, Plan: plan, HasLink: postlen.HasLink}
}
