package control

import (
	"context"
	"net/http"
	"os"
	"time"

	"perch/bridge"
)

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	status, err := s.relay.Status(r.Context())
	if err != nil {
		fail(w, "read status", err)
		return
	}
	s.reply(w, status)
}

// Status is the snapshot of now, with what follows from it.
func (r Relay) Status(ctx context.Context) (Status, error) {
	now, err := r.Console.Status(ctx)
	if err != nil {
		return Status{}, err
	}
	out := Status{
		State: StateRunning, Listen: r.Listen(), Channels: []Channel{}, Reach: r.Reach(), Version: r.Version,
		Started: &r.Started, PID: os.Getpid(), Demo: r.Demo, Service: r.Service, Journal: fromLink(now.Journal),
		Update: r.Update(), Backup: r.Backup(), Costs: r.Spending(),
		Alerts: r.Alerts(), Disk: r.Disk(), Certificates: r.Certificates(),
	}
	if now.Paused {
		out.State, out.PausedUntil = StatePaused, orNil(now.PausedUntil)
	}
	if r.Figures != nil {
		out.Figures = r.Figures()
	}
	for _, c := range now.Channels {
		ch := fromChannel(c)
		if why := r.NotInUse(c.Name); why != nil {
			ch.X = withKeysWaiting(ch.X, why)
		}
		ch.Reply = r.ReplyURL(c.Name)
		out.Channels = append(out.Channels, ch)
	}
	return out.Judged(time.Now()), nil
}

func (s *Server) limits(w http.ResponseWriter, r *http.Request) {
	limits, err := s.relay.Console.Limits(r.Context())
	if err != nil {
		fail(w, "read limits", err)
		return
	}
	s.reply(w, FromLimits(limits))
}

// FromLimits makes of limits what people see of them.
func FromLimits(limits []bridge.Limit) []Limit {
	out := []Limit{}
	for _, l := range limits {
		one := Limit{Channel: l.Channel, Endpoint: l.Endpoint, Windows: []Window{}, Waiting: l.Waiting}
		for _, w := range l.Windows {
			one.Windows = append(one.Windows, Window{Name: w.Name, Limit: w.Limit, Remaining: max(w.Remaining, 0), ResetAt: w.Reset})
		}
		out = append(out, one)
	}
	return out
}
