package setup

import "perch/app/control"

// prefDraft is the name under which the window remembers a set-up that is not finished.
const prefDraft = "wizard"

// draft is a set-up that is not finished.
type draft struct {
	Step    int            `json:"step"`
	Account string         `json:"account,omitempty"`
	Config  control.Config `json:"config"`
	// Began is what was set when the set-up began: what differs from it is what was answered.
	Began control.Config `json:"began"`
}

// saveDraft writes the draft down.
func (w *page) saveDraft() {
	w.win.Preferences.Set(prefDraft, w.draft)
	_ = w.win.Preferences.Save() // a window that cannot remember works all the same
}

// forgetDraft drops the draft: what was answered is in perch.toml, and must not be written over what is changed there later.
func (w *page) forgetDraft() {
	w.win.Preferences.Set(prefDraft, nil)
	_ = w.win.Preferences.Save() // a window that cannot remember works all the same
}
