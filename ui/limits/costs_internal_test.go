package limits

import (
	"testing"

	"perch/app/control"
	"perch/bridge/cost"
	"perch/ui/format"
	"perch/ui/translation"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

func TestCosts(t *testing.T) {
	budget, projected, price := 25*cost.Dollar, 30*cost.Dollar, cost.Money(10_000)
	c := control.Costs{Sum: 20 * cost.Dollar, Projected: &projected, Budget: &budget, Used: 80, Lines: []control.CostLine{
		{Kind: "dm_received", Count: 2000, Price: &price, Sum: 20 * cost.Dollar}, {Kind: "of_tomorrow", Count: 1},
	}}
	m := makeCosts(c, en)
	if m.Sum != "About 20.00 USD so far" || m.Budget != "80 % of the budget of 25.00 USD used" || m.Tone != format.Warn || m.Part != 0.8 || m.Projected == "" {
		t.Errorf("%+v", m)
	}
	if m.Rows[0] != (costRow{"Direct messages received", "2\u2009000 × 0.01", "20.00 USD"}) || m.Rows[1].Name != "of_tomorrow" {
		t.Errorf("%+v", m.Rows)
	}
	c.Used = 130
	if m := makeCosts(c, translation.New("it")); m.Tone != format.Bad || m.Sum != "Finora circa 20.00 USD" {
		t.Errorf("%+v", m)
	}
	if m := makeCosts(control.Costs{}, en); len(m.Rows) != 0 || m.Budget != "" || m.Projected != "" {
		t.Errorf("nothing was counted: %+v", m)
	}
}

func TestThePageShowsCostsWhereSomethingWasCounted(t *testing.T) {
	r := rig.Must(t, nil, window.Entry{Name: "limits", New: New}, rig.Stub(window.Setup))
	r.MustSee("Costs at X this month", "About 20.68 USD so far", "82 % of the budget of 25.00 USD used", "Public replies with a link", "9 × 0.20", "1.80 USD")
	r.Relay.SetCosts(control.Costs{})
	r.Refresh()
	r.MustNotSee("Costs at X this month")
}

func TestEveryKindOfCostHasAName(t *testing.T) {
	for _, kind := range control.CostKinds() {
		if !translation.New("it").Has("window.cost."+kind) || control.CostWords(kind) == "" {
			t.Errorf("%s has no name", kind)
		}
	}
}
