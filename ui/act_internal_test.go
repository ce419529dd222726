package ui

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/uitest"
	"perch/ui/watch"
)

func (r *rig) traffic() *traffic { return r.sections[sectionTraffic].(*traffic) }

// idOf returns the newest message to or from somebody in a state.
func (r *rig) idOf(who, state string) int64 {
	r.t.Helper()
	list, err := r.relay.Messages(r.t.Context(), control.Query{State: state, Search: who})
	if err != nil || len(list) == 0 {
		r.t.Fatalf("no message of %s is %s: %v", who, state, err)
	}
	return list[0].ID
}

// receive makes the relay take n messages in and tell the window of them.
func (r *rig) receive(first int64, n int) {
	for i := range int64(n) {
		m := uitest.Random(first+i, r.clock.now())
		r.relay.Put(m)
		r.watch.Receive(m)
	}
	data, _ := r.watch.Snapshot(true)
	r.render(data)
}

func TestTrafficStandsStillWhileSomebodyReads(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionTraffic)
	tr := r.traffic()
	first := tr.rows[0].ID
	r.receive(10_001, 1)
	if tr.rows[0].ID != 10_001 {
		t.Error("at the top, what is new does not appear")
	}
	tr.list.ScrollToOffset(200)
	r.refresh()
	r.receive(10_002, 37)
	r.receive(10_039, 0)
	if tr.rows[0].ID != 10_001 || tr.rows[1].ID != first {
		t.Errorf("the list moves under the reader: %d", tr.rows[0].ID)
	}
	r.mustSee("37 new")
	test.Tap(tr.fresh)
	r.refresh()
	if tr.rows[0].ID != 10_038 || tr.list.GetScrollOffset() != 0 {
		t.Errorf("the jump ends at %d, offset %v", tr.rows[0].ID, tr.list.GetScrollOffset())
	}
	r.mustNotSee("37 new", "Back to the newest")
}

func TestTrafficIsFiltered(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionTraffic)
	tr := r.traffic()
	all := len(tr.rows)
	tr.selects[0].Select.SetSelectedIndex(2)
	r.settle()
	r.refresh()
	for _, m := range tr.rows {
		if m.Direction != "out" {
			t.Fatalf("message %d goes %s", m.ID, m.Direction)
		}
	}
	tr.search.SetText("BOLOGNA")
	r.settle()
	r.refresh()
	if len(tr.rows) == 0 || !strings.Contains(tr.rows[0].Text, "Bologna") || len(tr.rows) >= all {
		t.Errorf("%d rows", len(tr.rows))
	}
	tr.search.SetText("no such thing")
	r.settle()
	r.refresh()
	r.mustSee("No message matches.")
	if !tr.escape() {
		t.Error("Escape does nothing")
	}
	r.settle()
	r.refresh()
	if len(tr.rows) != all || tr.search.Text != "" {
		t.Errorf("%d rows, want %d", len(tr.rows), all)
	}
	if tr.escape() {
		t.Error("there is nothing left to escape from")
	}
}

func TestOlderMessagesAreFetchedWhenTheEndIsNear(t *testing.T) {
	r := mustRig(t, func(_ *Options, r *rig) {
		for i := range int64(6_500) {
			r.relay.Put(uitest.Random(1_000_000+i, testNow.Add(-time.Duration(6_500-i)*time.Millisecond)))
		}
	})
	r.goTo(sectionTraffic)
	tr := r.traffic()
	if len(tr.rows) != watch.PageSize*watch.HistoryPages {
		t.Fatalf("%d rows at first", len(tr.rows))
	}
	for range 5 {
		tr.list.ScrollToBottom()
		r.refresh()
	}
	list, _ := r.relay.Messages(t.Context(), control.Query{Limit: 1 << 20})
	if len(tr.rows) != len(list) || !r.data.View.Complete {
		t.Errorf("%d rows, want %d; complete %v", len(tr.rows), len(list), r.data.View.Complete)
	}
	if !slices.IsSortedFunc(tr.rows, func(a, b *control.Message) int { return int(b.ID - a.ID) }) {
		t.Error("not newest first")
	}
}

func TestMessageInFull(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionTraffic)
	id := r.idOf("iris_v", "dead")
	r.traffic().openMessage(id)
	r.settle()
	r.mustSee("Direct message to @iris_v", "does not take direct messages", "ITS WAY", "Attempt 1: Failed", "From Motion", `"twitter": "iris_v"`, "To X", "POST https://api.x.com/2/dm_conversations/with/3001969357/messages")
	r.press("Copy text")
	if got := r.App.Clipboard().Content(); got != "Your refund is on its way." {
		t.Errorf("copied %q", got)
	}
	r.press("Try again")
	if diff := cmp.Diff([]string{fmt.Sprintf("retry %d", id)}, r.relay.Acts()); diff != "" {
		t.Error(diff)
	}
	r.mustSee("is back in the queue", "Waiting")
	r.traffic().escape()
	r.mustNotSee("ITS WAY")
}

