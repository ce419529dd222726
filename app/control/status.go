package control

import (
	"context"
	"net/http"
	"os"

	"perch/bridge"
)

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	status, err := s.snapshot(r.Context())
	if err != nil {
		fail(w, "read status", err)
		return
	}
	s.reply(w, status)
}

func (s *Server) snapshot(ctx context.Context) (Status, error) {
	now, err := s.relay.Console.Status(ctx)
	if err != nil {
		return Status{}, err
	}
	out := Status{
		State: StateRunning, Listen: s.relay.Listen(), Channels: []Channel{}, Reach: s.relay.Reach(), Version: s.relay.Version,
		Started: &s.relay.Started, PID: os.Getpid(), Demo: s.relay.Demo, Service: s.relay.Service, Journal: fromLink(now.Journal),
		Update: s.relay.Update(), Backup: s.relay.Backup(),
	}
	isTrouble := now.Degraded() || out.Backup.Error != ""
	for _, c := range now.Channels {
		ch := fromChannel(c)
		if why := s.relay.NotInUse(c.Name); why != "" {
			ch.X, isTrouble = withKeysWaiting(ch.X, why), true
		}
		ch.Reply = s.relay.ReplyURL(c.Name)
		isTrouble = isTrouble || ch.Reply.State == bridge.LinkDegraded || ch.Chat.NeedsLook()
		out.Channels = append(out.Channels, ch)
	}
	switch {
	case now.Paused:
		out.State = StatePaused
	case isTrouble || s.relay.ReachIsTrouble(out.Reach):
		out.State = StateDegraded
	}
	return out, nil
}

func (s *Server) limits(w http.ResponseWriter, r *http.Request) {
	limits, err := s.relay.Console.Limits(r.Context())
	if err != nil {
		fail(w, "read limits", err)
		return
	}
	out := []Limit{}
	for _, l := range limits {
		one := Limit{Channel: l.Channel, Endpoint: l.Endpoint, Windows: []Window{}, Waiting: l.Waiting}
		for _, w := range l.Windows {
			one.Windows = append(one.Windows, Window{Name: w.Name, Limit: w.Limit, Remaining: max(w.Remaining, 0), ResetAt: w.Reset})
		}
		out = append(out, one)
	}
	s.reply(w, out)
}
