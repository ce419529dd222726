package supervisor

import (
	"context"
	"time"

	"perch/app/control"
	"perch/app/ingress"
	"perch/app/replyurl"
	"perch/app/replyurl/monitor"
	"perch/bridge"
	"perch/bridge/motion"
)

// replyURLPatience bounds what is asked of Motion's account while somebody waits.
const replyURLPatience = 10 * time.Second

var _ control.ReplyURLs = (*relay)(nil)

// ReplyURL implements control.ReplyURLs.
func (r *relay) ReplyURL(ctx context.Context, channel string) (control.ReplyURL, error) {
	ctx, cancel := context.WithTimeout(ctx, replyURLPatience)
	defer cancel()
	client, own, err := r.motionOf(channel)
	if err != nil {
		return control.ReplyURL{}, err
	}
	account, err := client.Account(ctx)
	if err != nil {
		return control.ReplyURL{}, err
	}
	r.replies.Poke() // Motion has just answered: what it has is judged anew
	return control.ReplyURL{
		Channel: channel, URL: own, InMotion: account.ReplyURL, IsSet: account.ReplyURL == own, CanWrite: account.TellsReplyURL(),
	}, nil
}

// WriteReplyURL implements control.ReplyURLs.
func (r *relay) WriteReplyURL(ctx context.Context, channel, inMotion string) (control.ReplyURL, error) {
	ctx, cancel := context.WithTimeout(ctx, replyURLPatience)
	defer cancel()
	client, own, err := r.motionOf(channel)
	if err != nil {
		return control.ReplyURL{}, err
	}
	if err := client.SetReplyURL(ctx, own, inMotion); err != nil {
		return control.ReplyURL{}, err
	}
	r.replies.Poke()
	r.log.Info("reply url written into motion", "channel", channel)
	return control.ReplyURL{Channel: channel, URL: own, InMotion: own, IsSet: true, CanWrite: true}, nil
}

// motionOf returns the client of a channel and its Reply URL.
func (r *relay) motionOf(channel string) (client *motion.Client, own string, err error) {
	for i, one := range r.urls() {
		if one.Channel == channel {
			return r.setup().clients[i].motion, one.ReplyURL, nil
		}
	}
	return nil, "", &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "find the channel", Message: "the running relay has no channel of that name",
		Remedy: "if you have just added it: perch restart",
	}
}

func (r *relay) urls() []control.URLs {
	return ingress.URLs(r.setup().config, r.address(), r.tokens, r.ingress.PublicURL(0, ""))
}

// replyTargets are the channels as they are now.
func (r *relay) replyTargets() []monitor.Target {
	var all []monitor.Target
	s, urls := r.setup(), r.urls()
	for i, ch := range s.config.Channels {
		client := s.clients[i].motion
		own := replyurl.OwnOf(s.config, ch.Name, r.tokens)
		all = append(all, monitor.Target{
			Channel: ch.Name, Login: client, CanAsk: client.HasCredentials(), Own: own, Address: urls[i].ReplyURL, Base: ch.Motion.Base(),
			Ask: func(ctx context.Context) (string, bool, error) {
				account, err := client.Account(ctx)
				return account.ReplyURL, account.TellsReplyURL(), err
			},
		})
	}
	return all
}

func (r *relay) logReply(channel string, now control.Link) {
	if now.State == bridge.LinkDegraded {
		r.log.Warn("reply url in motion is wrong", "channel", channel, "cause", now.Detail)
		return
	}
	r.log.Info("reply url in motion", "channel", channel, "state", now.State)
}
