package traffic

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/bridge/sim/tidy"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/uitest"
	"perch/ui/uitest/rig"
	"perch/ui/watch"
	"perch/ui/window"
)

func TestMain(m *testing.M) { os.Exit(tidy.Run(m.Run)) }

// mustPage returns a window with this page only.
func mustPage(t *testing.T, change func(*window.Options, *rig.Rig)) (*rig.Rig, *page) {
	t.Helper()
	var p *page
	made := func(w *window.Window) window.Page { p = newPage(w); return p }
	r := rig.Must(t, change, window.Entry{Name: window.Traffic, New: made})
	return r, p
}

func TestTrafficStandsStillWhileSomebodyReads(t *testing.T) {
	r, p := mustPage(t, nil)
	first := p.rows[0].ID
	r.Receive(10_001, 1)
	if p.rows[0].ID != 10_001 {
		t.Error("at the top, what is new does not appear")
	}
	p.list.ScrollToOffset(200)
	r.Refresh()
	r.Receive(10_002, 37)
	r.Receive(10_039, 0)
	if p.rows[0].ID != 10_001 || p.rows[1].ID != first {
		t.Errorf("the list moves under the reader: %d", p.rows[0].ID)
	}
	r.MustSee("37 new")
	test.Tap(p.fresh)
	r.Refresh()
	if p.rows[0].ID != 10_038 || p.list.GetScrollOffset() != 0 {
		t.Errorf("the jump ends at %d, offset %v", p.rows[0].ID, p.list.GetScrollOffset())
	}
	r.MustNotSee("37 new", "Back to the newest")
}

func TestTrafficIsFiltered(t *testing.T) {
	r, p := mustPage(t, nil)
	all := len(p.rows)
	p.selects[0].Select.SetSelectedIndex(2)
	r.Settle()
	r.Refresh()
	for _, m := range p.rows {
		if m.Direction != "out" {
			t.Fatalf("message %d goes %s", m.ID, m.Direction)
		}
	}
	p.search.SetText("BOLOGNA")
	r.Settle()
	r.Refresh()
	if len(p.rows) == 0 || !strings.Contains(p.rows[0].Text, "Bologna") || len(p.rows) >= all {
		t.Errorf("%d rows", len(p.rows))
	}
	p.search.SetText("no such thing")
	r.Settle()
	r.Refresh()
	r.MustSee("No message matches.")
	if !p.Escape() {
		t.Error("Escape does nothing")
	}
	r.Settle()
	r.Refresh()
	if len(p.rows) != all || p.search.Text != "" {
		t.Errorf("%d rows, want %d", len(p.rows), all)
	}
	if p.Escape() {
		t.Error("there is nothing left to escape from")
	}
}

func TestOlderMessagesAreFetchedWhenTheEndIsNear(t *testing.T) {
	r, p := mustPage(t, func(_ *window.Options, r *rig.Rig) {
		for i := range int64(6_500) {
			r.Relay.Put(uitest.Random(1_000_000+i, rig.Now.Add(-time.Duration(6_500-i)*time.Millisecond)))
		}
	})
	r.Refresh()
	if len(p.rows) != watch.PageSize*watch.HistoryPages {
		t.Fatalf("%d rows at first", len(p.rows))
	}
	for range 5 {
		p.list.ScrollToBottom()
		r.Refresh()
	}
	list, _ := r.Relay.Messages(t.Context(), control.Query{Limit: 1 << 20})
	if len(p.rows) != len(list) || !r.Data.View.Complete {
		t.Errorf("%d rows, want %d; complete %v", len(p.rows), len(list), r.Data.View.Complete)
	}
	if !slices.IsSortedFunc(p.rows, func(a, b *control.Message) int { return int(b.ID - a.ID) }) {
		t.Error("not newest first")
	}
}

func TestMessageInFull(t *testing.T) {
	r, p := mustPage(t, nil)
	id := r.IDOf("iris_v", "dead")
	p.openMessage(id)
	r.Settle()
	r.MustSee("Direct message to @iris_v", "X does not let this account send the customer a direct message", "ITS WAY", "Attempt 1: Failed", "From Motion", `"twitter": "iris_v"`, "To X", "POST https://api.x.com/2/dm_conversations/with/3001969357/messages")
	r.Press("Copy text")
	if got := r.App.Clipboard().Content(); got != "Your refund is on its way." {
		t.Errorf("copied %q", got)
	}
	r.Press("Try again")
	if diff := cmp.Diff([]string{fmt.Sprintf("retry %d", id)}, r.Relay.Acts()); diff != "" {
		t.Error(diff)
	}
	r.MustSee("is back in the queue", "Waiting")
	p.Escape()
	r.MustNotSee("ITS WAY")
}

