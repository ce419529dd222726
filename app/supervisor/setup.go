package supervisor

import (
	"log/slog"

	"perch/app/adapter"
	"perch/app/config"
	"perch/bridge"
	"perch/bridge/motion"
	"perch/bridge/schedule"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

// clients are the adapters of one channel.
type clients struct {
	x      *xapi.Client
	motion *motion.Client
	quota  *schedule.Ledger
}

// setup is what a relay works with. Once in use it is never changed but replaced as a whole.
type setup struct {
	config *config.Config
	values map[secret.Key]string
	// clients are in the order of the channels.
	clients []clients
}

// channels are those of the bridge. With the salt their keys are told from others.
func (s *setup) channels(salt string) []bridge.Channel {
	var all []bridge.Channel
	for i, c := range s.clients {
		ch := s.config.Channels[i]
		all = append(all, bridge.Channel{Name: ch.Name, Wanted: adapter.Wanted(ch.X), X: c.x, Motion: c.motion, Keys: keyMark(salt, ch.Name, s.values), Limits: c.quota})
	}
	return all
}

// retain leaves a secret as it is in another setup.
func (s *setup) retain(key secret.Key, from *setup) {
	delete(s.values, key)
	if value, ok := from.values[key]; ok {
		s.values[key] = value
	}
}

func (s *setup) close() {
	for _, c := range s.clients {
		c.x.Close()
		c.motion.Close()
	}
}

func makeClients(c *config.Config, values map[secret.Key]string, journal bridge.Settings, log *slog.Logger) []clients {
	var all []clients
	for _, ch := range c.Channels {
		quota := schedule.NewLedger(ch.Name, journal, nil)
		all = append(all, clients{
			quota: quota, x: xapi.New(adapter.XConfig(ch, values, quota, log)), motion: motion.New(adapter.MotionConfig(ch, values, log)),
		})
	}
	return all
}
