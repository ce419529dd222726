package desk

import (
	"context"
	"errors"

	"golang.org/x/sys/windows"
)

const (
	// swRestore shows a minimised window as it was (winuser.h: SW_RESTORE).
	swRestore = 9
	// anyProcess lets whoever is asked come to the front (winuser.h: ASFW_ANY).
	anyProcess = ^uintptr(0)
)

var (
	user32             = windows.NewLazySystemDLL("user32.dll")
	isIconic           = user32.NewProc("IsIconic")
	showWindow         = user32.NewProc("ShowWindow")
	setForeground      = user32.NewProc("SetForegroundWindow")
	allowSetForeground = user32.NewProc("AllowSetForegroundWindow")
)

// Raise brings a window to the front, minimised or not. The error is a sentence.
func Raise(_ context.Context, _ func(string) string, window uintptr) error {
	if minimised, _, _ := isIconic.Call(window); minimised != 0 {
		_, _, _ = showWindow.Call(window, swRestore) // says only whether it was visible before
	}
	if done, _, _ := setForeground.Call(window); done == 0 {
		return errors.New("the window is open, but Windows does not let Perch bring it to the front; click it in the taskbar")
	}
	return nil
}

// LetCome lets another program come to the front, which only one that a person has just used may allow.
func LetCome() { _, _, _ = allowSetForeground.Call(anyProcess) }