func TestEnterOpensAMessageAndEscapeClosesIt(t *testing.T) {
	r, p := mustPage(t, nil)
	list := p.list
	r.Canvas().Focus(list)
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.Settle()
	if p.selected == 0 {
		t.Error("Enter opens nothing")
	}
	r.Canvas().Focus(list)
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.selected != 0 {
		t.Error("Escape closes nothing")
	}
}

func TestEncryptedMessageSaysSo(t *testing.T) {
	r, _ := mustPage(t, nil)
	r.Relay.Put(control.Message{ID: 5_000_000, Channel: "support", Direction: "in", Kind: "encrypted", State: "delivered", From: "lena_t", ReceivedAt: rig.Now})
	r.Refresh()
	r.MustSee("Encrypted message that cannot be read here")
}

// TestRowsAreCheap holds the budget of a turn on Fyne's thread: 100,000 rows, some of them new.
func TestRowsAreCheap(t *testing.T) {
	r, _ := mustPage(t, nil)
	for i := range int64(snapshot.MaxRows) {
		r.Watch.Receive(uitest.Random(1_000_000+i, rig.Now))
	}
	var slowest time.Duration
	for n := range 20 {
		for i := range int64(250) {
			r.Watch.Receive(uitest.Random(2_000_000+int64(n)*250+i, rig.Now))
		}
		data, _ := r.Watch.Snapshot(true)
		started := time.Now()
		r.Render(data)
		slowest = max(slowest, time.Since(started))
	}
	t.Logf("the slowest of 20 turns took %v", slowest)
	if slowest > 2*time.Second {
		t.Errorf("a turn with %d rows took %v", len(r.Data.View.Rows), slowest)
	}
}

func TestRightClickAndItsKeyOfferWhatCanBeDone(t *testing.T) {
	r, p := mustPage(t, nil)
	var at int
	for i, m := range p.rows {
		if m.State == "dead" {
			at = i
		}
	}
	labels := func() (labels []string) {
		for _, item := range p.items(p.rows[at]) {
			labels = append(labels, item.Label)
		}
		return labels
	}
	row := rig.Find(r, "line", func(row *rowView) bool { return row.shown.Who != "" })
	test.Tap(row)
	if id := p.rows[row.id].ID; p.selected != id || r.Canvas().Focused() != fyne.Focusable(p.list) {
		t.Errorf("a click on message %d opens %d; %v has the keys", id, p.selected, r.Canvas().Focused())
	}
	isOpen := func() bool {
		top := r.Canvas().Overlays().Top()
		if top != nil {
			r.Canvas().Overlays().Remove(top)
		}
		return top != nil
	}
	row = newRowView(p.press, p.menu)
	row.render(at, makeRow(p.rows[at], p.win.Now(), p.win.Texts), false)
	row.TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(300, 300)})
	if !isOpen() {
		t.Error("a right click opens nothing")
	}
	got := labels()
	for _, want := range []string{"Open", "Copy text", "Show on x.com", p.win.T("window.act.retry"), p.win.T("window.act.discard")} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not in the menu: %q", want, got)
		}
	}
	p.list.Chosen(at)
	p.list.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu})
	if !isOpen() {
		t.Error("the key opens nothing")
	}
	r.Relay.Change(func(s *control.Status) { s.Demo = true })
	r.Refresh()
	if slices.Contains(labels(), "Show on x.com") {
		t.Error("the demo's messages are not on x.com")
	}
	p.menu(len(p.rows), fyne.Position{}) // a line that has gone
	if isOpen() {
		t.Error("a line that has gone has a menu")
	}
}

// In a narrow list the text keeps its room: the state is a dot, with a word before the text where it matters.
func TestNarrowRowsKeepTheText(t *testing.T) {
	_, p := mustPage(t, nil)
	for _, m := range p.rows {
		row, text := newRowView(p.press, p.menu), makeRow(m, p.win.Now(), p.win.Texts)
		test.WidgetRenderer(row).Layout(fyne.NewSize(440, rowHeight))
		row.render(0, text, false)
		row.Resize(fyne.NewSize(440, rowHeight))
		isWorth := text.Tone != format.Good
		if strings.HasPrefix(row.text.Text(), text.State) != isWorth || row.state.Visible() || row.text.Size().Width < 120 {
			t.Errorf("%s: %q, %v wide", text.State, row.text.Text(), row.text.Size().Width)
		}
		row.Resize(fyne.NewSize(900, rowHeight))
		if row.text.Text() != oneLine(text.Text) || !row.state.Visible() {
			t.Errorf("in a wide list: %q", row.text.Text())
		}
	}
}

func oneLine(text string) string { return kit.CutText(text, 1, "").Text() }
