package traffic

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"perch/ui/kit"
)

func TestBothPayloadsAreFoldedAndCopied(t *testing.T) {
	r, p := mustPage(t, nil)
	p.openMessage(r.IDOf("annlee", "delivered"))
	r.Settle()
	side := p.pane.payloads[0]
	all := strings.Count(side.payload.JSON, "\n") + 1
	r.MustSee("From X", "To Motion", `"direct_message_events": [`, "POST https://motion.acme.example")
	r.MustNotSee(`"type": "message_create"`)
	r.Press(fmt.Sprintf("Show all %d lines", all))
	r.MustSee(`"type": "message_create"`)
	r.Press("Show less")
	r.MustNotSee(`"type": "message_create"`)
	test.Tap(side.copy)
	if got := r.App.Clipboard().Content(); got != side.payload.JSON {
		t.Errorf("copied %q", got)
	}
	test.Tap(p.pane.payloads[1].copy)
	if got := r.App.Clipboard().Content(); !strings.Contains(got, `"body": "Thank you so much, it is here!"`) || !strings.Contains(got, `"AttachmentId"`) {
		t.Errorf("copied %q", got)
	}
	r.Press("From X")
	r.MustNotSee(`"direct_message_events": [`)
	r.Press("From X")
	r.MustSee(`"direct_message_events": [`)
}

func TestLongJSONIsCutOnScreenOnly(t *testing.T) {
	r, p := mustPage(t, nil)
	pane := newPayloadView(r.Window)
	side := p.pane.payloads[0].payload
	side.JSON = strings.Repeat("x\n", 999) + "x"
	pane.show(side, true)
	pane.isWhole = true
	pane.refresh()
	if n := len(pane.lines.Objects); n != maxJSONLines+1 || pane.lines.Objects[n-1].(*kit.Text).Text() != "… and 700 more lines. Copy takes them all." {
		t.Errorf("%d lines", n)
	}
}
