package alert_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/bridge/alert"
)

var (
	noon  = time.Date(2026, 11, 29, 12, 0, 0, 0, time.Local)
	place = alert.Place{Name: "ops", After: 5 * time.Minute, Waiting: 15 * time.Minute, Except: "alert//ops"}
)

func side(key string, since time.Time) alert.Cause {
	return alert.Cause{Key: key, Side: "x", Level: alert.Healing, Title: "Trouble " + key, What: "it is broken", Since: since, Pace: alert.Patient}
}

func dead(n int) alert.Cause {
	return alert.Cause{Key: "dead/support", Channel: "support", Level: alert.NeedsYou, Title: "Messages could not be delivered", Count: n, Pace: alert.AtOnce, Grace: 5 * time.Second}
}

func seen(causes ...alert.Cause) alert.Seen { return alert.Seen{Causes: causes} }

// run makes rounds every 5 s for a time, and returns what was told.
func run(b *alert.Book, from time.Time, d time.Duration, s alert.Seen, p alert.Place) (all []alert.Notice, now time.Time) {
	for now = from; now.Before(from.Add(d)); now = now.Add(5 * time.Second) {
		made, _ := b.Round(now, s, []alert.Place{p})
		all = append(all, made...)
	}
	return all, now
}

func keys(n alert.Notice) (list []string) {
	for _, i := range n.Items {
		list = append(list, string(i.State)+" "+i.Key)
	}
	return list
}

func TestBook_TellsOnceAndOfTheEnd(t *testing.T) {
	t.Parallel()
	b := &alert.Book{}
	told, now := run(b, noon, time.Hour, seen(side("x/a", noon)), place)
	if len(told) != 1 || !slices.Equal(keys(told[0]), []string{"open x/a"}) || told[0].Made.Sub(noon) != 5*time.Minute {
		t.Fatalf("%+v", told)
	}
	told, now = run(b, now, time.Hour, seen(), place)
	if len(told) != 1 || !slices.Equal(keys(told[0]), []string{"solved x/a"}) || told[0].Items[0].Until.IsZero() || !strings.Contains(told[0].Subject("h"), "Solved: Trouble x/a") {
		t.Fatalf("%+v", told)
	}
	if told, _ = run(b, now, time.Hour, seen(), place); len(told) != 0 || len(b.State().Cases) != 0 {
		t.Errorf("%+v", told)
	}
}

func TestBook_SaysNothingOfWhatMendsByItself(t *testing.T) {
	t.Parallel()
	b := &alert.Book{}
	told, now := run(b, noon, 4*time.Minute, seen(side("x/a", noon)), place)
	more, _ := run(b, now, time.Hour, seen(), place)
	if len(told)+len(more) != 0 || len(b.State().Cases) != 0 {
		t.Errorf("%+v", append(told, more...))
	}
}

// What comes and goes is one cause.
func TestBook_FlappingIsToldOnce(t *testing.T) {
	t.Parallel()
	b := &alert.Book{}
	told, now := run(b, noon, 6*time.Minute, seen(side("x/a", noon)), place)
	for range 30 {
		var more []alert.Notice
		more, now = run(b, now, 20*time.Second, seen(), place)
		told = append(told, more...)
		more, now = run(b, now, 20*time.Second, seen(side("x/a", noon)), place)
		told = append(told, more...)
	}
	if len(told) != 1 {
		t.Errorf("told %d times", len(told))
	}
}

func TestBook_TellsTogetherWhatBeginsTogether(t *testing.T) {
	t.Parallel()
	b := &alert.Book{}
	first, second := side("x/a", noon.Add(-40*time.Second)), side("motion/a", noon)
	told, now := run(b, noon, 10*time.Minute, seen(first, second), place)
	more, _ := run(b, now, time.Hour, seen(first, second, side("late", now)), place)
	if told = append(told, more...); len(told) != 2 || len(told[0].Items) != 2 || len(told[1].Items) != 1 || !strings.Contains(told[0].Subject("h"), "(and 1 more)") {
		t.Errorf("%+v", told)
	}
}

