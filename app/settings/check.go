package settings

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/motion"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

// checkPatience bounds a check.
const checkPatience = 9 * time.Second

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

// CheckSettings implements control.SettingsBackend.
func (l *Local) CheckSettings(ctx context.Context, what string, r control.CheckRequest) (control.CheckResult, error) {
	checks := map[string]func(context.Context, *trial) (control.CheckResult, error){
		control.CheckXKeys: checkXKeys, control.CheckXPermissions: checkXPermissions, control.CheckMotionURL: checkMotionURL,
		control.CheckMotionCredentials: checkMotionCredentials, control.CheckAttachments: checkAttachments,
		control.CheckPublicAddress: checkPublicAddress,
	}
	check, ok := checks[what]
	if !ok {
		return control.CheckResult{}, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "check", Message: "there is no check of that name",
			Remedy: "the checks are: " + strings.Join(control.Checks(), ", "),
		}
	}
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	t, err := l.trial(ctx, r)
	if err != nil {
		return sorry(err), nil
	}
	defer t.x.Close()
	defer t.motion.Close()
	result, err := check(ctx, t)
	if err != nil {
		return sorry(err), nil
	}
	return result, nil
}

// sorry makes an outcome of an error.
func sorry(err error) control.CheckResult {
	e := bridge.AsError(err)
	message := e.Message
	if errors.Is(err, context.DeadlineExceeded) && e.Side == bridge.SidePerch {
		message = fmt.Sprintf("no answer came within %d seconds", checkPatience/time.Second)
	}
	return control.CheckResult{Message: message, Remedy: strings.TrimSuffix(e.Remedy, "; Perch keeps trying")}
}

func (l *Local) trial(ctx context.Context, r control.CheckRequest) (*trial, error) {
	c, _, problem := l.load(ctx)
	if r.Config != nil {
		c = fromControl(*r.Config)
	} else if problem != nil {
		return nil, problem
	}
	saved, _, _ := l.load(ctx)
	store, err := l.open(saved.Secrets) // where SetSecret puts them, whatever the draft says
	if err != nil {
		return nil, err
	}
	t := &trial{config: c, channel: channelOf(c, r.Channel), isRunning: l.relay != nil}
	if t.values, err = adapter.ReadSecrets(ctx, store, &config.Config{Channels: []config.Channel{t.channel}}); err != nil {
		return nil, err
	}
	t.x = xapi.New(adapter.XConfig(t.channel, t.values, nil, l.log))
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
