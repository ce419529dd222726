package window

// unlessUnsaved closes the window, but asks first where a page holds what was not saved, and shows it.
func (w *Window) unlessUnsaved(closeIt func()) {
	name, about := w.unsaved()
	if about == "" {
		closeIt()
		return
	}
	w.CloseDialog()
	w.Open(name)
	w.Confirm(w.T("window.leave.title"), about, w.T("window.leave.yes"), closeIt)
}

// unsaved is the page that holds what was not saved, and what that is; "" for none.
func (w *Window) unsaved() (name, about string) {
	for _, entry := range w.table {
		if p, ok := w.pages[entry.Name].(Holder); ok {
			if about := p.Unsaved(); about != "" {
				return entry.Name, about
			}
		}
	}
	return "", ""
}

// IsUnsaved reports whether something would be lost if the window closed now: a browser asks about it in its own words.
func (w *Window) IsUnsaved() bool {
	_, about := w.unsaved()
	return about != ""
}
