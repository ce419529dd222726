package adapter

import (
	"slices"
	"strings"

	"perch/app/config"
	"perch/bridge/endpoint"
	"perch/bridge/secret"
)

// PublicURL is the address at which X calls a path, as far as perch.toml tells: given whole, or built for Motion's proxy;
// "" when it does not.
func PublicURL(c *config.Config, values map[secret.Key]string, path string) string {
	proxy := c.Reach.MotionProxy
	switch {
	case c.Reach.PublicURL != "":
		return strings.Replace(c.Reach.PublicURL, endpoint.PathEvents, path, 1)
	case proxy.Host != "":
		return endpoint.MotionProxyURL(proxy.Host, proxy.Port, path, values[secret.Key{Name: "reach.proxy_token"}])
	}
	return ""
}

// App is an X app with the channels that use it.
type App struct {
	ConsumerSecret string
	Channels       []string
}

// Apps groups the channels by X app, in the order of their first channels. A channel without a consumer secret has no
// app: an empty secret would let anybody sign.
func Apps(c *config.Config, values map[secret.Key]string) []App {
	var apps []App
	for _, ch := range c.Channels {
		consumerSecret := values[secret.Key{Channel: ch.Name, Name: "x.consumer_secret"}]
		if consumerSecret == "" {
			continue
		}
		at := slices.IndexFunc(apps, func(a App) bool { return a.ConsumerSecret == consumerSecret })
		if at < 0 {
			at, apps = len(apps), append(apps, App{ConsumerSecret: consumerSecret})
		}
		apps[at].Channels = append(apps[at].Channels, ch.Name)
	}
	return apps
}
