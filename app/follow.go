package app

import (
	"reflect"
	"slices"
	"strconv"

	"perch/app/config"
)

// follow returns what a relay that runs with running works with when wanted is asked of it: what it can take over is
// wanted's, all else, the channels that it has above all, stays as it is until a restart.
func follow(running, wanted *config.Config) *config.Config {
	next := *running
	next.LogLevel, next.LegacyReplyPath = wanted.LogLevel, wanted.LegacyReplyPath
	next.Reach = followReach(running.Reach, wanted.Reach)
	next.Channels = slices.Clone(running.Channels)
	for i, ch := range next.Channels {
		if at := channelAt(wanted, ch.Name); at >= 0 {
			next.Channels[i] = followChannel(ch, wanted.Channels[at])
		}
	}
	return &next
}

// followReach leaves what the tunnel was opened with.
func followReach(running, wanted config.Reach) config.Reach {
	next := running
	next.Mode, next.MotionProxy = wanted.Mode, wanted.MotionProxy
	if wanted.Tunnel != running.Tunnel {
		return next
	}
	uses := func(tunnels ...string) bool { return slices.Contains(tunnels, running.Tunnel) }
	if !uses(config.TunnelSSH, config.TunnelCloudflared, config.TunnelTLS) {
		next.PublicURL = wanted.PublicURL
	}
	if running.Tunnel == "" {
		next.ReplyPublic = wanted.ReplyPublic
	}
	if !uses(config.TunnelSSH) {
		next.SSH = wanted.SSH
	}
	if !uses(config.TunnelSSH, config.TunnelTLS) {
		next.TLS = wanted.TLS
	}
	if !uses(config.TunnelNgrok) {
		next.Ngrok = wanted.Ngrok
	}
	if !uses(config.TunnelCloudflared) {
		next.Cloudflared = wanted.Cloudflared
	}
	return next
}

// followChannel leaves which of X's interfaces the channel speaks to.
func followChannel(running, wanted config.Channel) config.Channel {
	next := running
	next.Motion = wanted.Motion
	next.X.Mentions, next.X.Chat, next.X.MediaHosts = wanted.X.Mentions, wanted.X.Chat, wanted.X.MediaHosts
	return next
}

func channelAt(c *config.Config, name string) int {
	return slices.IndexFunc(c.Channels, func(ch config.Channel) bool { return ch.Name == name })
}

// differences lists the fields of b that have another value in a, by their names in the JSON of control.Config. Channels
// are compared by their names; "channel" stands for others than a has, or in another order.
func differences(a, b *config.Config) []string {
	var list []string
	compare(&list, "", reflect.ValueOf(*a), reflect.ValueOf(*b))
	if !slices.EqualFunc(a.Channels, b.Channels, func(x, y config.Channel) bool { return x.Name == y.Name }) {
		list = append(list, "channel")
	}
	for i, ch := range b.Channels {
		if at := channelAt(a, ch.Name); at >= 0 {
			compare(&list, "channel."+strconv.Itoa(i)+".", reflect.ValueOf(a.Channels[at]), reflect.ValueOf(ch))
		}
	}
	return list
}

// compare adds the fields in which two tables differ; the channels are the caller's.
func compare(list *[]string, path string, a, b reflect.Value) {
	for i := range a.NumField() {
		field := a.Type().Field(i)
		name := path + field.Tag.Get("toml")
		switch {
		case field.Type == reflect.TypeFor[[]config.Channel]():
		case field.Type.Kind() == reflect.Struct:
			compare(list, name+".", a.Field(i), b.Field(i))
		case !isSame(a.Field(i), b.Field(i)):
			*list = append(*list, name)
		}
	}
}

// isSame takes a list without elements for one that is not there.
func isSame(a, b reflect.Value) bool {
	if a.Kind() == reflect.Slice && a.Len() == 0 && b.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}
