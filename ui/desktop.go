package ui

import (
	"context"
	"os"

	"perch/app/desk"
)

// Desktop is the desktop that the window is on. Its methods are called in the background.
type Desktop interface {
	// TrayHost tells whether anything shows tray icons.
	TrayHost(ctx context.Context) desk.Answer
	// Login tells whether Perch starts at login; SetLogin changes that, its error is a sentence.
	Login() desk.Answer
	SetLogin(on bool, host desk.Answer) error
}

// ThisDesktop implements Desktop for the computer that the window runs on.
type ThisDesktop struct{ Programs desk.Programs }

// TrayHost implements Desktop.
func (ThisDesktop) TrayHost(ctx context.Context) desk.Answer { return desk.TrayHost(ctx, os.Getenv) }

// Login implements Desktop.
func (d ThisDesktop) Login() desk.Answer { return desk.Login{Programs: d.Programs}.State() }

// SetLogin implements Desktop.
func (d ThisDesktop) SetLogin(on bool, host desk.Answer) error {
	return desk.Login{Programs: d.Programs}.Set(on, host)
}
