package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"perch/app/config"
	"perch/bridge"
)

func TestCosts_ABudgetIsANumberOrAText(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]config.Amount{`25`: "25", `25.50`: "25.50", `"25.00"`: "25.00", `""`: "", `0`: "0"} {
		c, err := config.Parse([]byte("costs.monthly_budget = "+written+"\n"+least), "perch.toml")
		must(t, err)
		if c.Costs.MonthlyBudget != want {
			t.Errorf("%s is %q, want %q", written, c.Costs.MonthlyBudget, want)
		}
		path := filepath.Join(t.TempDir(), "perch.toml")
		must(t, config.Save(path, c))
		again, err := config.Load(path)
		must(t, err)
		if again.Costs != c.Costs {
			t.Errorf("%s: saved and read it is %+v", written, again.Costs)
		}
	}
	for written, says := range map[string]string{
		`monthly_budget = -5`: "line 2: costs.monthly_budget is \"-5\", which is not an amount", `monthly_budget = "ten"`: "which is not an amount",
		`monthly_budget = 1e9`: "which is not an amount", `monthly_budget = true`: "monthly_budget", `monthly_budget = [25]`: "an amount", `monthly_budget = 1_000_000_000`: "not an amount",
		`monthly_budgt = 5`: "is not a key that Perch knows in [costs]", `prices.dm_sent = "free"`: `costs.prices.dm_sent is "free", which is not the price of one event`, `prices.dm_sent = "1000.01"`: "not the price",
		`prices.dm_sent = 0.5`: "must be a text in quotes", `prices.tweet = "1"`: "tweet",
	} {
		if _, err := config.Parse([]byte("[costs]\n"+written+"\n"+least), "perch.toml"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", written, err)
		}
	}
}

func TestCosts_EveryKindHasAPriceOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, kind := range bridge.BilledKinds() {
		c, err := config.Parse([]byte("[costs.prices]\n"+string(kind)+" = \"0.5\"\n"+least), "perch.toml")
		must(t, err)
		if own := c.Costs.Prices.Own(); len(own) != 1 || own[kind] != "0.5" {
			t.Errorf("%s: %v", kind, own)
		}
	}
}
