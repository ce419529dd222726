package supervisor

import (
	"log/slog"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/ingress"
	"perch/bridge"
	"perch/bridge/motion"
	"perch/bridge/schedule"
	"perch/bridge/secret"
	"perch/bridge/webhook"
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

// webhookConfig lets the webhook serve the channels of s.
func (r *relay) webhookConfig(s *setup) webhook.Config {
	w := webhook.Config{Events: r.engine, Replies: r.engine, LegacyReplyPath: s.config.LegacyReplyPath, Log: r.log.Logger}
	for i, ch := range s.config.Channels {
		client := s.clients[i].motion
		w.Channels = append(w.Channels, webhook.Channel{
			Name: ch.Name, Token: r.tokens[ch.Name], AccountID: client.AccountID(), MapKey: client.MapKey,
		})
	}
	for _, a := range adapter.Apps(s.config, s.values) {
		w.Apps = append(w.Apps, webhook.App{ConsumerSecret: a.ConsumerSecret, Channels: a.Channels})
	}
	return w
}

// setup is what the relay works with now; nil before it has read its secrets.
func (r *relay) setup() *setup { return r.current.Load() }

// ingressSetup is what the receivers of X's events are made of.
func (r *relay) ingressSetup() ingress.Setup {
	s := r.setup()
	made := ingress.Setup{Config: s.config, Values: s.values}
	for _, c := range s.clients {
		made.X = append(made.X, c.x)
	}
	return made
}
