package control

import (
	"net/http"
	"slices"
	"time"

	"perch/bridge"
)

// Minute counts the messages that have come in within one minute, from X and from Motion.
type Minute struct {
	// At is the beginning of the minute.
	At  time.Time `json:"at"`
	In  int       `json:"in"`
	Out int       `json:"out"`
}

// FromArrivals makes what people see of the messages of an hour: the minutes in which any came, oldest first.
func FromArrivals(list []bridge.Arrivals) []Minute {
	byMinute := map[int64]*Minute{}
	for _, a := range list {
		m := byMinute[a.Minute]
		if m == nil {
			m = &Minute{At: time.Unix(a.Minute*60, 0)}
			byMinute[a.Minute] = m
		}
		if a.Direction == bridge.Out {
			m.Out += a.N
		} else {
			m.In += a.N
		}
	}
	out := []Minute{}
	for _, m := range byMinute {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Minute) int { return a.At.Compare(b.At) })
	return out
}

func (s *Server) minutes(w http.ResponseWriter, r *http.Request) {
	list, err := s.relay.Console.Minutes(r.Context())
	if err != nil {
		fail(w, "count messages", err)
		return
	}
	s.reply(w, FromArrivals(list))
}
