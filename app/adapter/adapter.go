// Package adapter makes what speaks to X and Motion out of perch.toml and the secrets.
//
// It guarantees that the relay, the checks of settings and the doctor all take a channel's settings in the same way. A
// secret that is not set is left out, so that who needs it says what it misses. Nobody is called, and nothing is kept.
package adapter

import (
	"log/slog"

	"perch/app/config"
	"perch/app/version"
	"perch/bridge"
	"perch/bridge/motion"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

// XConfig is what a channel's client of X is made of; quota may be nil.
func XConfig(ch config.Channel, values map[secret.Key]string, quota bridge.Quota, log *slog.Logger) xapi.Config {
	return xapi.Config{
		Profile: ch.X.API, APIBase: ch.X.APIBase, UploadBase: ch.X.UploadBase, MediaHosts: ch.X.MediaHosts, Quota: quota,
		Log: log.With("channel", ch.Name), Channel: ch.Name, Environment: ch.X.Environment, UserAgent: "Perch/" + version.Number,
		Keys: XKeys(ch.Name, values), Login: XLogin(ch.Name, values),
	}
}

// Wanted is what a channel wants to hear of from X, as the settings and the secrets have it.
func Wanted(ch config.Channel, values map[secret.Key]string) bridge.Wanted {
	chat, err := ChatKeys(ch.Name, values)
	return bridge.Wanted{Mentions: ch.X.Mentions, Encrypted: ch.X.Chat, Chat: err == nil && !chat.IsZero()}
}

// XKeys are the keys of X of a channel.
func XKeys(channel string, values map[secret.Key]string) xapi.Keys {
	of := func(name string) string { return values[secret.Key{Channel: channel, Name: name}] }
	return xapi.Keys{
		ConsumerKey: of("x.consumer_key"), ConsumerSecret: of("x.consumer_secret"),
		AccessToken: of("x.access_token"), AccessTokenSecret: of("x.access_token_secret"),
	}
}

// MotionConfig is what a channel's client of Motion is made of.
func MotionConfig(ch config.Channel, values map[secret.Key]string, log *slog.Logger) motion.Config {
	of := func(name string) string { return values[secret.Key{Channel: ch.Name, Name: name}] }
	return motion.Config{
		ReceiveURL: ch.Motion.ReceiveURL, BaseURL: ch.Motion.BaseURL, MapKey: ch.Motion.MapKey, User: ch.Motion.User,
		Password: of("motion.password"), APIKey: of("motion.api_key"), TLSPin: ch.Motion.TLSPin, Log: log.With("channel", ch.Name),
	}
}
