package supervisor

import (
	"context"
	"time"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/cost"
)

// costPlan is what the settings say about costs now.
func (r *relay) costPlan() cost.Plan { return adapter.CostPlan(r.setup().config.Costs) }

// costing is what a channel knows of what X charges.
func (r *relay) costing(ch config.Channel) bridge.Costing {
	return adapter.Costing(ch, r.costMeter, r.costPlan)
}

// costs are what X has charged in a month, with what was counted up to now.
func (r *relay) costs(ctx context.Context, q control.CostQuery) (control.Costs, error) {
	now := time.Now()
	month, by, err := q.Parse(now)
	if err != nil {
		return control.Costs{}, err
	}
	if err := r.costMeter.Flush(ctx); err != nil {
		return control.Costs{}, err
	}
	from, to := month.Days()
	bills, err := r.journal.Bills(ctx, from, to)
	if err != nil {
		return control.Costs{}, err
	}
	return control.FromBills(bills, r.costPlan(), month, by, now), nil
}

// spending is what the present month has cost so far.
func (r *relay) spending() *control.Spending { return control.FromSpending(r.costMeter.Spending()) }
