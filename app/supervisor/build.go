package supervisor

import (
	"context"

	"perch/app/control"
	"perch/app/ingress"
	"perch/app/replyurl/monitor"
	"perch/bridge"
	"perch/bridge/postlen"
	"perch/bridge/webhook"
	"perch/bridge/xapi/payload"
)

// build makes the bridge out of its parts and opens both doors.
func (r *relay) build(ctx context.Context) error {
	var err error
	if r.tokens, err = ingress.ReplyTokens(ctx, r.health, r.Config); err != nil {
		return err
	}
	if r.salt, err = keySalt(ctx, r.health); err != nil {
		return err
	}
	s := r.setup()
	s.clients = makeClients(s.config, s.values, r.health, r.log.Logger)
	for _, c := range s.clients {
		if err := c.quota.Load(ctx); err != nil {
			return err
		}
	}
	r.bridge = bridge.New(bridge.Config{Channels: s.channels(r.salt), Journal: r.health, Log: r.log.Logger, Read: payload.Read, Measure: measure})
	if err := r.bridge.Prepare(ctx); err != nil {
		return err
	}
	for i, c := range s.clients {
		if name := s.config.Channels[i].Name; r.bridge.IsConfirmed(name) {
			c.x.Know(r.bridge.Account(name))
		}
	}
	r.handler = webhook.New(r.webhookConfig(s))
	r.ingress = ingress.New(ingress.Config{
		Home: r.Home, Inbox: r.bridge, Memory: r.journal, Settings: r.health, Handler: r.handler, Setup: r.ingressSetup, Log: r.log.Logger,
	})
	r.reloader = newReloader(r)
	r.replies = monitor.New(monitor.Config{Targets: r.replyTargets, MayAsk: r.bridge.MayAskMotion, Changed: r.logReply})
	if r.public, err = ingress.Listen(ctx, r.Config.Listen); err != nil {
		return err
	}
	if err := r.Home.Make(); err != nil { // a relay that ended in the meantime has taken its folder along
		return err
	}
	r.control, err = control.Listen(ctx, r.Home.Socket())
	return err
}

func measure(text string) (int, bool) {
	m := postlen.Measure(text)
	return m.Weighted, m.Valid
}
