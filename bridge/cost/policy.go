package cost

import (
	"fmt"

	"perch/bridge"
)

// Policy is the bridge.Costing of a channel whose events X bills. All fields are needed.
type Policy struct {
	Meter *Meter
	// Plan says what the settings are now.
	Plan func() Plan
	// HasLink reports whether X takes a text for one with a link in it.
	HasLink func(text string) bool
}

var _ bridge.Costing = Policy{}

// Sent implements bridge.Costing.
func (p Policy) Sent(kind bridge.MessageKind, text string) bridge.BilledKind {
	switch {
	case kind == bridge.KindDM:
		return bridge.BilledDMSent
	case kind == bridge.KindChat:
		return bridge.BilledChatSent
	case kind == bridge.KindHide:
		return bridge.BilledHide
	case p.HasLink(text):
		return bridge.BilledLinkReply
	}
	return bridge.BilledReply
}

// LinkNote implements bridge.Costing.
func (p Policy) LinkNote(d *bridge.Delivery) string {
	plan := p.Plan()
	if !plan.FlagLinks || p.Sent(d.Kind, d.Text) != bridge.BilledLinkReply {
		return ""
	}
	return fmt.Sprintf("it has a link, for which X charges about %s USD instead of %s. A link in a direct message costs nothing more.",
		plan.Prices[bridge.BilledLinkReply], plan.Prices[bridge.BilledReply])
}

// IsSaving implements bridge.Costing.
func (p Policy) IsSaving() bool { return p.Meter.IsSaving() }
