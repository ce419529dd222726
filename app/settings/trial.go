package settings

import (
	"context"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge/endpoint"
	"perch/bridge/motion"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

// trial is what one check works with.
type trial struct {
	config  *config.Config
	channel config.Channel
	values  map[secret.Key]string
	x       *xapi.Client
	motion  *motion.Client
	public  string
	// isRunning is set when this process is the relay.
	isRunning bool
}

func (l *Local) trial(ctx context.Context, r control.CheckRequest) (*trial, error) {
	c, _, problem := l.load(ctx)
	if r.Config != nil {
		c = fromControl(*r.Config)
	} else if problem != nil {
		return nil, problem
	}
	saved, _, problem := l.draft(ctx)
	if !namesStore(saved) {
		return nil, problem
	}
	store, err := l.open(saved.Secrets) // where SetSecret puts them, whatever the draft says
	if err != nil {
		return nil, err
	}
	t := &trial{config: c, channel: channelOf(c, r.Channel), isRunning: l.relay != nil}
	if t.values, err = adapter.ReadSecrets(ctx, store, &config.Config{Channels: []config.Channel{t.channel}}); err != nil {
		return nil, err
	}
	x := adapter.XConfig(t.channel, t.values, nil, l.log)
	x.Login.Store = adapter.XTokens(store, t.channel.Name, nil)
	t.x = xapi.New(x)
	t.motion = motion.New(adapter.MotionConfig(t.channel, t.values, l.log))
	if t.public = adapter.PublicURL(c, t.values, endpoint.PathEvents); t.public == "" && l.relay != nil {
		t.public = l.relay.PublicURL()
	}
	return t, nil
}

// channelOf returns the channel of that name, the first one for "", or one with the defaults.
func channelOf(c *config.Config, name string) config.Channel {
	for _, ch := range c.Channels {
		if ch.Name == name || name == "" {
			return ch
		}
	}
	return config.DefaultChannel(name)
}
