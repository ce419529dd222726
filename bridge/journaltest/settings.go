package journaltest

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
	"perch/bridge/alert"
)

var ofSettings = []guarantee{
	{"are kept over an end", settingsAreKept},
	{"of quotas are kept", quotasAreKept},
	{"of alerts are kept", alertsAreKept},
}

func settingsAreKept(t *testing.T, place Place) {
	open := place(t)
	s := start(t, open)
	for _, step := range [][2]string{{"k", "v"}, {"k", "è \"w\"\n"}, {"K", "other"}, {"gone", "x"}, {"gone", ""}} {
		if err := s.SetSetting(t.Context(), step[0], step[1]); err != nil {
			t.Fatal(err)
		}
	}
	s.end(t)
	s = start(t, open)
	for key, want := range map[string]string{"k": "è \"w\"\n", "K": "other", "gone": "", "never": ""} {
		if got, err := s.Setting(t.Context(), key); got != want || err != nil {
			t.Errorf("%s = %q, %v; want %q", key, got, err, want)
		}
	}
}

func quotasAreKept(t *testing.T, place Place) {
	open := place(t)
	s := start(t, open)
	reset := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	day := bridge.Window{Name: "app_24h", Limit: 1440, Remaining: 9, Reset: reset.Add(time.Hour)}
	save := func(channel, endpoint string, windows ...bridge.Window) {
		t.Helper()
		if err := s.SaveQuota(t.Context(), channel, endpoint, windows); err != nil {
			t.Fatal(err)
		}
	}
	save("c", "dm.send", day, bridge.Window{Name: "15min", Limit: 15, Remaining: 3, Reset: reset.Add(-time.Minute)})
	used := bridge.Window{Name: "15min", Limit: 15, Remaining: 0, Reset: reset}
	save("c", "dm.send", used) // in place of the one of its name, and of no other
	save("c", "post.create", used)
	save("d", "dm.send", day)
	s.end(t)
	s = start(t, open)
	for channel, want := range map[string]map[string][]bridge.Window{
		"c": {"dm.send": {used, day}, "post.create": {used}}, "d": {"dm.send": {day}}, "e": {},
	} {
		got, err := s.LoadQuota(t.Context(), channel)
		if diff := cmp.Diff(want, maps.Collect(maps.All(got)), cmp.Comparer(time.Time.Equal)); diff != "" || err != nil {
			t.Errorf("%s: %s %v", channel, diff, err)
		}
	}
}

func alertsAreKept(t *testing.T, place Place) {
	open := place(t)
	s := start(t, open)
	now := time.Now().Round(time.Millisecond).UTC()
	if got, err := s.LoadAlerts(t.Context()); err != nil || len(got.Cases)+len(got.Notices) != 0 || got.Last != 0 {
		t.Errorf("in a new journal: %+v, %v", got, err)
	}
	want := alert.State{
		Cases: []alert.Case{
			{Place: "boss", Cause: alert.Cause{Key: "x/support", What: "it's ‹broken›", Level: alert.NeedsYou, Grace: time.Minute}, Seen: now},
			{Place: "ops", Cause: alert.Cause{Key: "dead/support", Count: 3, Since: now}, Seen: now, Told: now, ToldCount: 2},
			{Place: "ops", Cause: alert.Cause{Key: "x/support", What: "it's ‹broken›"}, Seen: now, Told: now, Gone: now},
		},
		Notices: []alert.Notice{
			{ID: 8, Place: "ops", Made: now, Due: now, Items: []alert.Item{{State: alert.Test}}},
			{ID: 9, Place: "ops", Made: now, Due: now, Tries: 2, Problem: "away", Items: []alert.Item{{State: alert.Open, Messages: []string{"a: \"b\""}}}},
		},
		Last: 9,
	}
	old := alert.State{Cases: []alert.Case{{Place: "old"}}, Notices: []alert.Notice{{ID: 2, Place: "old"}}, Last: 3}
	for _, state := range []alert.State{old, want} { // in place of what was there
		if err := s.SaveAlerts(t.Context(), state); err != nil {
			t.Fatal(err)
		}
	}
	s.end(t)
	s = start(t, open)
	got, err := s.LoadAlerts(t.Context())
	if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if err := s.SaveAlerts(t.Context(), alert.State{Last: 9}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.LoadAlerts(t.Context()); err != nil || len(got.Cases)+len(got.Notices) != 0 || got.Last != 9 {
		t.Errorf("when all is over: %+v, %v", got, err)
	}
}
