// Package supervisor runs the relay of one home: it builds the adapters, starts them beside the bridge, and applies changed
// settings while messages flow.
//
// It guarantees that one relay at most works on a home, that nothing is acknowledged after its journal has ended, that a
// part which fails ends the relay with its reason, and that whatever was opened is closed. A reload loses and repeats no
// message, changes all that it can or nothing, and never sends from another account than a message was meant for.
package supervisor

import (
	"context"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"perch/app/alarm"
	"perch/app/backup"
	"perch/app/config"
	"perch/app/ingress"
	"perch/app/lockfile"
	"perch/app/logging"
	"perch/app/metrics"
	"perch/app/notify"
	"perch/app/replyurl/monitor"
	"perch/app/update"
	"perch/app/web"
	"perch/bridge/cost"
	"perch/bridge/engine"
	"perch/bridge/health"
	"perch/bridge/secret"
	"perch/bridge/sqlite"
	"perch/bridge/webhook"
)

// Options is what a relay is made of.
type Options struct {
	Home    config.Home
	Config  *config.Config
	Secrets secret.Store
	// LogTo gets the log lines beside the file; nil for nobody.
	LogTo io.Writer
	// Ready is called once with the address that the relay listens on; it may be nil.
	Ready func(address string)
	// Manager is the service manager that is told how the relay is; nil for none. Service says which it is, as
	// control.Status.Service does.
	Manager *notify.Manager
	Service string
	// DemoStopped is called when a client stops the relay of a demo; nil for one that is none.
	DemoStopped func()
	// Restart begins a restart from outside, for clients that cannot; it returns when that has failed. nil for none.
	Restart func(ctx context.Context) error
	// Reload asks for a reload; nil when nobody does but the control API.
	Reload <-chan os.Signal
}

// relay is one running relay. Whatever open and build have opened, close closes.
type relay struct {
	Options
	log       *logging.Log
	lock      *lockfile.Lock
	journal   *sqlite.Store
	health    *health.Journal // the journal, watched
	current   atomic.Pointer[setup]
	engine    *engine.Engine
	handler   *webhook.Handler
	ingress   *ingress.Ingress
	tokens    map[string]string
	salt      string
	replies   *monitor.Monitor
	updates   *update.Watch
	backups   *backup.Keeper
	alarms    *alarm.Alarm
	looks     looks
	page      *web.Server
	meter     *metrics.Meter
	figures   *metrics.Server
	public    net.Listener
	control   net.Listener
	started   time.Time
	stop      context.CancelFunc
	costMeter *cost.Meter
}

func (r *relay) address() string { return r.public.Addr().String() }

// setup is what the relay works with now; nil before it has read its secrets.
func (r *relay) setup() *setup { return r.current.Load() }
