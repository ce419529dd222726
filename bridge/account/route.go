package account

import (
	"slices"

	"perch/bridge"
	"perch/bridge/logkey"
)

// Route finds the channel that an event is for, among those of the app that signed it. While a channel's hold lasts,
// it takes what may be for the account whose keys it has got too: that is kept with it until it is settled whose it is.
func (r *Registry) Route(channels []string, e *bridge.Event) (string, bool) {
	var unknown, doubtful, strange []string
	for _, name := range channels {
		if r.channels[name] == nil {
			continue
		}
		hold := r.Hold(name)
		switch own := r.Account(name).ID; {
		case own == "":
			unknown = append(unknown, name)
		case e.ForUser == own:
			return name, true
		case hold.Stranger.ID != "" && e.ForUser == hold.Stranger.ID:
			strange = append(strange, name) // unless it is another channel's own
		case hold.IsDoubtful():
			doubtful = append(doubtful, name)
		}
	}
	if e.ForUser == "" && r.channels[channels[0]] != nil {
		return channels[0], true // unreadable: it has to be shown somewhere
	}
	// Until X has told who a channel is, a single such channel takes what no other one does.
	switch {
	case len(strange) > 0:
		return strange[0], true
	case len(unknown) == 1:
		return unknown[0], true
	case len(unknown) == 0 && len(doubtful) > 0:
		return doubtful[0], true
	}
	return "", false
}

// MustWait reports whether an event may be for one of several channels that X has not named yet.
func (r *Registry) MustWait(channels []string, events []bridge.Event) bool {
	unnamed := 0
	for _, name := range channels {
		if r.channels[name] != nil && r.Account(name).ID == "" {
			unnamed++
		}
	}
	return unnamed > 1 && slices.ContainsFunc(events, func(e bridge.Event) bool {
		_, ok := r.Route(channels, &e)
		return !ok
	})
}

// Revoke blocks X's lanes of the channels whose user took the access back.
func (r *Registry) Revoke(channels []string, user string) {
	for _, name := range channels {
		if id := r.Account(name).ID; user != "" && id != "" && id != user {
			continue
		}
		for _, lane := range bridge.LanesOf(name) {
			if lane.Side() == bridge.SideX {
				r.breakers.Failed(lane, r.breakers.Turn(lane), revokedError(), r.now())
			}
		}
		r.Note(bridge.SideX, name, r.now(), revokedError())
		r.log.Error("access to x revoked", logkey.Channel, name)
	}
}
