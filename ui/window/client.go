package window

import (
	"context"
	"time"

	"perch/app/control"
	"perch/app/desk"
	"perch/ui/watch"
)

// Messages is the traffic of the relay.
type Messages interface {
	Message(ctx context.Context, id int64) (control.Detail, error)
	// Conversation returns what was said with a customer, one for each channel that knows anything.
	Conversation(ctx context.Context, q control.ConversationQuery) ([]control.Conversation, error)
	// Details gives messages in full; see control.Client.
	Details(ctx context.Context, q control.Query) ([]control.Detail, error)
	// File fetches a file of a message; it may take as long as the other side does.
	File(ctx context.Context, id int64, n int) (control.File, error)
}

// Actions is what a person can do to messages and to the relay.
type Actions interface {
	Act(ctx context.Context, id int64, act string) error
	// Edit gives a reply that failed another text and sends it.
	Edit(ctx context.Context, id int64, text string) error
	RetryAllDead(ctx context.Context) (int, error)
	Pause(ctx context.Context) error
	// PauseFor is a pause that ends by itself, and returns when.
	PauseFor(ctx context.Context, d time.Duration) (until time.Time, err error)
	Resume(ctx context.Context) error
}

// Replies is where Motion sends agents' answers; see control.ReplyURLs for what it guarantees.
type Replies interface {
	ReplyURL(ctx context.Context, channel string) (control.ReplyURL, error)
	WriteReplyURL(ctx context.Context, channel, inMotion string) (control.ReplyURL, error)
}

// Backups are made by the relay; see control.Backups for what it guarantees.
type Backups interface {
	Backup(ctx context.Context, r control.BackupRequest) (control.BackupMade, error)
}

// Alerts tell people of trouble; see control.Alerts for what it guarantees.
type Alerts interface {
	TestAlerts(ctx context.Context, name string) ([]control.AlertTest, error)
}

// Relay is a relay as control.Client offers it.
type Relay interface {
	watch.Relay
	Messages
	Actions
	Replies
	Backups
	Alerts
}

// Settings is what can be set; see control.SettingsBackend for what it guarantees.
type Settings interface {
	Settings(ctx context.Context) (control.Settings, error)
	SaveSettings(ctx context.Context, c control.Config, dryRun bool) (control.Saved, error)
	SetSecret(ctx context.Context, channel, name, value string) (control.ReloadResult, error)
	CheckSettings(ctx context.Context, what string, r control.CheckRequest) (control.CheckResult, error)
}

// Chat keeps the keys of encrypted chat; see control.ChatBackend for what it guarantees.
type Chat interface {
	ImportChat(ctx context.Context, channel, pasted string) (control.ChatResult, error)
	UnlockChat(ctx context.Context, channel, pin string, confirm func(left int) bool) (control.ChatResult, error)
	CheckChat(ctx context.Context, channel string) (control.ChatResult, error)
	ForgetChat(ctx context.Context, channel string) (control.ChatResult, error)
}

// Login logs a channel in to X by OAuth 2.0. It calls show with the address that the person has to open in a browser on this
// computer, waits for the person, and returns the account's handle. clientID is "" for the stored one.
type Login func(ctx context.Context, channel, clientID string, show func(address string)) (handle string, err error)

// Vault is the encrypted file of secrets that stands in where there is no keyring.
type Vault interface {
	VaultState(ctx context.Context) control.VaultState
	// OpenVault takes the passphrase, for this run or, with keep, for every relay of this computer.
	OpenVault(ctx context.Context, phrase string, keep bool) error
	// UseVault makes the vault the place of the secrets; MoveSecrets takes them along, to "vault" or "keyring".
	UseVault(ctx context.Context) error
	MoveSecrets(ctx context.Context, place string) error
}

// Process starts and stops the relay.
type Process interface {
	// Run does "start", "stop" or "restart" and returns when it is done.
	Run(ctx context.Context, what string) error
	// Demo starts the demo, which opens a window of its own.
	Demo(ctx context.Context) error
}

// Caller tells when somebody else would open the window, which comes to the front instead; single.First does it.
type Caller interface {
	// Serve calls show until ctx ends. show returns once the window has come to the front.
	Serve(ctx context.Context, show func(ctx context.Context, section string) error) error
}

// Desktop is the desktop that the window is on. Its methods are called in the background.
type Desktop interface {
	watch.Desktop
	// SetLogin makes Perch start at login or not; its error is a sentence.
	SetLogin(on bool, host desk.Answer) error
	// Raise brings a window to the front, minimised or not; its error is a sentence.
	Raise(ctx context.Context, window uintptr) error
}
