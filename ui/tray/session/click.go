package session

import (
	"context"
	"strings"
	"time"

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
		s.act(func(ctx context.Context) error { return s.pause(ctx, part) })
	case tray.ItemResume:
		s.act(s.Relay.Resume)
	case tray.ItemOpen:
		s.openWindow(part)
	case tray.ItemAttention:
		s.openWindow(tray.SectionAttention)
	case tray.ItemCopyWebhook, tray.ItemCopyReply:
		s.act(func(ctx context.Context) error { return s.copyURL(ctx, id, part) })
	case tray.ItemLogin:
		s.toggleLogin()
	}
}

// pause stops deliveries for the time that an item names; one that names none, until somebody resumes them.
func (s *Session) pause(ctx context.Context, part string) error {
	length, err := time.ParseDuration(part)
	if err != nil {
		return s.Relay.Pause(ctx)
	}
	_, err = s.Relay.PauseFor(ctx, length)
	return err
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
				s.complain(s.to.Complaint(err.Error()))
			}
		}
	})
}

// Open shows the window at a section, as a click in the menu does; safe for concurrent use.
func (s *Session) Open(section string) { s.Click(openSection + section) }
