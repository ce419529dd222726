package control

import "context"

// The checks of CheckSettings, each named by what it tries.
const (
	// CheckXKeys asks X whose keys they are.
	CheckXKeys = "x-keys"
	// CheckXPermissions asks X whether the keys may read and write direct messages.
	CheckXPermissions = "x-permissions"
	// CheckMotionURL asks whether Motion answers where the Receive URL points.
	CheckMotionURL = "motion-url"
	// CheckMotionCredentials asks whether Motion takes the user, and finds the Open Channel accounts.
	CheckMotionCredentials = "motion-credentials"
	// CheckAttachments stores a small file in Motion and fetches it again.
	CheckAttachments = "attachments"
	// CheckPublicAddress calls the public address as X does.
	CheckPublicAddress = "public-address"
)

// Checks returns the names of all checks, in the order in which a person would make them.
func Checks() []string {
	return []string{CheckXKeys, CheckXPermissions, CheckMotionURL, CheckMotionCredentials, CheckAttachments, CheckPublicAddress}
}

// SettingsBackend keeps what people can set. Implementations are safe for concurrent use. Every error is a
// *bridge.Error; what is wrong with a value is no error but a Problem or a CheckResult.
type SettingsBackend interface {
	// Settings returns what is set now.
	Settings(ctx context.Context) (Settings, error)
	// SaveSettings checks a configuration and, unless dryRun is set or something is wrong, replaces the file as a whole.
	SaveSettings(ctx context.Context, c Config, dryRun bool) (Saved, error)
	// SetSecret stores a secret, or removes it when value is empty, and says what a running relay made of it. channel is
	// empty for a global one. Secrets that are removed twice are no error.
	SetSecret(ctx context.Context, channel, name, value string) (ReloadResult, error)
	// CheckSettings tries one thing and answers in words within 10 seconds.
	CheckSettings(ctx context.Context, what string, r CheckRequest) (CheckResult, error)
}

// Settings is everything that can be set. Values of secrets are never part of it.
type Settings struct {
	Config Config `json:"config"`
	// Exists is false while there is no perch.toml; Config then holds the defaults.
	Exists bool `json:"exists"`
	// Problem says what is wrong with perch.toml; nil when nothing is. Config then holds what it says all the same.
	Problem *Failure `json:"problem,omitempty"`
	// Unread is set when it cannot be read at all, and Config holds the defaults: what is saved then replaces a file that
	// nobody has seen. The old one stays beside it as perch.toml.bak.
	Unread bool `json:"unread,omitempty"`
	// Path is where perch.toml is, and LogPath the log.
	Path    string `json:"path"`
	LogPath string `json:"log_path"`
	// Secrets lists every secret that the configuration can use.
	Secrets []SecretState `json:"secrets"`
	// SecretsProblem says why the secrets cannot be read; all of them then count as not set.
	SecretsProblem *Failure `json:"secrets_problem,omitempty"`
}

// VaultState is how the encrypted file of secrets stands.
type VaultState struct {
	// Used is set when secrets are kept in it.
	Used bool
	// Exists is false until the first secret is stored: a passphrase then has to be chosen.
	Exists bool
	// Open is set when this program can read it or make it.
	Open bool
	// Unattended is set when a relay finds the passphrase by itself.
	Unattended bool
	// Least is how many characters the passphrase of a new vault has at least.
	Least int
}

// SecretState tells whether a secret has a value.
type SecretState struct {
	// Channel is empty for a global secret.
	Channel string `json:"channel,omitempty"`
	Name    string `json:"name"`
	Set     bool   `json:"set"`
}

// Has reports whether a secret has a value.
func (s Settings) Has(channel, name string) bool {
	for _, one := range s.Secrets {
		if one.Channel == channel && one.Name == name {
			return one.Set
		}
	}
	return false
}

// Saved is what became of a SaveSettings.
type Saved struct {
	// Problems is empty when all is well; otherwise nothing was written.
	Problems []Problem `json:"problems"`
	// ReloadResult is what a running relay made of them, or would make in a dry run.
	ReloadResult
}

// CheckRequest says what to try a check with.
type CheckRequest struct {
	// Channel is the name of the channel to check; empty for the first one.
	Channel string `json:"channel,omitempty"`
	// Config is tried instead of the saved one; nil means the saved one. Secrets are always the saved ones.
	Config *Config `json:"config,omitempty"`
}

// CheckResult is the outcome of a check, in words.
type CheckResult struct {
	OK      bool   `json:"ok"`
	Message string `json:"message"`
	Remedy  string `json:"remedy,omitempty"`
	// Account is the handle that X told, without "@" (x-keys).
	Account string `json:"account,omitempty"`
	// Accounts are Motion's Open Channel accounts, as far as it tells them (motion-credentials).
	Accounts []MotionAccount `json:"accounts,omitempty"`
}

// MotionAccount is one Open Channel account of Motion. Any field but ID may be empty.
type MotionAccount struct {
	ID         string `json:"id"`
	Name       string `json:"name,omitempty"`
	ReceiveURL string `json:"receive_url,omitempty"`
	MapKey     string `json:"map_key,omitempty"`
	ReplyURL   string `json:"reply_url,omitempty"`
}
