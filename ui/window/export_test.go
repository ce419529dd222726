package window

import (
	"context"

	"fyne.io/fyne/v2"
)

// Remember writes down what the window does when it is closed.
func Remember(w *Window) { w.remember() }

// UnlessAsked works as a shortcut does.
func UnlessAsked(w *Window, work func()) { w.unlessAsked(work) }

// IsChosen reports whether the navigation shows a page as the one that is open.
func IsChosen(w *Window, name string) bool { return w.items[name].isChosen }

// Show brings the window to the front, as somebody asks who would open a second one.
func Show(ctx context.Context, w *Window, section string) error { return w.show(ctx, section) }

// Leave closes the window as a person does.
func Leave(w *Window, closeIt func()) { w.unlessUnsaved(closeIt) }

// LeastDialog is the least size of the question that is open.
func LeastDialog(w *Window) fyne.Size { return w.dialog.Content.MinSize() }
