package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/page"
)

type settingsPage struct{ u *UI }

func newSettings(u *UI) *settingsPage              { return &settingsPage{u} }
func (s *settingsPage) content() fyne.CanvasObject { return container.NewStack() }
func (s *settingsPage) shown(bool)                 {}
func (s *settingsPage) find()                      {}
func (s *settingsPage) escape() bool               { return false }
func (s *settingsPage) render(page.Data)           {}
func (s *settingsPage) load(control.Settings)      {}
