package control

// Config is perch.toml with its own names.
type Config struct {
	Listen          string          `json:"listen"`
	Secrets         string          `json:"secrets"`
	LogFile         string          `json:"log_file"`
	LogLevel        string          `json:"log_level"`
	LegacyReplyPath bool            `json:"legacy_reply_path"`
	Reach           ReachConfig     `json:"reach"`
	Backup          BackupConfig    `json:"backup"`
	Update          UpdateConfig    `json:"update"`
	Costs           CostsConfig     `json:"costs"`
	Web             WebConfig       `json:"web"`
	Metrics         MetricsConfig   `json:"metrics"`
	Alerts          []AlertConfig   `json:"alert"`
	Channels        []ChannelConfig `json:"channel"`
}

// ReachConfig is the table [reach].
type ReachConfig struct {
	Mode        string            `json:"mode"`
	PublicURL   string            `json:"public_url"`
	Tunnel      string            `json:"tunnel"`
	ReplyPublic bool              `json:"reply_public"`
	MotionProxy MotionProxyConfig `json:"motion_proxy"`
	SSH         SSHConfig         `json:"ssh"`
	Ngrok       NgrokConfig       `json:"ngrok"`
	Cloudflared CloudflaredConfig `json:"cloudflared"`
	TLS         TLSConfig         `json:"tls"`
}

// MotionProxyConfig is the table [reach.motion_proxy].
type MotionProxyConfig struct {
	Host string `json:"host"`
	Port int    `json:"port"`
}

// SSHConfig is the table [reach.ssh].
type SSHConfig struct {
	Address      string `json:"address"`
	User         string `json:"user"`
	RemoteListen string `json:"remote_listen"`
	IdentityFile string `json:"identity_file"`
	KnownHosts   string `json:"known_hosts"`
}

// NgrokConfig is the table [reach.ngrok].
type NgrokConfig struct {
	Domain string `json:"domain"`
}

// CloudflaredConfig is the table [reach.cloudflared].
type CloudflaredConfig struct {
	Path string `json:"path"`
}

// TLSConfig is the table [reach.tls].
type TLSConfig struct {
	CertFile   string `json:"cert_file"`
	KeyFile    string `json:"key_file"`
	ACMEDomain string `json:"acme_domain"`
	ACMEEmail  string `json:"acme_email"`
	Listen     string `json:"listen"`
}

// BackupConfig is the table [backup].
type BackupConfig struct {
	Every  string `json:"every"`
	Keep   int    `json:"keep"`
	Folder string `json:"folder"`
}

// UpdateConfig is the table [update].
type UpdateConfig struct {
	Feed       string `json:"feed"`
	Key        string `json:"key"`
	CheckDaily bool   `json:"check_daily"`
}

// CostsConfig is the table [costs].
type CostsConfig struct {
	MonthlyBudget string       `json:"monthly_budget"`
	StopLookUps   bool         `json:"stop_lookups"`
	FlagLinks     bool         `json:"flag_links"`
	Prices        PricesConfig `json:"prices"`
}

// PricesConfig is the table [costs.prices].
type PricesConfig struct {
	DMReceived    string `json:"dm_received"`
	ChatReceived  string `json:"chat_received"`
	PostReceived  string `json:"post_received"`
	DMSent        string `json:"dm_sent"`
	ChatSent      string `json:"chat_sent"`
	ReplySent     string `json:"reply_sent"`
	ReplyLinkSent string `json:"reply_link_sent"`
	ReplyHidden   string `json:"reply_hidden"`
	DMRead        string `json:"dm_read"`
	ChatRead      string `json:"chat_read"`
	PostRead      string `json:"post_read"`
	UserRead      string `json:"user_read"`
	OwnRead       string `json:"own_read"`
}

// WebConfig is the table [web].
type WebConfig struct {
	Enabled  bool   `json:"enabled"`
	Listen   string `json:"listen"`
	CertFile string `json:"cert_file"`
	KeyFile  string `json:"key_file"`
}

// MetricsConfig is the table [metrics].
type MetricsConfig struct {
	Listen string `json:"listen"`
}

// AlertConfig is one [[alert]].
type AlertConfig struct {
	Name        string   `json:"name"`
	Kind        string   `json:"kind"`
	URL         string   `json:"url"`
	After       string   `json:"after"`
	Waiting     string   `json:"waiting"`
	Quiet       string   `json:"quiet"`
	Every       string   `json:"every"`
	IncludeText bool     `json:"include_text"`
	Server      string   `json:"server"`
	TLS         string   `json:"tls"`
	User        string   `json:"user"`
	From        string   `json:"from"`
	To          []string `json:"to"`
}

// ChannelConfig is one [[channel]].
type ChannelConfig struct {
	Name   string       `json:"name"`
	X      XConfig      `json:"x"`
	Motion MotionConfig `json:"motion"`
	Agents AgentsConfig `json:"agents"`
}

// AgentsConfig is the table [channel.agents].
type AgentsConfig struct {
	WhoWrites    bool `json:"who_writes"`
	AnsweredPost bool `json:"answered_post"`
	DM           bool `json:"dm"`
	Hide         bool `json:"hide"`
	Thread       bool `json:"thread"`
	Link         bool `json:"link"`
}

// XConfig is the table [channel.x].
type XConfig struct {
	API         string   `json:"api"`
	Environment string   `json:"environment"`
	Mentions    bool     `json:"mentions"`
	Chat        bool     `json:"chat"`
	APIBase     string   `json:"api_base"`
	UploadBase  string   `json:"upload_base"`
	MediaHosts  []string `json:"media_hosts"`
}

// MotionConfig is the table [channel.motion].
type MotionConfig struct {
	ReceiveURL string `json:"receive_url"`
	BaseURL    string `json:"base_url"`
	MapKey     string `json:"map_key"`
	User       string `json:"user"`
	TLSPin     string `json:"tls_pin"`
}