func TestAttention(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionAttention)
	r.mustSee("3 messages wait for you", "Direct message to @jonas_p", "It went out", "Send it again", "Raise \"Max attachment size\"")
	undecided, dead := r.idOf("jonas_p", "undecided"), r.idOf("kim_lo", "dead")
	r.press("It went out")
	discard := func() { r.press("Discard") }
	discard()
	r.mustSee("Discard this message?")
	r.press("Cancel")
	if len(r.relay.Acts()) != 1 {
		t.Errorf("cancelled, but done: %v", r.relay.Acts())
	}
	discard()
	confirm := find(r, "confirmation", func(b *kit.Button) bool { return b.Text() == "Discard" })
	test.Tap(confirm)
	r.settle()
	r.refresh()
	if diff := cmp.Diff([]string{fmt.Sprintf("sent %d", undecided), fmt.Sprintf("discard %d", dead)}, r.relay.Acts()); diff != "" {
		t.Error(diff)
	}
	r.press("Try all failed ones again")
	r.mustSee("1 message is back in the queue.", "Nothing needs you")
}

func TestLogsThatArePausedStandStill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.log")
	line := func(text string) {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteString("time=2026-11-24T15:04:05.000Z level=INFO msg=" + text + "\n")
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	line("one")
	r := mustRig(t, func(o *Options, r *rig) { o.LogPath, r.settings.Kept.LogPath = path, path })
	r.goTo(sectionLogs)
	l := r.sections[sectionLogs].(*logsPage)
	count := func() int { r.refresh(); return len(l.lines) }
	line("two")
	if n := count(); n != 2 {
		t.Fatalf("%d lines, want 2", n)
	}
	r.press("Pause")
	line("three")
	if n := count(); n != 2 {
		t.Errorf("%d lines while it is paused, want 2", n)
	}
	r.press("Go on")
	if n := count(); n != 3 {
		t.Errorf("%d lines afterwards, want 3", n)
	}
}

func TestLogs(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionLogs)
	l := r.sections[sectionLogs].(*logsPage)
	all := len(l.lines)
	if all == 0 || !l.atStart {
		t.Fatalf("%d lines", all)
	}
	l.level.Select.SetSelectedIndex(3)
	r.settle()
	if len(l.lines) == 0 || len(l.lines) >= all {
		t.Errorf("%d errors of %d lines", len(l.lines), all)
	}
	l.level.Select.SetSelectedIndex(0)
	l.isPattern.SetChecked(true)
	l.search.SetText("id=1[0-9]*5 ")
	r.settle()
	for _, line := range l.lines {
		if !strings.Contains(line.Raw, "5 outcome") {
			t.Errorf("found %s", line.Raw)
		}
	}
	l.search.SetText("(")
	r.settle()
	r.mustSee("This is not a regular expression")
	if !l.escape() {
		t.Error("Escape does not clear the search")
	}
	r.settle()
	l.isWrapped.SetChecked(true)
	r.refresh()
	if len(l.rows) <= len(l.lines) {
		t.Errorf("%d rows of %d lines", len(l.rows), len(l.lines))
	}
	if !strings.Contains(l.text(), "level=ERROR") {
		t.Error("nothing to copy")
	}
}

func TestShortcutsOpenThePages(t *testing.T) {
	r := mustRig(t, nil)
	for _, name := range Sections() {
		r.open(name)
		r.settle()
		if r.current != name || (name != sectionWizard && !r.items[name].isChosen) {
			t.Errorf("%s is not open", name)
		}
		r.sections[name].find()
		r.sections[name].escape()
	}
	item := r.items[sectionTraffic]
	item.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if r.current != sectionTraffic || item.AccessibilityLabel() != "Traffic" {
		t.Errorf("the space bar opens %s", r.current)
	}
}

// TestRowsAreCheap holds the budget of a turn on Fyne's thread: 100,000 rows, some of them new.
func TestRowsAreCheap(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionTraffic)
	for i := range int64(snapshot.MaxRows) {
		r.watch.Receive(uitest.Random(1_000_000+i, testNow))
	}
	var slowest time.Duration
	for n := range 20 {
		for i := range int64(250) {
			r.watch.Receive(uitest.Random(2_000_000+int64(n)*250+i, testNow))
		}
		data, _ := r.watch.Snapshot(true)
		started := time.Now()
		r.render(data)
		slowest = max(slowest, time.Since(started))
	}
	t.Logf("the slowest of 20 turns took %v", slowest)
	if slowest > 2*time.Second {
		t.Errorf("a turn with %d rows took %v", len(r.data.View.Rows), slowest)
	}
}