func TestBook_NeedsAPersonAtOnce(t *testing.T) {
	t.Parallel()
	b := &alert.Book{}
	told, now := run(b, noon, time.Hour, seen(dead(1)), place)
	if len(told) != 1 || told[0].Made.Sub(noon) > 10*time.Second {
		t.Fatalf("%+v", told)
	}
	// More of them are told again, not each by itself.
	told, now = run(b, now, 5*time.Minute, seen(dead(2)), place)
	if len(told) != 1 || keys(told[0])[0] != "more dead/support" {
		t.Fatalf("%+v", told)
	}
	if told, _ = run(b, now, 50*time.Minute, seen(dead(9)), place); len(told) != 0 {
		t.Errorf("%+v", told)
	}
}

func TestBook_QuietHours(t *testing.T) {
	t.Parallel()
	p := place
	p.Quiet = alert.Quiet{From: 22 * 60, To: 7 * 60}
	night := time.Date(2026, 11, 29, 23, 0, 0, 0, time.Local)
	b := &alert.Book{}
	urgent := alert.Cause{Key: "journal", Pace: alert.AtOnce, IsUrgent: true}
	told, now := run(b, night, time.Hour, seen(side("solved", night), side("stays", night), urgent), p)
	if len(told) != 1 || !slices.Equal(keys(told[0]), []string{"open journal"}) {
		t.Fatalf("%+v", told)
	}
	told, now = run(b, now, 8*time.Hour, seen(side("stays", night), urgent), p)
	if len(told) != 1 || !slices.Equal(keys(told[0]), []string{"open stays"}) || told[0].Made.Hour() != 7 {
		t.Errorf("%+v at %s", told, now)
	}
}

func TestQuiet_Holds(t *testing.T) {
	t.Parallel()
	at := func(h, m int) time.Time { return time.Date(2026, 1, 1, h, m, 0, 0, time.Local) }
	for _, tc := range []struct {
		q    alert.Quiet
		at   time.Time
		want bool
	}{
		{alert.Quiet{}, at(0, 0), false},
		{alert.Quiet{From: 60, To: 120}, at(1, 0), true},
		{alert.Quiet{From: 60, To: 120}, at(2, 0), false},
		{alert.Quiet{From: 22 * 60, To: 7 * 60}, at(23, 0), true},
		{alert.Quiet{From: 22 * 60, To: 7 * 60}, at(6, 59), true},
		{alert.Quiet{From: 22 * 60, To: 7 * 60}, at(7, 0), false},
	} {
		if got := tc.q.Holds(tc.at); got != tc.want {
			t.Errorf("%+v at %s: %v", tc.q, tc.at, got)
		}
	}
}

func TestBook_TheOldestMessage(t *testing.T) {
	t.Parallel()
	b := &alert.Book{}
	oldest := func(at time.Time) alert.Seen {
		return seen(alert.Cause{Key: "waiting/a/in", Pace: alert.Aging, Since: at, Level: alert.Healing, Title: "Messages wait"})
	}
	told, now := run(b, noon, 14*time.Minute, oldest(noon), place)
	if len(told) != 0 || len(b.State().Cases) != 0 {
		t.Fatalf("%+v", told)
	}
	if told, now = run(b, now, 2*time.Minute, oldest(noon), place); len(told) != 1 {
		t.Fatalf("%+v", told)
	}
	// Others wait now, for a shorter time: that is solved.
	if told, _ = run(b, now, 2*time.Minute, oldest(now), place); len(told) != 1 || keys(told[0])[0] != "solved waiting/a/in" {
		t.Errorf("%+v", told)
	}
}

// After a restart nothing is told again, and the end of what was told is; but not before it is known.
func TestBook_SurvivesARestart(t *testing.T) {
	t.Parallel()
	b := &alert.Book{}
	_, now := run(b, noon, 10*time.Minute, seen(side("x/a", noon)), place)
	data, err := json.Marshal(b.State())
	var state alert.State
	if err == nil {
		err = json.Unmarshal(data, &state)
	}
	if err != nil {
		t.Fatal(err)
	}
	b = alert.NewBook(state)
	told, now := run(b, now, 5*time.Minute, alert.Seen{IsUnsure: func(string) bool { return true }}, place)
	if len(told) != 0 {
		t.Fatalf("%+v", told)
	}
	if told, now = run(b, now, 5*time.Minute, seen(side("x/a", noon)), place); len(told) != 0 {
		t.Fatalf("%+v", told)
	}
	if told, _ = run(b, now, 5*time.Minute, seen(), place); len(told) != 1 || told[0].ID != 2 {
		t.Errorf("%+v", told)
	}
}

