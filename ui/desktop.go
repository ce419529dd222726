package ui

import (
	"context"
	"os"

	"perch/app/desk"
)

// ThisDesktop implements window.Desktop for the computer that the window runs on.
type ThisDesktop struct{ Programs desk.Programs }

// TrayHost implements window.Desktop.
func (ThisDesktop) TrayHost(ctx context.Context) desk.Answer { return desk.TrayHost(ctx, os.Getenv) }

// Login implements window.Desktop.
func (d ThisDesktop) Login() desk.Answer { return desk.Login{Programs: d.Programs}.State() }

// Raise implements window.Desktop.
func (ThisDesktop) Raise(ctx context.Context, window uintptr) error {
	return desk.Raise(ctx, os.Getenv, window)
}

// SetLogin implements window.Desktop.
func (d ThisDesktop) SetLogin(on bool, host desk.Answer) error {
	return desk.Login{Programs: d.Programs}.Set(on, host)
}
