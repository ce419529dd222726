package ui

import (
	"context"

	"perch/app/control"
	"perch/app/desk"
)

// Browser is what a window in a browser has in place of a computer of its own: the relay that serves it. It implements
// window.Process, window.Desktop and window.Vault; what only a desktop can do is an error with what to type instead.
type Browser struct{ Client *control.Client }

// Run implements window.Process.
func (b Browser) Run(ctx context.Context, what string) error {
	switch what {
	case "stop":
		return b.Client.Stop(ctx)
	case "restart":
		return b.Client.Restart(ctx)
	}
	return control.Said("a browser cannot start the relay that serves its page; type on the relay's computer: perch start")
}

// Demo implements window.Process.
func (Browser) Demo(context.Context) error {
	return control.Said("the demo runs on a computer of its own; type there: perch demo")
}

// TrayHost implements window.Desktop: there is no tray to speak of.
func (Browser) TrayHost(context.Context) desk.Answer { return desk.Unknown }

// Login implements window.Desktop.
func (Browser) Login() desk.Answer { return desk.Unknown }

// SetLogin implements window.Desktop.
func (Browser) SetLogin(bool, desk.Answer) error {
	return control.Said("a browser cannot say what the relay's computer starts; type there: perch service install")
}

// VaultState implements window.Vault: a relay that runs has opened its vault.
func (b Browser) VaultState(ctx context.Context) control.VaultState {
	s, err := b.Client.Settings(ctx)
	isUsed := err == nil && s.Config.Secrets == "vault"
	return control.VaultState{Used: isUsed, Exists: isUsed, Open: true, Unattended: true}
}

// OpenVault implements window.Vault.
func (Browser) OpenVault(context.Context, string, bool) error {
	return control.Said("the vault is opened on the relay's computer; type there: perch restart")
}

// UseVault implements window.Vault.
func (b Browser) UseVault(ctx context.Context) error { return b.MoveSecrets(ctx, "vault") }

// MoveSecrets implements window.Vault.
func (Browser) MoveSecrets(_ context.Context, place string) error {
	return control.Said("secrets are moved on the relay's computer; type there: perch secret move " + place)
}
