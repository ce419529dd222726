package attention

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/translation"
	"perch/ui/uitest"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

var en = translation.New("en")

// mustPage returns a window with this page only.
func mustPage(t *testing.T, change func(*window.Options, *rig.Rig)) (*rig.Rig, *page) {
	t.Helper()
	var p *page
	made := func(w *window.Window) window.Page { p = newPage(w); return p }
	r := rig.Must(t, change, window.Entry{Name: window.Attention, New: made})
	return r, p
}

func TestCases(t *testing.T) {
	var list []*control.Message
	for _, m := range uitest.Messages(rig.Now) {
		list = append(list, &m)
	}
	cases := makeCases(list, rig.Now, en)
	if len(cases) != 3 || cases[0].State != "Undecided" || cases[0].Remedy != en.T("window.attention.undecided.do") || cases[1].State != "Failed" {
		t.Errorf("%+v", cases)
	}
	for _, c := range cases {
		if c.Problem == "" || c.Remedy == "" || len(c.Acts) == 0 {
			t.Errorf("%+v", c)
		}
	}
}

func TestAttention(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.MustSee("3 messages wait for you", "Direct message to @jonas_p", "It went out", "Send it again", "Raise \"Max attachment size\"")
	undecided, dead := r.IDOf("jonas_p", "undecided"), r.IDOf("kim_lo", "dead")
	r.Press("It went out")
	discard := func() { r.Press("Discard") }
	discard()
	r.MustSee("Discard this message?")
	r.Press("Cancel")
	if len(r.Relay.Acts()) != 1 {
		t.Errorf("cancelled, but done: %v", r.Relay.Acts())
	}
	discard()
	confirm := rig.Find(r, "confirmation", func(b *kit.Button) bool { return b.Text() == "Discard" })
	test.Tap(confirm)
	r.Settle()
	r.Refresh()
	if diff := cmp.Diff([]string{fmt.Sprintf("sent %d", undecided), fmt.Sprintf("discard %d", dead)}, r.Relay.Acts()); diff != "" {
		t.Error(diff)
	}
	r.Press("Try all failed ones again")
	r.MustSee("1 message is back in the queue.", "Nothing needs you")
}

// A reply that failed is given another text: it is counted while it is typed, and not lost when it cannot be sent.
func TestEdit(t *testing.T) {
	r, _ := mustPage(t, nil)
	id := r.IDOf("iris_v", "dead")
	area := func() *kit.Entry { return rig.Find(r, "text", func(e *kit.Entry) bool { return e.MultiLine }) }
	send := func() *kit.Button { return rig.Find(r, "send", func(b *kit.Button) bool { return b.Text() == "Send" }) }
	r.Press("Change the text")
	r.MustSee("Change this reply and send it", "of 10000 characters")
	r.MustBeReadable("change a reply")
	if area().Text == "" || area().AcceptsTab() {
		t.Errorf("the text is %q, and the tab key leaves it: %v", area().Text, !area().AcceptsTab())
	}
	area().SetText(strings.Repeat("x", 10_001))
	r.MustSee("10001 of 10000 characters")
	if !send().Disabled() {
		t.Error("a text that is too long can be sent")
	}
	area().SetText(" \n")
	if !send().Disabled() {
		t.Error("no text can be sent")
	}
	area().SetText("another text")
	r.Relay.FailEdits(errors.New("the disk is full"))
	test.Tap(send())
	r.Settle()
	if area().Text != "another text" {
		t.Errorf("what was typed is lost: %q", area().Text)
	}
	r.Relay.FailEdits(nil)
	test.Tap(send())
	r.Settle()
	if diff := cmp.Diff([]string{fmt.Sprintf("edit %d: another text", id)}, r.Relay.Acts()); diff != "" {
		t.Error(diff)
	}
	r.MustSee("is sent with the new text")
}
