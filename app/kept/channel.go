package kept

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/control"
	"perch/app/ingress"
	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/console"
	"perch/bridge/cost"
	"perch/bridge/endpoint"
	"perch/bridge/motion"
	"perch/bridge/schedule"
	"perch/bridge/sqlite"
	"perch/bridge/xapi"
)

// trace is both ends of a message. No secret is needed for it, and nobody is called. What Motion alone tells, the Map Key where
// perch.toml names none, is what it most often is.
func (j *Journal) trace(ctx context.Context, v *sqlite.View, d *bridge.Delivery) (bridge.Trace, error) {
	brand, err := account.Kept(ctx, v, d.Channel)
	if err != nil {
		return bridge.Trace{}, err
	}
	return console.TraceOf(ctx, v, d, j.channel(d.Channel, brand), brand.Handle, adapter.Measure)
}

// channel is that of perch.toml, without its secrets; nil when it cannot be had.
func (j *Journal) channel(name string, brand bridge.Account) *bridge.Channel {
	c, err := config.Load(j.home.Config())
	if err != nil {
		return nil
	}
	at := slices.IndexFunc(c.Channels, func(ch config.Channel) bool { return ch.Name == name })
	if at < 0 {
		return nil
	}
	quiet := slog.New(slog.DiscardHandler)
	x := xapi.New(adapter.XConfig(c.Channels[at], nil, nil, quiet))
	x.Know(brand)
	return &bridge.Channel{Name: name, X: x, Chat: x, Motion: motion.New(adapter.MotionConfig(c.Channels[at], nil, quiet))}
}

// Limits are those of X that were known when the relay ended and have not been reset since.
func (j *Journal) Limits(ctx context.Context) (list []control.Limit, err error) {
	err = j.read(ctx, func(v *sqlite.View) error {
		var limits []bridge.Limit
		counts, err := v.Counts(ctx)
		if err != nil {
			return err
		}
		for _, name := range namesOf(j.home, counts) {
			windows, err := schedule.OpenWindows(ctx, v, name, time.Now())
			if err != nil {
				return err
			}
			limits = append(limits, console.LimitsOf(name, windows, counts)...)
		}
		list = control.FromLimits(limits)
		return nil
	})
	return list, err
}

// Costs are what X has charged in a month, as the journal has counted.
func (j *Journal) Costs(ctx context.Context, q control.CostQuery) (costs control.Costs, err error) {
	now := time.Now()
	month, by, err := q.Parse(now)
	if err != nil {
		return costs, err
	}
	plan := cost.Plan{Prices: cost.Standard()}
	if c, err := config.Load(j.home.Config()); err == nil {
		plan = adapter.CostPlan(c.Costs)
	}
	err = j.read(ctx, func(v *sqlite.View) error {
		from, to := month.Days()
		bills, err := v.Bills(ctx, from, to)
		costs = control.FromBills(bills, plan, month, by, now)
		return err
	})
	return costs, err
}

// namesOf are the channels of perch.toml and all others of which the journal keeps messages.
func namesOf(home config.Home, counts []bridge.Count) (names []string) {
	if c, err := config.Load(home.Config()); err == nil {
		for _, ch := range c.Channels {
			names = append(names, ch.Name)
		}
	}
	for _, n := range counts {
		if !slices.Contains(names, n.Channel) {
			names = append(names, n.Channel)
		}
	}
	return names
}

// ErrNoAddress tells that a channel has no Reply URL yet: it gets one at the first start.
var ErrNoAddress = errors.New("a channel has no address yet")

// URLs are the addresses of every channel. The address that a tunnel gives is known to a running relay only, and empty here.
func (j *Journal) URLs(ctx context.Context) ([]control.URLs, error) {
	c, err := config.Load(j.home.Config())
	if err != nil {
		return nil, err
	}
	if !c.HasPort() {
		return nil, &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "urls", Message: "the port is chosen at the start, and the relay is not running",
			Remedy: "run perch start first, or put a port into listen in perch.toml",
		}
	}
	tokens, err := j.Settings(ctx, ingress.ReplyTokenKey)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoAddress
	}
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(c.Channels, func(ch config.Channel) bool { return tokens[ch.Name] == "" }) {
		return nil, ErrNoAddress
	}
	return AddressesOf(c, tokens), nil
}

// AddressesOf are the addresses of every channel while no relay runs.
func AddressesOf(c *config.Config, tokens map[string]string) []control.URLs {
	public := adapter.PublicURL(c, nil, endpoint.PathEvents)
	urls := ingress.URLs(c, c.Listen, tokens, public)
	for i := range urls {
		if public == "" && c.Reach.Tunnel != "" {
			urls[i].WebhookURL = ""
		}
	}
	return urls
}
