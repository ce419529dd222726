package window

// unlessUnsaved closes the window, but asks first where a page holds what was not saved, and shows it.
func (w *Window) unlessUnsaved(closeIt func()) {
	for _, entry := range w.table {
		p, ok := w.pages[entry.Name].(Holder)
		if !ok {
			continue
		}
		if about := p.Unsaved(); about != "" {
			w.CloseDialog()
			w.Open(entry.Name)
			w.Confirm(w.T("window.leave.title"), about, w.T("window.leave.yes"), closeIt)
			return
		}
	}
	closeIt()
}
