package ui

import (
	"context"

	"perch/app/control"
	"perch/app/desk"
)

// Browser is what a window in a browser has in place of a computer of its own: the relay that serves it. It implements
// window.Process and window.Desktop; what only a desktop can do is an error with what to type instead.
type Browser struct{ Client *control.Client }

// Run implements window.Process.
func (b Browser) Run(ctx context.Context, what string) error {
	switch what {
	case "start":
		return b.Client.Start(ctx)
	case "stop":
		return b.Client.Stop(ctx)
	case "restart":
		return b.Client.Restart(ctx)
	}
	return nil
}

// Demo implements window.Process.
func (Browser) Demo(context.Context) error {
	return control.Said("a browser cannot start the demo; type on the relay's computer: perch demo")
}

// TrayHost implements window.Desktop: there is no tray to speak of.
func (Browser) TrayHost(context.Context) desk.Answer { return desk.Unknown }

// Login implements window.Desktop.
func (Browser) Login() desk.Answer { return desk.Unknown }

// SetLogin implements window.Desktop.
func (Browser) SetLogin(bool, desk.Answer) error {
	return control.Said("a browser cannot say what the relay's computer starts; type on it: perch service install")
}

// Raise implements window.Desktop: the browser's tabs are its own.
func (Browser) Raise(context.Context, uintptr) error { return nil }
