package app

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net"
	"os"
	"strconv"

	"perch/app/adapter"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/motion"
	"perch/bridge/secret"
	"perch/bridge/webhook"
	"perch/bridge/xapi"
)

// channelClients are the adapters of one channel.
type channelClients struct {
	x      *xapi.Client
	motion *motion.Client
	quota  *bridge.Ledger
}

// setup is what a relay works with. Once in use it is never changed but replaced as a whole.
type setup struct {
	config *config.Config
	values map[secret.Key]string
	// clients are in the order of the channels.
	clients []channelClients
}

// channels are those of the bridge. With the salt their keys are told from others.
func (s *setup) channels(salt string) []bridge.Channel {
	var all []bridge.Channel
	for i, c := range s.clients {
		ch := s.config.Channels[i]
		all = append(all, bridge.Channel{Name: ch.Name, Mentions: ch.X.Mentions, X: c.x, Motion: c.motion, Keys: keyMark(salt, ch.Name, s.values), Quota: c.quota})
	}
	return all
}

func (s *setup) close() {
	for _, c := range s.clients {
		c.x.Close()
		c.motion.Close()
	}
}

func makeClients(c *config.Config, values map[secret.Key]string, journal bridge.Settings, log *slog.Logger) []channelClients {
	var all []channelClients
	for _, ch := range c.Channels {
		quota := bridge.NewLedger(ch.Name, journal, nil)
		all = append(all, channelClients{
			quota: quota, x: xapi.New(adapter.XConfig(ch, values, quota, log)), motion: motion.New(adapter.MotionConfig(ch, values, log)),
		})
	}
	return all
}

const settingKeySalt = "key_salt"

// keySalt reads what the marks of this journal's keys are made with, and makes it at the first start.
func keySalt(ctx context.Context, settings bridge.Settings) (string, error) {
	salt, err := settings.Setting(ctx, settingKeySalt)
	if err != nil || salt != "" {
		return salt, err
	}
	salt = rand.Text()
	return salt, settings.SetSetting(ctx, settingKeySalt, salt)
}

// keyMark tells a channel's access token from others and gives nothing of it away; "" when there is none.
func keyMark(salt, channel string, values map[secret.Key]string) string {
	token := adapter.XKeys(channel, values).AccessToken
	if token == "" {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(salt))
	_, _ = mac.Write([]byte(token)) // never fails by its contract
	return hex.EncodeToString(mac.Sum(nil))
}

// webhookConfig lets the webhook serve the channels of s.
func (r *relay) webhookConfig(s *setup) webhook.Config {
	w := webhook.Config{Events: r.bridge, Replies: r.bridge, LegacyReplyPath: s.config.LegacyReplyPath, Log: r.log}
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

const settingReplyToken = "reply_token/"

// replyTokens reads each channel's token, and makes it at the first start.
func replyTokens(ctx context.Context, settings bridge.Settings, c *config.Config) (map[string]string, error) {
	tokens := map[string]string{}
	for _, ch := range c.Channels {
		token, err := settings.Setting(ctx, settingReplyToken+ch.Name)
		if err != nil {
			return nil, err
		}
		if token == "" {
			token = rand.Text()
			if err := settings.SetSetting(ctx, settingReplyToken+ch.Name, token); err != nil {
				return nil, err
			}
		}
		tokens[ch.Name] = token
	}
	return tokens, nil
}

// makeURLs returns the addresses of every channel, for a relay that listens on address and that X reaches at public ("" for
// nowhere but there).
func makeURLs(c *config.Config, address string, tokens map[string]string, public string) []control.URLs {
	var all []control.URLs
	base := "http://" + reachable(address)
	replies := base
	if c.Reach.Tunnel == "ssh" && c.Reach.SSH.RemoteListen != "" {
		replies = "http://" + c.Reach.SSH.RemoteListen
	}
	for _, ch := range c.Channels {
		hook := public
		if hook == "" {
			hook = base + endpoint.PathEvents
			if len(c.Channels) > 1 {
				hook += "/" + ch.Name
			}
		}
		all = append(all, control.URLs{Channel: ch.Name, ReplyURL: replies + endpoint.PathReply + "/" + tokens[ch.Name], WebhookURL: hook})
	}
	return all
}

// reachable replaces "every address" by this computer's name, so that the URL can be used from another one.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		if name, err := os.Hostname(); err == nil {
			return net.JoinHostPort(name, port)
		}
	}
	return address
}

// hasPort reports whether an address names a real port.
func hasPort(address string) bool {
	_, port, err := net.SplitHostPort(address)
	n, convErr := strconv.Atoi(port)
	return err == nil && convErr == nil && n > 0
}
