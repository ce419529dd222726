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
