// Package config reads and writes perch.toml and knows where Perch keeps its files.
//
// It guarantees that a Config that Load or Parse returns is complete (defaults filled in) and valid; that everything
// wrong with a file is told at once, each mistake with its line and what to do about it; that a key that Perch does not
// know is a mistake; that no secret is asked for or kept in the file, and none that was written there by mistake is
// repeated in an error; and that Save replaces the file as a whole or not at all. Errors are *bridge.Error.
package config

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The values of Config.Secrets.
const (
	SecretsKeyring = "keyring"
	SecretsVault   = "vault"
)

// The values of Reach.Mode.
const (
	ModeStream  = "stream"
	ModeWebhook = "webhook"
	ModePoll    = "poll"
)

// Modes lists them all, in the order in which people choose.
func Modes() []string { return []string{ModeStream, ModeWebhook, ModePoll} }

// The values of Reach.Tunnel; it may be empty.
const (
	TunnelSSH         = "ssh"
	TunnelNgrok       = "ngrok"
	TunnelCloudflared = "cloudflared"
	TunnelTLS         = "tls"
)

// Tunnels lists them all, "" for none among them, in the order in which people choose.
func Tunnels() []string { return []string{"", TunnelSSH, TunnelNgrok, TunnelCloudflared, TunnelTLS} }

// The values of XConfig.API.
const (
	APIv2 = "v2"
	APIv1 = "v1.1"
)

// Config is the content of perch.toml. The zero value is not valid; start from Default.
type Config struct {
	// Listen is the host:port of the webhook and of the Reply URL; port 0 means any free one.
	Listen string `toml:"listen"`
	// Secrets says where secrets are kept: SecretsKeyring or SecretsVault.
	Secrets string `toml:"secrets"`
	// LogFile replaces the log file of Home; empty means that one.
	LogFile string `toml:"log_file"`
	// LogLevel is debug, info, warn or error.
	LogLevel string `toml:"log_level"`
	// LegacyReplyPath serves the old plugin's Reply URL too, which has no token.
	LegacyReplyPath bool      `toml:"legacy_reply_path"`
	Reach           Reach     `toml:"reach"`
	Backup          Backup    `toml:"backup"`
	Update          Update    `toml:"update"`
	Costs           Costs     `toml:"costs"`
	Web             Web       `toml:"web"`
	Metrics         Metrics   `toml:"metrics"`
	Alerts          []Alert   `toml:"alert"`
	Channels        []Channel `toml:"channel"`
}

// ChannelNames are the names of the channels, in their order.
func (c *Config) ChannelNames() []string {
	names := make([]string, 0, len(c.Channels))
	for _, ch := range c.Channels {
		names = append(names, ch.Name)
	}
	return names
}

// Reach says how X's events come in.
type Reach struct {
	// Mode is one of Modes.
	Mode string `toml:"mode"`
	// PublicURL is the full URL that X calls; empty means that the tunnel gives it, or that it is built for MotionProxy.
	PublicURL string `toml:"public_url"`
	// Tunnel is one of the constants, or empty for none.
	Tunnel string `toml:"tunnel"`
	// ReplyPublic serves the Reply URL, too, where the tunnel is public.
	ReplyPublic bool        `toml:"reply_public"`
	MotionProxy MotionProxy `toml:"motion_proxy"`
	SSH         SSH         `toml:"ssh"`
	Ngrok       Ngrok       `toml:"ngrok"`
	Cloudflared Cloudflared `toml:"cloudflared"`
	TLS         TLS         `toml:"tls"`
}

// MotionProxy is Motion's own webhook proxy; it is in use when Host is set.
type MotionProxy struct {
	// Host is the Motion server's public host or host:port.
	Host string `toml:"host"`
	// Port is the port on the Motion server to which its proxy hands on.
	Port int `toml:"port"`
}

// SSH is a remote forward to a server that X or Motion can reach.
type SSH struct {
	// Address is the server's host:port.
	Address string `toml:"address"`
	User    string `toml:"user"`
	// RemoteListen is the host:port on which the server listens for Perch.
	RemoteListen string `toml:"remote_listen"`
	// IdentityFile and KnownHosts are paths; empty means the agent's keys and the user's known_hosts.
	IdentityFile string `toml:"identity_file"`
	KnownHosts   string `toml:"known_hosts"`
}

// Ngrok is a tunnel of ngrok.
type Ngrok struct {
	// Domain is the reserved domain; empty means the account's own one.
	Domain string `toml:"domain"`
}

// Cloudflared is a tunnel of Cloudflare.
type Cloudflared struct {
	// Path is that of the program cloudflared; empty means the one on PATH.
	Path string `toml:"path"`
}

// TLS lets Perch serve https to X itself, with a certificate from files or one that it gets by ACME.
type TLS struct {
	CertFile   string `toml:"cert_file"`
	KeyFile    string `toml:"key_file"`
	ACMEDomain string `toml:"acme_domain"`
	ACMEEmail  string `toml:"acme_email"`
	// Listen is the host:port that X reaches.
	Listen string `toml:"listen"`
}

// Backup says how the relay backs itself up.
type Backup struct {
	// Every is the time between two backups, such as "24h"; empty or "0" for none by itself, see Interval.
	Every string `toml:"every"`
	// Keep is how many of those that the relay has made itself are kept.
	Keep int `toml:"keep"`
	// Folder is where they are, as a full path; empty means Home.Backups.
	Folder string `toml:"folder"`
}

