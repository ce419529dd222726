package settings

import (
	"perch/app/config"
	"perch/app/control"
)

// toControl and fromControl carry a configuration over. The tables have the same fields on both sides, which the compiler
// checks.
func toControl(c *config.Config) control.Config {
	out := control.Config{
		Listen: c.Listen, Secrets: c.Secrets, LogFile: c.LogFile, LogLevel: c.LogLevel, LegacyReplyPath: c.LegacyReplyPath,
		Reach: control.ReachConfig{
			Mode: c.Reach.Mode, PublicURL: c.Reach.PublicURL, Tunnel: c.Reach.Tunnel, ReplyPublic: c.Reach.ReplyPublic,
			MotionProxy: control.MotionProxyConfig(c.Reach.MotionProxy), SSH: control.SSHConfig(c.Reach.SSH),
			Ngrok: control.NgrokConfig(c.Reach.Ngrok), Cloudflared: control.CloudflaredConfig(c.Reach.Cloudflared), TLS: control.TLSConfig(c.Reach.TLS),
		},
		Backup:  control.BackupConfig(c.Backup),
		Update:  control.UpdateConfig(c.Update),
		Web:     control.WebConfig(c.Web),
		Metrics: control.MetricsConfig(c.Metrics),
		Alerts:  []control.AlertConfig{},
		Costs: control.CostsConfig{
			MonthlyBudget: string(c.Costs.MonthlyBudget), StopLookUps: c.Costs.StopLookUps, FlagLinks: c.Costs.FlagLinks,
			Prices: control.PricesConfig(c.Costs.Prices),
		},
		Channels: []control.ChannelConfig{},
	}
	for _, a := range c.Alerts {
		out.Alerts = append(out.Alerts, control.AlertConfig(a))
	}
	for _, ch := range c.Channels {
		out.Channels = append(out.Channels, control.ChannelConfig{Name: ch.Name, X: control.XConfig(ch.X), Motion: control.MotionConfig(ch.Motion), Agents: control.AgentsConfig(ch.Agents)})
	}
	return out
}

func fromControl(w control.Config) *config.Config {
	c := &config.Config{
		Listen: w.Listen, Secrets: w.Secrets, LogFile: w.LogFile, LogLevel: w.LogLevel, LegacyReplyPath: w.LegacyReplyPath,
		Reach: config.Reach{
			Mode: w.Reach.Mode, PublicURL: w.Reach.PublicURL, Tunnel: w.Reach.Tunnel, ReplyPublic: w.Reach.ReplyPublic,
			MotionProxy: config.MotionProxy(w.Reach.MotionProxy), SSH: config.SSH(w.Reach.SSH),
			Ngrok: config.Ngrok(w.Reach.Ngrok), Cloudflared: config.Cloudflared(w.Reach.Cloudflared), TLS: config.TLS(w.Reach.TLS),
		},
		Backup: config.Backup(w.Backup), Update: config.Update(w.Update), Web: config.Web(w.Web), Metrics: config.Metrics(w.Metrics),
		Costs: config.Costs{
			MonthlyBudget: config.Amount(w.Costs.MonthlyBudget), StopLookUps: w.Costs.StopLookUps, FlagLinks: w.Costs.FlagLinks,
			Prices: config.Prices(w.Costs.Prices),
		},
	}
	for _, a := range w.Alerts {
		c.Alerts = append(c.Alerts, config.Alert(a))
	}
	for _, ch := range w.Channels {
		c.Channels = append(c.Channels, config.Channel{Name: ch.Name, X: config.XConfig(ch.X), Motion: config.MotionConfig(ch.Motion), Agents: config.AgentsConfig(ch.Agents)})
	}
	return c
}
