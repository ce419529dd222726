package uitest

import (
	"context"
	"errors"
	"sync"

	"perch/app/config"
	"perch/app/control"
)

// Settings keeps settings in memory. It is safe for concurrent use.
type Settings struct {
	mu sync.Mutex
	// Stored is what is set now.
	Stored control.Settings
	// Secrets are the values by "channel/name".
	Secrets map[string]string
	// State is that of the vault, and Phrase what opens it; the first one that OpenVault gets where there is none.
	State  control.VaultState
	Phrase string
	// Broken is what storing a secret comes to while the keyring is in use; nil when it works.
	Broken error
}

// NewSettings returns the settings of a channel that is set up.
func NewSettings() *Settings {
	c := defaults()
	ch := DefaultChannel("support")
	ch.Motion.ReceiveURL = "https://motion.acme.example/api/openchannel/accounts/5/notify"
	c.Channels = []control.ChannelConfig{ch}
	c.Reach.Mode, c.Reach.PublicURL, c.Reach.Tunnel = "webhook", "https://perch.acme.example/api/messages", "ssh"
	c.Reach.SSH.Address, c.Reach.SSH.User = "gate.acme.example:22", "perch"
	s := &Settings{Secrets: map[string]string{}}
	s.Stored = control.Settings{Config: c, Exists: true, Path: "/home/admin/.config/perch/perch.toml", LogPath: "/home/admin/.local/state/perch/perch.log"}
	for _, name := range []string{"x.consumer_key", "x.consumer_secret", "x.access_token", "x.access_token_secret", "motion.password", "motion.api_key"} {
		s.Stored.Secrets = append(s.Stored.Secrets, control.SecretState{Channel: "support", Name: name, Set: name != "motion.api_key"})
	}
	for _, name := range []string{"reach.proxy_token", "reach.ngrok_token", "reach.cloudflared_token", "reach.ssh_passphrase"} {
		s.Stored.Secrets = append(s.Stored.Secrets, control.SecretState{Name: name})
	}
	return s
}

// NewEmpty returns the settings of a computer on which Perch was never set up.
func NewEmpty() *Settings {
	s := NewSettings()
	s.Stored.Config, s.Stored.Exists, s.Stored.Secrets = defaults(), false, nil
	return s
}

// defaults are what holds where nothing is said.
func defaults() control.Config {
	return control.Config{
		Listen: "127.0.0.1:3002", Secrets: "keyring", LogLevel: "info", Channels: []control.ChannelConfig{},
		Reach: control.ReachConfig{
			Mode: "stream", MotionProxy: control.MotionProxyConfig{Port: 3002}, SSH: control.SSHConfig{RemoteListen: "127.0.0.1:3002"},
			TLS: control.TLSConfig{Listen: ":443"},
		},
		Backup: control.BackupConfig{Keep: 14},
	}
}

// DefaultChannel is a channel without a Receive URL.
func DefaultChannel(name string) control.ChannelConfig {
	c := config.DefaultChannel(name)
	return control.ChannelConfig{Name: c.Name, X: control.XConfig(c.X), Motion: control.MotionConfig(c.Motion)}
}

// VaultState implements window.Vault.
func (s *Settings) VaultState(context.Context) control.VaultState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.State
}

// OpenVault implements window.Vault.
func (s *Settings) OpenVault(_ context.Context, phrase string, keep bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.State.Exists && phrase != s.Phrase {
		return errors.New("the passphrase does not open the vault")
	}
	s.Phrase = phrase
	s.State.Exists, s.State.Open, s.State.Unattended = true, true, keep
	return nil
}

// UseVault implements window.Vault.
func (s *Settings) UseVault(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Stored.Config.Secrets, s.State.Used = "vault", true
	return nil
}

// MoveSecrets implements window.Vault. A vault has to be open.
func (s *Settings) MoveSecrets(_ context.Context, place string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if place == "vault" && !s.State.Open {
		return errors.New("the vault is locked")
	}
	s.Stored.Config.Secrets, s.State.Used = place, place == "vault"
	return nil
}

