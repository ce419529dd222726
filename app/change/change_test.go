package change_test

import (
	"slices"
	"testing"

	"perch/app/change"
	"perch/app/config"
)

func TestSettingsThatNeedARestart(t *testing.T) {
	running := config.Default()
	running.Secrets = config.SecretsVault
	running.Channels = []config.Channel{config.DefaultChannel("support")}
	running.Channels[0].Motion.ReceiveURL = "https://motion.example/api/openchannel/accounts/5/notify"
	running.Reach.Tunnel, running.Reach.SSH.Address = config.TunnelSSH, "a.example:22"
	tests := map[string]func(*config.Config){
		"listen":             func(c *config.Config) { c.Listen = "127.0.0.1:1" },
		"secrets":            func(c *config.Config) { c.Secrets = config.SecretsKeyring },
		"log_file":           func(c *config.Config) { c.LogFile = "/l" },
		"reach.tunnel":       func(c *config.Config) { c.Reach.Tunnel = "" },
		"reach.public_url":   func(c *config.Config) { c.Reach.PublicURL = "https://b.example/api/messages" },
		"reach.reply_public": func(c *config.Config) { c.Reach.ReplyPublic = true },
		"reach.ssh.user":     func(c *config.Config) { c.Reach.SSH.User = "b" },
		"reach.tls.listen":   func(c *config.Config) { c.Reach.TLS.Listen = ":444" },
		"channel":            func(c *config.Config) { c.Channels[0].Name = "other" },
		"channel.0.x.api":    func(c *config.Config) { c.Channels[0].X.API = config.APIv1 },
		"channel.0.x.api_base": func(c *config.Config) {
			c.Channels[0].X.APIBase = "https://b.example"
		},
		"": func(c *config.Config) {
			ch := &c.Channels[0]
			c.LogLevel, c.LegacyReplyPath, c.Reach.Mode, c.Reach.MotionProxy.Host = "warn", true, config.ModePoll, "m.example"
			c.Reach.Ngrok.Domain, c.Reach.Cloudflared.Path = "d.example", "/c"
			c.Web = config.Web{Enabled: true, Listen: "127.0.0.1:1", CertFile: "/c", KeyFile: "/k"}
			c.Metrics.Listen = "127.0.0.1:2"
			c.Alerts = []config.Alert{config.DefaultAlert("ops")}
			c.Costs = config.Costs{MonthlyBudget: "25", StopLookUps: true, FlagLinks: true, Prices: config.Prices{DMSent: "0.02"}}
			c.Backup = config.Backup{Every: "24h", Keep: 3, Folder: "/b"}
			ch.X.Mentions, ch.X.Chat, ch.X.MediaHosts = false, false, []string{"h.example"}
			ch.Agents = config.AgentsConfig{WhoWrites: true, AnsweredPost: true, DM: true, Hide: true, Thread: true, Link: true}
			ch.Motion = config.MotionConfig{ReceiveURL: "https://b.example", BaseURL: "https://c.example", MapKey: "k", User: "u", TLSPin: "p"}
		},
	}
	for field, alter := range tests {
		asked := *running
		asked.Channels = slices.Clone(running.Channels)
		alter(&asked)
		next := change.Applicable(running, &asked)
		result := change.Summary(running, next, &asked)
		want := slices.DeleteFunc([]string{field}, func(s string) bool { return s == "" })
		if !slices.Equal(result.RestartFields, want) || result.Restart != (field != "") {
			t.Errorf("%q: %+v", field, result)
		}
		if field == "" && len(result.Applied) != 33 {
			t.Errorf("applied: %q", result.Applied)
		}
		if again := change.Summary(next, change.Applicable(next, &asked), &asked); !slices.Equal(again.RestartFields, want) || len(again.Applied) != 0 {
			t.Errorf("%q, asked again: %+v", field, again)
		}
	}
}
