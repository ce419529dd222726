package command

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"perch/app/control"
	"perch/bridge/cost"
)

func (p *program) costsCommand() *cobra.Command {
	var q control.CostQuery
	cmd := p.withJSON(&cobra.Command{
		Use: "costs", Short: "Show about what X charges, by kind, day or channel", Args: usage(cobra.NoArgs),
		Long: "X charges for most events, and has no address to ask for the balance. Perch counts what it causes, and multiplies by X's\n" +
			"price list: an estimate, in US dollars, by months and days of UTC. What counts is the bill in X's developer console.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, _, err := q.Parse(time.Now()); err != nil {
				return usageError{errors.New(sentence(err))} //nolint:err113 // shown, never compared
			}
			relay, err := p.reader()
			if err != nil {
				return err
			}
			costs, err := relay.Costs(cmd.Context(), q)
			if err != nil {
				return err
			}
			p.noteStopped(relay)
			if p.json {
				return p.JSON(costs)
			}
			p.showCosts(costs)
			return nil
		},
	})
	cmd.Flags().StringVar(&q.Month, "month", "", "the month, such as 2026-11 (default: this one)")
	cmd.Flags().StringVar(&q.By, "by", cost.ByKind, "what a line is about: "+strings.Join(cost.Groups(), ", "))
	return cmd
}

func (p *program) showCosts(c control.Costs) {
	if len(c.Lines) == 0 {
		p.Print("Nothing that X charges for was counted in %s.\n", c.Month)
		return
	}
	p.Print("Costs at X in %s, as Perch estimates them (prices of %s, in US dollars):\n\n", c.Month, c.PricesOf)
	t := p.Table()
	if c.By == cost.ByKind {
		t.Row("WHAT\tCOUNT\tEACH\tSUM")
	} else {
		t.Row("%s\tCOUNT\tSUM", strings.ToUpper(c.By))
	}
	count := 0
	for _, l := range c.Lines {
		count += l.Count
		name := cmp.Or(l.Day, l.Channel, control.CostWords(l.Kind), l.Kind)
		if l.Price != nil {
			t.Row("%s\t%d\t%s\t%s", name, l.Count, *l.Price, l.Sum)
		} else {
			t.Row("%s\t%d\t%s", name, l.Count, l.Sum)
		}
	}
	if c.By == cost.ByKind {
		t.Row("in all\t%d\t\t%s", count, c.Sum)
	} else {
		t.Row("in all\t%d\t%s", count, c.Sum)
	}
	t.Flush()
	p.showBudget(c)
}

func (p *program) showBudget(c control.Costs) {
	p.Print("\n")
	if c.Projected != nil {
		p.Print("If it goes on like this, the month comes to about %s.\n", c.Projected.Cents())
	}
	if c.Budget != nil {
		p.Print("Of the budget of %s, %d %% are used.\n", c.Budget.Cents(), c.Used)
	}
	p.Print("What counts is X's own bill, in its developer console.\n")
}
