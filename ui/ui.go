// Package ui is Perch's window: what the admin sees and touches.
//
// It is a client of the control API like the tray and the command line, and guarantees that closing it, killing it or
// losing the display touches no message. Everything slow happens in the watcher, which alone hops to Fyne's thread and
// does so a few times a second at most, whatever the traffic; methods named render… and on… run on that thread. The
// package never imports fyne/app, so that all of it is tested without cgo and without a display.
package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/translation"
)

// Reading is what the window asks the relay for.
type Reading interface {
	Status(ctx context.Context) (control.Status, error)
	Limits(ctx context.Context) ([]control.Limit, error)
	URLs(ctx context.Context) ([]control.URLs, error)
}

// Messages is the traffic of the relay.
type Messages interface {
	Messages(ctx context.Context, q control.Query) ([]control.Message, error)
	Message(ctx context.Context, id int64) (control.Detail, error)
	// File fetches a file of a message; it may take as long as the other side does.
	File(ctx context.Context, id int64, n int) (control.File, error)
	Follow(ctx context.Context, q control.Query, show func(control.Message)) error
}

// Steering is what people can do to messages and to the relay.
type Steering interface {
	Act(ctx context.Context, id int64, act string) error
	RetryAllDead(ctx context.Context) (int, error)
	Pause(ctx context.Context) error
	Resume(ctx context.Context) error
}

// Replies is where Motion sends agents' answers; see control.ReplyURLs for what it guarantees.
type Replies interface {
	ReplyURL(ctx context.Context, channel string) (control.ReplyURL, error)
	WriteReplyURL(ctx context.Context, channel, inMotion string) (control.ReplyURL, error)
}

// Relay is a relay as control.Client offers it.
type Relay interface {
	Reading
	Messages
	Steering
	Replies
}

// Settings is what people can set; see control.SettingsBackend for what it guarantees.
type Settings interface {
	Settings(ctx context.Context) (control.Settings, error)
	SaveSettings(ctx context.Context, c control.Config, dryRun bool) (control.Saved, error)
	SetSecret(ctx context.Context, channel, name, value string) (control.Taken, error)
	CheckSettings(ctx context.Context, what string, r control.CheckRequest) (control.CheckResult, error)
}

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

// Options are what a window is made of. App, Relay, Settings, Vault, Process, Desktop and Texts are needed.
type Options struct {
	App      fyne.App
	Relay    Relay
	Settings Settings
	Vault    Vault
	Process  Process
	Desktop  Desktop
	Texts    *translation.Texts
	// Memory is the path of the file in which the window remembers its size, section and theme; "" for nowhere.
	Memory string
	// Downloads is the folder into which files are saved; "" for the person's own.
	Downloads string
	// LogPath is where the log is until the settings have told.
	LogPath string
	// Section is the section to open; "" for the one that was open last.
	Section string
	// Theme is kit.ModeLight or kit.ModeDark; "" for the remembered one.
	Theme string
	// Exit ends the program when Fyne does not within 2 s of the window's end; nil waits for ever.
	Exit func(code int)
	// Now is the time; nil for time.Now.
	Now func() time.Time
	// Post runs a function on Fyne's thread; nil for fyne.Do.
	Post func(func())
}

// FirstOf returns settings that ask the relay, and the local files where no relay runs or the relay does not offer
// settings.
func FirstOf(relay, local Settings) Settings { return &firstOf{relay, local} }

type firstOf struct{ relay, local Settings }

func isElsewhere(err error) bool {
	return errors.Is(err, control.ErrNotRunning) || errors.Is(err, control.ErrNoSettings)
}

func (f *firstOf) Settings(ctx context.Context) (control.Settings, error) {
	s, err := f.relay.Settings(ctx)
	if isElsewhere(err) {
		return f.local.Settings(ctx)
	}
	return s, err
}

func (f *firstOf) SaveSettings(ctx context.Context, c control.Config, dryRun bool) (control.Saved, error) {
	s, err := f.relay.SaveSettings(ctx, c, dryRun)
	if isElsewhere(err) {
		return f.local.SaveSettings(ctx, c, dryRun)
	}
	return s, err
}

func (f *firstOf) SetSecret(ctx context.Context, channel, name, value string) (control.Taken, error) {
	taken, err := f.relay.SetSecret(ctx, channel, name, value)
	if isElsewhere(err) {
		return f.local.SetSecret(ctx, channel, name, value)
	}
	return taken, err
}

func (f *firstOf) CheckSettings(ctx context.Context, what string, r control.CheckRequest) (control.CheckResult, error) {
	result, err := f.relay.CheckSettings(ctx, what, r)
	if isElsewhere(err) {
		return f.local.CheckSettings(ctx, what, r)
	}
	return result, err
}
