package session

import (
	"context"
	"time"

	"perch/app/desk"
)

// askHost asks beside the loop whether anything shows the icon.
func (s *Session) askHost(ctx context.Context) {
	s.host.asking, s.host.last = true, time.Now()
	s.background(func() func() {
		answer := s.Host(ctx)
		return func() {
			s.host.asking = false
			if ctx.Err() == nil {
				s.sawHost(answer, time.Now())
			}
		}
	})
}

// sawHost takes an answer in. That there is none counts only when it has been so for a while.
func (s *Session) sawHost(answer desk.Answer, now time.Time) {
	h, before := &s.host, s.snapshot.Host
	switch {
	case answer != desk.No:
		h.goneSince = time.Time{}
	case h.goneSince.IsZero():
		h.goneSince = now
		return
	case now.Sub(h.goneSince) < hostPatience:
		return
	}
	if s.snapshot.Host = answer; answer == before {
		return
	}
	switch answer {
	case desk.No:
		s.Log.Info("no panel shows the icon") // in words with the notice, the first time
	case desk.Yes:
		s.Log.Info("a panel shows the icon")
		s.settleLogin()
	case desk.Unknown:
		s.Log.Info("the desktop does not say whether a panel shows the icon")
	}
}

// settleLogin lets the tray start at login if anything does.
func (s *Session) settleLogin() {
	s.background(func() func() {
		err := s.Login.Settle()
		return func() {
			if err != nil {
				s.Log.Warn("what starts at login is not changed", "error", err)
			}
		}
	})
}
