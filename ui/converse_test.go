package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"perch/ui/kit"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

// From what needs somebody a click leads to the conversation, and Escape back.
func TestAConversationLeadsBackToWhereItWasOpened(t *testing.T) {
	r := mustAll(t, nil)
	r.GoTo(window.Attention)
	rig.Find(r, "button for a conversation", func(b *kit.Button) bool { return b.AccessibilityLabel() == "Conversation" }).OnTapped()
	r.Settle()
	if r.Current() != window.Traffic {
		t.Fatalf("it leads to %s", r.Current())
	}
	r.MustSee("Conversation with @")
	r.Key(fyne.KeyEscape)
	if r.Current() != window.Attention {
		t.Errorf("Escape leads to %s", r.Current())
	}
	r.GoTo(window.Traffic)
	r.MustNotSee("Conversation with @")
}
