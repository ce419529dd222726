package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/ui/page"
)

type wizard struct{ u *UI }

func newWizard(u *UI) *wizard                { return &wizard{u} }
func (s *wizard) content() fyne.CanvasObject { return container.NewStack() }
func (s *wizard) shown(bool)                 {}
func (s *wizard) find()                      {}
func (s *wizard) escape() bool               { return false }
func (s *wizard) render(page.Data)           {}
