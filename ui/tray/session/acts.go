package session

import (
	"context"
	"strings"

	"perch/app/control"
	"perch/app/desk"
	"perch/ui/tray"
)

// openSection is the beginning of the ID of a click that opens the window at a section.
const openSection = tray.ItemOpen + "/"

// click does what an item is for.
func (s *Session) click(ctx context.Context, id string) {
	s.Log.Debug("click", "item", id)
	id, part, _ := strings.Cut(id, "/")
	switch id {
	case tray.ItemStart, tray.ItemStop, tray.ItemRestart:
		if !s.supervisor.isBusy && !s.snapshot.Status.Demo {
			s.command(ctx, id, true)
		}
	case tray.ItemPause:
		s.act(s.Relay.Pause)
	case tray.ItemResume:
		s.act(s.Relay.Resume)
	case tray.ItemOpen:
		s.act(func(ctx context.Context) error { return s.Desktop.Open(ctx, part) })
	case tray.ItemAttention:
		s.act(func(ctx context.Context) error { return s.Desktop.Open(ctx, tray.SectionAttention) })
	case tray.ItemCopyWebhook, tray.ItemCopyReply:
		s.act(func(ctx context.Context) error { return s.copyURL(ctx, id, part) })
	case tray.ItemLogin:
		s.toggleLogin()
	}
}

// act queues a job for the one goroutine that talks to the desktop; its failure is notified.
func (s *Session) act(job func(ctx context.Context) error) {
	s.acts <- func(ctx context.Context) {
		if err := job(ctx); err != nil {
			s.Log.Warn("action failed", "error", err)
			s.notifyNow(ctx, s.failed(err.Error()))
		}
		s.hurry()
	}
}

// actAll works until the queue is closed, and empties it first.
func (s *Session) actAll(ctx context.Context) {
	for job := range s.acts {
		bounded, cancel := context.WithTimeout(ctx, actTime)
		job(bounded)
		cancel()
	}
}

func (s *Session) notify(n tray.Notice) {
	s.acts <- func(ctx context.Context) { s.notifyNow(ctx, n) }
}

func (s *Session) notifyNow(ctx context.Context, n tray.Notice) {
	s.Log.Info("notice", "title", n.Title, "body", n.Body)
	if err := s.Desktop.Notify(ctx, n); err != nil {
		s.Log.Warn("notification failed", "title", n.Title, "error", err)
	}
}

func (s *Session) saveHistory(history tray.History) {
	s.acts <- func(context.Context) {
		if err := s.History.Save(history); err != nil {
			s.Log.Warn("what was told is not kept", "error", err)
		}
	}
}

// complain tells that something which was asked for did not happen.
func (s *Session) complain(why string) { s.notify(s.failed(why)) }

func (s *Session) failed(why string) tray.Notice {
	return tray.Notice{Group: "action", Title: s.T("tray.failed"), Body: why}
}

// copyURL copies an address of a channel (the first one when none is named), or shows it where nothing can copy.
func (s *Session) copyURL(ctx context.Context, item, channel string) error {
	all, err := s.Relay.URLs(ctx)
	if err != nil {
		return err
	}
	for _, urls := range all {
		if channel != "" && urls.Channel != channel {
			continue
		}
		text := pick(item, urls)
		if err := s.Desktop.Copy(ctx, text); err != nil {
			s.Log.Info("nothing can copy", "error", err)
			return s.Desktop.Notify(ctx, tray.Notice{Group: "copy", Title: s.T("tray.copy.by_hand", urls.Channel), Body: text})
		}
		return nil
	}
	return nil
}

func pick(item string, urls control.URLs) string {
	if item == tray.ItemCopyReply {
		return urls.ReplyURL
	}
	return urls.WebhookURL
}

// toggleLogin also has the view shown again: the click has ticked the box, whatever came of it.
func (s *Session) toggleLogin() {
	host := s.snapshot.Host
	s.background(func() func() {
		err := s.Login.Set(s.Login.State() != desk.Yes, host)
		return func() {
			s.shown = tray.View{}
			if err != nil {
				s.complain(err.Error())
			}
		}
	})
}

// Open shows the window at a section, as a click in the menu does; safe for concurrent use.
func (s *Session) Open(section string) { s.Click(openSection + section) }
