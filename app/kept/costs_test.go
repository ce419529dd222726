package kept_test

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/sqlite"
)

func TestCostsAreToldWithoutARelay(t *testing.T) {
	home := mustHome(t)
	journal, err := sqlite.Open(t.Context(), home.Journal(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- journal.Run(ctx) }()
	key := bridge.BillKey{Day: bridge.BillDay(time.Now()), Channel: "support", Kind: bridge.BilledDM}
	if err := journal.AddBills(t.Context(), map[bridge.BillKey]int{key: 3}); err != nil {
		t.Fatal(err)
	}
	end()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	r := relayOf(t, home)
	costs, err := r.Costs(t.Context(), control.CostQuery{})
	if err != nil || !r.IsStopped() || costs.Sum.String() != "0.03" || len(costs.Lines) != 1 || costs.Lines[0].Count != 3 || costs.Budget != nil {
		t.Errorf("%+v, %v", costs, err)
	}
	const toml = "[costs]\nmonthly_budget = 0.06\n[costs.prices]\ndm_received = \"0.02\"\n[[channel]]\nname = \"support\"\n[channel.motion]\nreceive_url = \"https://motion.example/n\"\n"
	if err := os.WriteFile(home.Config(), []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	costs, err = r.Costs(t.Context(), control.CostQuery{By: "channel"})
	if err != nil || costs.Sum.String() != "0.06" || costs.Used != 100 || costs.Lines[0].Channel != "support" || costs.Lines[0].Price != nil {
		t.Errorf("%+v, %v", costs, err)
	}
	if costs, err = r.Costs(t.Context(), control.CostQuery{Month: "2020-02"}); err != nil || len(costs.Lines) != 0 || costs.Lines == nil {
		t.Errorf("%+v, %v", costs, err)
	}
	for want, q := range map[string]control.CostQuery{"is not a month": {Month: "soon"}, "kind, day, channel": {By: "colour"}} {
		if _, err := r.Costs(t.Context(), q); err == nil || !strings.Contains(err.Error(), want) {
			message, remedy := control.Explain(err)
			if !strings.Contains(message+remedy, want) {
				t.Errorf("%+v: %v", q, err)
			}
		}
	}
}
