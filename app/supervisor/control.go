package supervisor

import (
	"context"
	"path/filepath"

	"perch/app/config"
	"perch/app/control"
	"perch/app/logtail"
	"perch/app/metrics"
	"perch/app/settings"
	"perch/app/version"
	"perch/app/web"
	"perch/app/web/bundle"
	"perch/bridge"
)

// controlServer is the control API of the relay and of what it is set up with.
func (r *relay) controlServer(l *reloader, controlled control.Relay) *control.Server {
	server := control.NewServer(controlled, r.log.Logger)
	local := settings.Of(r.Home, settings.Relay{
		Reloader: l, Secrets: r.Secrets, SecretsKind: r.Config.Secrets, Log: r.log.Logger,
		PublicURL: func() string { return r.reach().PublicURL }, ForgetChat: r.engine.ForgetChat,
	})
	server.HandleSettings(local)
	server.HandleChat(local)
	server.HandleVault(local)
	server.HandleReplyURLs(r)
	server.HandleBackups(r)
	server.HandleAlerts(r.alarms)
	server.HandleLog(logFile{r.logPath()})
	if r.Restart != nil {
		server.HandleRestart(r.Restart)
	}
	r.page = web.New(web.Config{
		Settings: func() config.Web { return r.setup().config.Web }, API: server.Handler(),
		Places: bundle.Standard(filepath.Dir(r.Home.Journal())), Log: r.log.Logger,
	})
	server.HandleWeb(r.page)
	figures := metrics.NewExporter(metrics.ExporterConfig{
		Meter: r.meter, Console: watched{controlled}, Store: r.health, Journal: r.Home.Journal(), Log: r.log.Logger,
	})
	server.HandleMetrics(figures)
	r.figures = metrics.NewServer(metrics.ServerConfig{
		Settings: func() config.Metrics { return r.setup().config.Metrics }, Figures: figures, Log: r.log.Logger,
	})
	return server
}

// controlled is what the control API shows and steers.
func (r *relay) controlled(l *reloader) control.Relay {
	return control.Relay{
		Console: r.engine, Listen: r.address, Reach: r.reach, Version: version.Number, Started: r.started, Stop: r.stopAsked, Demo: r.DemoStopped != nil,
		Service: r.Service,
		Poke: func() {
			r.ingress.Poke()
			l.poke()
			r.replies.Retry()
			r.updates.Poke()
			r.backups.Retry()
			r.alarms.Poke()
		},
		Reload:  l.Reload,
		Update:  func() *control.Update { return control.FromLooks(r.updates.Last()) },
		Backup:  func() control.Backup { return control.FromBackups(r.backups.State()) },
		Figures: func() *control.Figures { return control.FromFigures(r.figures.State()) },
		Alerts:  func() []control.Alert { return r.alarms.State() }, Disk: r.room, Certificates: r.certificates,
		URLs: r.urls, NotInUse: l.notInUse, ReplyURL: r.replies.Link,
		Costs: r.costs, Spending: r.spending,
	}
}

// watched is how the relay is, as its figures tell it. It implements metrics.Console.
type watched struct{ relay control.Relay }

// Status implements metrics.Console.
func (w watched) Status(ctx context.Context) (control.Status, error) { return w.relay.Status(ctx) }

// Limits implements metrics.Console.
func (w watched) Limits(ctx context.Context) ([]bridge.Limit, error) {
	return w.relay.Console.Limits(ctx)
}

// stopAsked ends the relay because a client asks for it.
func (r *relay) stopAsked() {
	if r.DemoStopped != nil {
		r.DemoStopped()
	}
	r.stop()
}

// reach says how X's events come in.
func (r *relay) reach() control.Reach { return r.ingress.State() }

// logFile is the relay's log. It implements control.LogBackend.
type logFile struct{ path string }

// OpenLog implements control.LogBackend.
func (l logFile) OpenLog(q logtail.Query, at logtail.Position) *logtail.Reader {
	return logtail.Resume(l.path, q, at)
}
