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
func (p Policy) Sent(d *bridge.Delivery) bridge.BilledKind {
	switch {
	case d.Kind == bridge.KindDM:
		return bridge.BilledDMSent
	case d.Kind == bridge.KindChat:
		return bridge.BilledChatSent
	case p.HasLink(d.Text):
		return bridge.BilledLinkReply
	}
	return bridge.BilledReply
}

// LinkNote implements bridge.Costing.
func (p Policy) LinkNote(d *bridge.Delivery) string {
	plan := p.Plan()
	if !plan.FlagLinks || p.Sent(d) != bridge.BilledLinkReply {
		return ""
	}
	return fmt.Sprintf("it has a link, for which X charges about %s USD instead of %s. A link in a direct message costs nothing more.",
		plan.Prices[bridge.BilledLinkReply], plan.Prices[bridge.BilledReply])
}

// IsSaving implements bridge.Costing.
func (p Policy) IsSaving() bool { return p.Meter.IsSaving() }
