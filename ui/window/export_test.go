package window

// Remember writes down what the window does when it is closed.
func Remember(w *Window) { w.remember() }

// UnlessAsked works as a shortcut does.
func UnlessAsked(w *Window, work func()) { w.unlessAsked(work) }

// IsChosen reports whether the navigation shows a page as the one that is open.
func IsChosen(w *Window, name string) bool { return w.items[name].isChosen }