// Interval is the time between two backups; 0 for none by itself.
func (b Backup) Interval() time.Duration {
	every, err := time.ParseDuration(b.Every)
	if err != nil { // empty; all else was refused
		return 0
	}
	return every
}

// Update says where Perch may look for a newer version of itself.
type Update struct {
	// Feed is the address of a release feed; empty for none. Key is the minisign public key that signs it.
	Feed string `toml:"feed"`
	Key  string `toml:"key"`
	// CheckDaily lets the relay look by itself.
	CheckDaily bool `toml:"check_daily"`
}

// Web says whether the window is served to browsers, and where.
type Web struct {
	Enabled bool `toml:"enabled"`
	// Listen is the host:port of the page; one that is not loopback needs a certificate.
	Listen string `toml:"listen"`
	// CertFile and KeyFile are paths; with them the page is served by https.
	CertFile string `toml:"cert_file"`
	KeyFile  string `toml:"key_file"`
}

// IsLoopback reports whether only this computer reaches the page.
func (w Web) IsLoopback() bool { return isLoopback(w.Listen) }

// Metrics says where Prometheus finds the relay's figures.
type Metrics struct {
	// Listen is the host:port of /metrics, on loopback; empty for none, and port 0 for any free one. The control socket has them
	// in any case.
	Listen string `toml:"listen"`
}

// isLoopback reports whether only this computer reaches a host:port.
func isLoopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || (ip != nil && ip.IsLoopback()))
}

// Channel joins one X account with one Open Channel account of Motion.
type Channel struct {
	// Name is up to 32 small letters, digits and hyphens, and unique.
	Name   string       `toml:"name"`
	X      XConfig      `toml:"x"`
	Motion MotionConfig `toml:"motion"`
	Agents AgentsConfig `toml:"agents"`
}

// XConfig is a channel's side of X.
type XConfig struct {
	// API is APIv2 or APIv1.
	API string `toml:"api"`
	// Environment is the label of the v1.1 dev environment.
	Environment string `toml:"environment"`
	// Mentions hands on public posts that mention the account.
	Mentions bool `toml:"mentions"`
	// Chat subscribes notices of encrypted messages, which X charges for.
	Chat bool `toml:"chat"`
	// APIBase and UploadBase are X's addresses.
	APIBase    string `toml:"api_base"`
	UploadBase string `toml:"upload_base"`
	// MediaHosts are the hosts ("host" or "host:port") from which customers' files are fetched.
	MediaHosts []string `toml:"media_hosts"`
}

// MotionConfig is a channel's side of Motion.
type MotionConfig struct {
	// ReceiveURL is the account's Receive URL, used as it stands.
	ReceiveURL string `toml:"receive_url"`
	// BaseURL is the address of Motion's API; empty means scheme and host of ReceiveURL, see Base.
	BaseURL string `toml:"base_url"`
	// MapKey is the contact field that holds the X handle; empty means that the account is asked.
	MapKey string `toml:"map_key"`
	// User is the account for files and the Map Key.
	User string `toml:"user"`
	// TLSPin is the SHA-256 of the one certificate to trust, in hex; empty means the usual rules.
	TLSPin string `toml:"tls_pin"`
}

// AgentsConfig is what a channel does for the agents beside carrying messages. All of it is off unless somebody wants it.
type AgentsConfig struct {
	// WhoWrites puts what X tells of a new customer into the contact.
	WhoWrites bool `toml:"who_writes"`
	// AnsweredPost puts a line with the post that a public post answers or quotes before it. X charges where it has to be asked.
	AnsweredPost bool `toml:"answered_post"`
	// DM, Hide, Thread and Link are the commands that agents may begin a reply with: /dm, /hide, /thread, /link.
	DM     bool `toml:"dm"`
	Hide   bool `toml:"hide"`
	Thread bool `toml:"thread"`
	Link   bool `toml:"link"`
}

// Base returns the address of Motion's API without a slash at the end.
func (m MotionConfig) Base() string { return baseOf(m.BaseURL, m.ReceiveURL) }

var mediaHosts = []string{"ton.twitter.com", "ton.x.com", "pbs.twimg.com", "video.twimg.com", "api.x.com", "api.twitter.com"}

// Default returns what holds where perch.toml says nothing. It has no channel yet, and so is not valid.
func Default() *Config {
	return &Config{
		Listen: "127.0.0.1:3002", Secrets: SecretsKeyring, LogLevel: "info",
		Reach: Reach{
			Mode: ModeStream, MotionProxy: MotionProxy{Port: 3002}, SSH: SSH{RemoteListen: "127.0.0.1:3002"}, TLS: TLS{Listen: ":443"},
		},
		Backup: Backup{Keep: 14}, Web: Web{Listen: "127.0.0.1:3004"},
	}
}

// DefaultChannel returns what holds where a [[channel]] says nothing. It has no Receive URL yet.
func DefaultChannel(name string) Channel {
	return Channel{
		Name: name,
		X: XConfig{
			API: APIv2, Mentions: true, Chat: true, APIBase: "https://api.x.com", UploadBase: "https://upload.twitter.com",
			MediaHosts: slices.Clone(mediaHosts),
		},
		Motion: MotionConfig{User: "admin"},
	}
}

// baseOf returns base, or scheme and host of address, without a slash at the end.
func baseOf(base, address string) string {
	if u, err := url.Parse(address); base == "" && err == nil && u.Host != "" {
		base = u.Scheme + "://" + u.Host
	}
	return strings.TrimRight(base, "/")
}
