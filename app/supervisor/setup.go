package supervisor

import (
	"log/slog"
	"maps"

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
func (s *setup) channels(salt string, log *slog.Logger, costs func(config.Channel) bridge.Costing) []bridge.Channel {
	var all []bridge.Channel
	for i, c := range s.clients {
		ch := s.config.Channels[i]
		chat, err := adapter.ChatKeys(ch.Name, s.values)
		if err != nil {
			log.Error("keys of encrypted chat cannot be used", "channel", ch.Name, "error", err)
		}
		all = append(all, bridge.Channel{
			Name: ch.Name, Wanted: adapter.Wanted(ch, s.values), X: c.x, Motion: c.motion, Keys: keyMark(salt, ch.Name, s.values), Limits: c.quota,
			Chat: c.x, ChatKeys: chat, Costs: costs(ch), Agents: bridge.Agents(ch.Agents),
		})
	}
	return all
}

// withTokens is s with the tokens of logins as they are now: the relay renews them itself, which is no change to take over.
func (s *setup) withTokens() *setup {
	now := *s
	now.values = maps.Clone(s.values)
	for i, c := range s.clients {
		maps.Copy(now.values, adapter.TokenSecrets(s.config.Channels[i].Name, c.x.Tokens()))
	}
	return &now
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

func (r *relay) makeClients(c *config.Config, values map[secret.Key]string) []clients {
	var all []clients
	for _, ch := range c.Channels {
		quota := schedule.NewLedger(ch.Name, r.health, nil)
		all = append(all, clients{
			quota: quota, x: xapi.New(r.xConfig(ch, values, quota)), motion: motion.New(adapter.MotionConfig(ch, values, r.log.Logger)),
		})
	}
	return all
}

// xConfig is what a channel's client of X is made of in a relay, which renews the tokens of its login.
func (r *relay) xConfig(ch config.Channel, values map[secret.Key]string, quota bridge.Quota) xapi.Config {
	c := adapter.XConfig(ch, values, quota, r.log.Logger)
	if ch.X.API == config.APIv2 { // the other is not billed by the event
		c.Reads = r.costMeter.Reads(ch.Name)
	}
	c.Login.Store = adapter.XTokens(r.Secrets, ch.Name, r.log.Hide)
	return c
}