func TestBook_PastAndOwnTrouble(t *testing.T) {
	t.Parallel()
	b := &alert.Book{}
	gap := alert.Cause{Key: "gap/1", Pace: alert.AtOnce, IsPast: true}
	told, now := run(b, noon, time.Minute, seen(gap, side("alert//ops", noon.Add(-time.Hour))), place)
	more, _ := run(b, now, time.Hour, seen(), place)
	if len(told) != 1 || len(told[0].Items) != 1 || len(more) != 0 {
		t.Errorf("%+v, %+v", told, more)
	}
}

// A clock that was set back or forward makes no storm.
func TestBook_WrongClocks(t *testing.T) {
	t.Parallel()
	b := &alert.Book{}
	told, _ := run(b, noon, 10*time.Minute, seen(side("x/a", noon.Add(24*time.Hour))), place)
	if len(told) != 1 || told[0].Items[0].Since.After(noon) {
		t.Fatalf("%+v", told)
	}
	if told, _ = run(b, noon.Add(-48*time.Hour), 10*time.Minute, seen(side("x/a", noon)), place); len(told) != 0 {
		t.Errorf("%+v", told)
	}
}

func TestBook_OutgoingKeepsItsOrderAndIsBounded(t *testing.T) {
	t.Parallel()
	b := &alert.Book{}
	for i := range 250 {
		b.Round(noon.Add(time.Duration(i)*time.Hour), seen(alert.Cause{Key: strings.Repeat("k", i+1), Pace: alert.AtOnce, IsPast: true}), []alert.Place{place})
	}
	if n := b.Waiting("ops"); n != 100 {
		t.Errorf("%d wait", n)
	}
	first, _, ok := b.Next(noon, place)
	if !ok || first.ID != 151 {
		t.Errorf("%+v", first)
	}
	b.Failed(first.ID, noon.Add(time.Hour), "no")
	if again, due, _ := b.Next(noon, place); again.ID != first.ID || !due.Equal(noon.Add(time.Hour)) || again.Tries != 1 {
		t.Errorf("%+v", again)
	}
	b.Hasten(noon)
	if _, due, _ := b.Next(noon, place); !due.Equal(noon) {
		t.Error(due)
	}
	b.Sent(first.ID)
	if next, _, _ := b.Next(noon, place); next.ID != 152 {
		t.Errorf("%+v", next)
	}
	b.Round(noon, alert.Seen{}, nil) // the place is not told any more
	if s := b.State(); len(s.Cases)+len(s.Notices) != 0 {
		t.Errorf("%+v", s)
	}
}

// What was made before the quiet hours and could not be sent waits for their end; what is urgent passes it.
func TestBook_QuietHoursHoldWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	p := place
	p.Quiet = alert.Quiet{From: 22 * 60, To: 7 * 60}
	b := &alert.Book{}
	b.Round(noon, seen(alert.Cause{Key: "x", Pace: alert.AtOnce}), []alert.Place{p})
	night := time.Date(2026, 11, 29, 23, 0, 0, 0, time.Local)
	if n, _, ok := b.Next(night, p); ok {
		t.Errorf("%+v", n)
	}
	b.Round(night, seen(alert.Cause{Key: "x", Pace: alert.AtOnce}, alert.Cause{Key: "journal", Pace: alert.AtOnce, IsUrgent: true}), []alert.Place{p})
	if n, _, ok := b.Next(night, p); !ok || n.Items[0].Key != "journal" {
		t.Errorf("%+v", n)
	}
	if n, _, ok := b.Next(night.Add(9*time.Hour), p); !ok || n.Items[0].Key != "x" {
		t.Errorf("%+v", n)
	}
}