// Settings implements window.Settings.
func (s *Settings) Settings(context.Context) (control.Settings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Stored, nil
}

// SaveSettings implements window.Settings. It finds two mistakes only.
func (s *Settings) SaveSettings(_ context.Context, c control.Config, dryRun bool) (control.Saved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	saved := control.Saved{Problems: []control.Problem{}}
	if c.Listen != s.Stored.Config.Listen {
		saved.Restart, saved.RestartFields = true, []string{"listen", "reach.ssh.user", "channel.0.x.api"}
	}
	if c.Listen == "" || c.Listen == "nowhere" {
		saved.Problems = append(saved.Problems, control.Problem{Field: "listen", Message: "listen is not host:port", Remedy: `write for example "127.0.0.1:3002"`})
	}
	if len(c.Channels) == 0 || c.Channels[0].Motion.ReceiveURL == "" {
		saved.Problems = append(saved.Problems, control.Problem{
			Field: "channel.0.motion.receive_url", Message: "motion.receive_url is missing", Remedy: "copy it from the Open Channel account in Motion",
		})
	}
	if len(saved.Problems) == 0 && !dryRun {
		s.Stored.Config, s.Stored.Exists = c, true
	}
	return saved, nil
}

// SetSecret implements window.Settings. A value "refused" is stored, and refused by the relay.
func (s *Settings) SetSecret(_ context.Context, channel, name, value string) (control.ReloadResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Broken != nil && s.Stored.Config.Secrets == "keyring" {
		return control.ReloadResult{}, s.Broken
	}
	s.Secrets[channel+"/"+name] = value
	states := append([]control.SecretState(nil), s.Stored.Secrets...)
	for i := range states {
		if states[i].Channel == channel && states[i].Name == name {
			states[i].Set = value != ""
			s.Stored.Secrets = states
			return outcomeOf(channel+"/"+name, value), nil
		}
	}
	s.Stored.Secrets = append(states, control.SecretState{Channel: channel, Name: name, Set: value != ""})
	return outcomeOf(channel+"/"+name, value), nil
}

func outcomeOf(name, value string) control.ReloadResult {
	if value != "refused" {
		return control.ReloadResult{Applied: []string{name}}
	}
	why := control.Problem{Field: name, Message: "X does not take the new keys of channel support", Remedy: "store all of them that were made together"}
	return control.ReloadResult{Restart: true, Refused: []control.Problem{why}}
}

// CheckSettings implements window.Settings.
func (s *Settings) CheckSettings(_ context.Context, what string, _ control.CheckRequest) (control.CheckResult, error) {
	results := map[string]control.CheckResult{
		control.CheckXKeys:        {OK: true, Message: "X takes the keys: you are @acme_support", Account: "acme_support"},
		control.CheckXPermissions: {OK: true, Message: "the keys may read, write and use direct messages", Account: "acme_support"},
		control.CheckMotionURL:    {OK: true, Message: "Motion answers at https://motion.acme.example"},
		control.CheckMotionCredentials: {
			OK: true, Message: `Motion takes the credentials; the Map Key is "twitter"`, Accounts: []control.MotionAccount{
				{ID: "5", Name: "X support", MapKey: "twitter", ReceiveURL: "https://motion.acme.example/api/openchannel/accounts/5/notify"},
				{ID: "9", Name: "X sales", MapKey: "twitter", ReceiveURL: "https://motion.acme.example/api/openchannel/accounts/9/notify"},
			},
		},
		control.CheckAttachments:   {OK: true, Message: "a file was stored in Motion and fetched again"},
		control.CheckPublicAddress: {Message: "nobody answers at https://perch.acme.example/api/messages (connection refused)", Remedy: "start the relay, and check the name, the port and the firewall"},
	}
	return results[what], nil
}
