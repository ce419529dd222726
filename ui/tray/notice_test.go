package tray_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/app/desk"
	"perch/assets"
	"perch/ui/tray"
)

// story tells a history one snapshot after the other and writes down what it says.
func story(t *testing.T, steps ...step) {
	t.Helper()
	var m tray.History
	now := noon
	for i, s := range steps {
		now = now.Add(s.after)
		var notices []tray.Notice
		m, notices = m.Notices(s.snapshot, now, english)
		m = restarted(t, m)
		var said []string
		for _, n := range notices {
			said = append(said, n.Title+" | "+strings.ReplaceAll(n.Body, "\n", " / "))
		}
		if got := strings.Join(said, " + "); got != s.want {
			t.Errorf("step %d: said %q, want %q", i, got, s.want)
		}
	}
}

// restarted is the history after the tray was killed and started again.
func restarted(t *testing.T, m tray.History) tray.History {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var out tray.History
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

type step struct {
	after    time.Duration
	snapshot tray.Snapshot
	want     string
}

const poll = 2 * time.Second

func TestNothingToSay(t *testing.T) {
	story(
		t, step{poll, tray.Snapshot{}, ""}, step{poll, up(), ""}, step{poll, up(paused), ""}, step{poll, up(motionDown), ""},
		step{poll, tray.Snapshot{Phase: tray.PhaseDown, IsConfigured: true}, ""},
	)
}

func TestMessagesAreGroupedAndToldOnce(t *testing.T) {
	story(
		t,
		step{poll, up(dead(1)), "1 message needs you | 1 could not be delivered."},
		step{poll, up(dead(1)), ""},
		step{poll, up(dead(3), undecided), ""}, // too soon: told with what comes
		step{time.Minute, up(dead(4), undecided), "5 messages need you | 4 could not be delivered. / 1 may have gone out: please decide."},
		step{time.Minute, up(dead(4), undecided), ""},
		step{time.Minute, up(dead(2)), ""},
		step{time.Minute, tray.Snapshot{Phase: tray.PhaseDown, IsConfigured: true}, ""},
		step{time.Minute, up(dead(2)), ""}, // the relay was away, not the messages
		step{time.Minute, up(dead(3)), "3 messages need you | 3 could not be delivered."},
		step{time.Minute, up(), ""},
		step{time.Minute, up(dead(1)), "1 message needs you | 1 could not be delivered."},
	)
}

func TestTroubleThatFlickersIsToldOnce(t *testing.T) {
	other := up(badKeys)
	other.Status.Channels[0].X.Detail = "X wants credits; buy some in the developer portal"
	other = judged(other)
	const keys = "X needs you | X refuses the access token; replace it in Settings"
	story(
		t,
		step{poll, up(badKeys), keys},
		step{time.Minute, up(), ""},
		step{poll, up(badKeys), ""},
		step{time.Minute, other, "X needs you | X wants credits; buy some in the developer portal"},
		step{time.Minute, up(), ""},
		step{6 * time.Minute, up(), ""},
		step{poll, up(badKeys), keys},
	)
}

func TestTroublesAreGrouped(t *testing.T) {
	both := up(second, badKeys, func(s *control.Status) { s.Channels[0].X.State = "paused" })
	story(t, step{poll, both, "2 connections need you | X needs you (support): find out more with: perch doctor / X needs you (sales): X refuses the access token; replace it in Settings"})
}

func TestRelayThatDiedIsToldOnceHoweverOften(t *testing.T) {
	died := tray.Snapshot{Phase: tray.PhaseDown, IsConfigured: true, Died: true}
	starting := tray.Snapshot{Phase: tray.PhaseStarting, IsConfigured: true, Died: true}
	failed := died
	failed.Failure = "the port is taken"
	story(
		t,
		step{poll, died, "The relay ended by itself | Perch starts it again. Nothing that was received is lost."},
		step{poll, starting, ""},
		step{time.Minute, up(), ""},
		step{time.Minute, died, ""},
		step{time.Minute, up(), ""},
		step{time.Minute, died, ""},
		step{time.Minute, failed, "The relay does not start | the port is taken"},
		step{time.Minute, failed, ""},
		step{time.Minute, up(), ""},
		step{6 * time.Minute, up(), ""},
		step{poll, died, "The relay ended by itself | Perch starts it again. Nothing that was received is lost."},
	)
}

func TestMissingPanelIsToldOnceWhateverTheRelayDoes(t *testing.T) {
	on := func(s tray.Snapshot, host desk.Answer) tray.Snapshot {
		s.Host = host
		return s
	}
	down := tray.Snapshot{Phase: tray.PhaseDown, IsConfigured: true}
	told := english("tray.notice.host") + " | " + english("tray.notice.host.body")
	story(
		t,
		step{poll, on(down, desk.Unknown), ""},
		step{time.Minute, on(down, desk.No), told},
		step{time.Hour, on(up(), desk.No), ""},
		step{time.Minute, on(up(), desk.Unknown), ""}, // started again
		step{time.Hour, on(up(), desk.No), ""},
		step{poll, on(up(), desk.Yes), ""},
		step{time.Minute, on(up(), desk.No), ""}, // a panel that flickers
		step{time.Minute, on(up(), desk.Yes), ""},
		step{6 * time.Minute, on(down, desk.Yes), ""},
		step{time.Minute, on(up(), desk.No), told},
	)
}

func TestHistoryIsNotChanged(t *testing.T) {
	first, _ := tray.History{}.Notices(up(dead(1)), noon, english)
	_, _ = first.Notices(up(dead(9), badKeys), noon.Add(time.Hour), english)
	if _, again := first.Notices(up(dead(2)), noon.Add(time.Hour), english); len(again) != 1 {
		t.Error("a history was changed by what came after it")
	}
}

func diskFull(s *control.Status) {
	s.State = control.StateDegraded
	s.Journal = control.Link{State: "degraded", Detail: "the disk that holds the journal is full. Make room on it"}
}

func TestAFullDiskIsTold(t *testing.T) {
	s := up(diskFull, motionDown)
	v := tray.Render(s, noon, english)
	if v.Icon != assets.Attention || v.FirstLine != "Messages cannot be stored" || !strings.Contains(v.Tooltip, "cannot be stored") || v.Items[0].Title != "the disk that holds the journal is full; Make room on it" {
		t.Errorf("the tray shows %s, %q, %q, %q", v.Icon, v.FirstLine, v.Tooltip, v.Items[0].Title)
	}
	story(t,
		step{0, s, "Messages cannot be stored | the disk that holds the journal is full; Make room on it"},
		step{poll, s, ""},
		step{time.Hour, up(), ""},
	)
}

func TestForeignTextSteersNobody(t *testing.T) {
	const evil = "no\x1b]0;owned\x07\u202Egpj\nend"
	s := up(badKeys)
	s.Status.Channels[0].Name = "sup" + evil
	s.Status.Channels[0].X.Detail = "X says " + evil
	second(&s.Status)
	s = judged(s)
	v := tray.Render(s, noon, english)
	all := []string{v.Tooltip, v.FirstLine}
	for _, item := range v.Items {
		all = append(all, item.Title)
		for _, child := range item.Children {
			all = append(all, child.Title)
		}
	}
	n := tray.Notice{Title: evil, Body: evil}.Readable()
	for _, text := range append(all, n.Title, strings.ReplaceAll(n.Body, "\n", "")) {
		if strings.ContainsAny(text, "\x1b\x07\u202E\n") {
			t.Errorf("the tray shows %q", text)
		}
	}
	if !strings.Contains(v.Items[0].Title, "no␛]0;owned␇<U+202E>gpj end") || n.Body != "no␛]0;owned␇<U+202E>gpj\nend" {
		t.Errorf("the reason is %q, the notice %q", v.Items[0].Title, n.Body)
	}
}
