package control

import (
	"context"
	"time"

	"perch/bridge"
)

// Overview is how the relay is.
type Overview interface {
	Status(ctx context.Context) (bridge.Status, error)
	Limits(ctx context.Context) ([]bridge.Limit, error)
	Minutes(ctx context.Context) ([]bridge.Arrivals, error)
	Feed() *bridge.Feed
}

// Messages are those that the relay has handled.
type Messages interface {
	List(ctx context.Context, f bridge.Filter) ([]*bridge.Delivery, error)
	Story(ctx context.Context, f bridge.StoryFilter) ([]bridge.Story, error)
	Get(ctx context.Context, id int64) (*bridge.Delivery, []bridge.Attempt, error)
	Trace(ctx context.Context, d *bridge.Delivery) (bridge.Trace, error)
	File(ctx context.Context, id int64, n int) (bridge.File, error)
}

// Decisions are what people decide about one message.
type Decisions interface {
	Retry(ctx context.Context, id int64) error
	Discard(ctx context.Context, id int64) error
	MarkSent(ctx context.Context, id int64) error
	Resend(ctx context.Context, id int64) error
	Edit(ctx context.Context, id int64, text string) error
}

// Switches are what people do to the whole relay.
type Switches interface {
	// Pause stops deliveries until a time; zero for until Resume.
	Pause(ctx context.Context, until time.Time) error
	Resume(ctx context.Context) error
	// RetryDead puts the dead messages that a filter selects back into the queue; cause is the kind of their error, or empty.
	RetryDead(ctx context.Context, f bridge.Filter, cause bridge.Kind) (int, error)
}

// Console is what people see of the relay and do with it.
type Console interface {
	Overview
	Messages
	Decisions
	Switches
}

// Relay is what the server shows and steers. Every field is needed but Figures.
type Relay struct {
	Console Console
	Listen  func() string
	Reach   func() Reach
	URLs    func() []URLs
	Version string
	Started time.Time
	// Service is Status.Service.
	Service string
	// Demo is set for the relay of a demo.
	Demo bool
	// Poke makes the receivers, and all else that waits to try again, do so at once.
	Poke func()
	// Reload makes the relay apply what it can of perch.toml and the secrets as they are now.
	Reload func(context.Context) (ReloadResult, error)
	// NotInUse says why stored keys of X of a channel are not in use; nil when they are.
	NotInUse func(channel string) *bridge.Error
	// ReplyURL says how the Reply URL of a channel is that Motion has.
	ReplyURL func(channel string) Link
	// Update is what was found about newer versions of Perch; nil for nothing.
	Update func() *Update
	// Backup is how it stands with the backups.
	Backup func() Backup
	// Figures is where Prometheus finds the relay's figures; nil for nowhere.
	Figures func() *Figures
	// Alerts are Status.Alerts, Disk is Status.Disk, and Certificates Status.Certificates.
	Alerts       func() []Alert
	Disk         func() Disk
	Certificates func() []Certificate
	// Costs are what X has charged in a month, and Spending what the present one has cost so far; nil while that is not known.
	Costs    func(context.Context, CostQuery) (Costs, error)
	Spending func() *Spending
	// Stop makes the relay end; it returns at once.
	Stop func()
}
