package session

import (
	"context"
	"time"

	"perch/ui/tray"
)

// actTime bounds one act, such as a pause or a copy.
const actTime = 15 * time.Second

// act queues a job for the one goroutine that talks to the desktop; its failure is notified.
func (s *Session) act(job func(ctx context.Context) error) {
	s.acts <- func(ctx context.Context) {
		if err := job(ctx); err != nil {
			s.Log.Warn("action failed", "error", err)
			s.notifyNow(ctx, s.failed(s.to.Complaint(err.Error())))
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

// openWindow shows the window at a section; "" is the one that it had.
func (s *Session) openWindow(section string) {
	s.act(func(ctx context.Context) error { return s.Desktop.Open(ctx, section) })
}
