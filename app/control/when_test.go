package control_test

import (
	"strings"
	"testing"
	"time"

	"perch/app/control"
)

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Skip("this computer knows no time zones: ", err)
	}
	return zone
}

func TestTimesAreReadAsPeopleWriteThem(t *testing.T) {
	rome := mustZone(t, "Europe/Rome")
	now := time.Date(2026, 10, 25, 15, 4, 5, 0, rome) // the clocks were put back in the night
	for text, want := range map[string][2]string{
		"":                          {"", ""},
		"today":                     {"2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		" Yesterday ":               {"2026-10-24T00:00:00+02:00", "2026-10-25T00:00:00+02:00"},
		"now":                       {"2026-10-25T15:04:05+01:00", "2026-10-25T15:04:05+01:00"},
		"2026-10-25":                {"2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		"25.10.2026":                {"2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		"25/10/2026":                {"2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		"2026-11-01T10:00":          {"2026-11-01T10:00:00+01:00", "2026-11-01T10:00:00+01:00"},
		"2026-11-01 10:00:30":       {"2026-11-01T10:00:30+01:00", "2026-11-01T10:00:30+01:00"},
		"2026-11-01T10:00:00Z":      {"2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z"},
		"2026-11-01T10:00:00-05:00": {"2026-11-01T10:00:00-05:00", "2026-11-01T10:00:00-05:00"},
		"1d":                        {"2026-10-24T15:04:05+02:00", "2026-10-24T15:04:05+02:00"},
		"2w":                        {"2026-10-11T15:04:05+02:00", "2026-10-11T15:04:05+02:00"},
		"24h":                       {"2026-10-24T16:04:05+02:00", "2026-10-24T16:04:05+02:00"},
		"30m":                       {"2026-10-25T14:34:05+01:00", "2026-10-25T14:34:05+01:00"},
		"30min":                     {"2026-10-25T14:34:05+01:00", "2026-10-25T14:34:05+01:00"},
	} {
		for i, parse := range []func(string, time.Time) (time.Time, error){control.ParseSince, control.ParseUntil} {
			at, err := parse(text, now)
			got := ""
			if !at.IsZero() {
				got = at.Format(time.RFC3339)
			}
			if err != nil || got != want[i] {
				t.Errorf("%q gives %s, %v, want %s", text, got, err, want[i])
			}
		}
	}
}

func TestWhatIsNoTimeIsRefusedInWords(t *testing.T) {
	for _, text := range []string{"soon", "2026-13-01", "2026-02-30", "3", "3y", "-3d", "1.5h", "9999999d", "10:00", "01-11-2026", "2026-11-01T25:00", "\x1b[2J"} {
		_, err := control.ParseSince(text, time.Now())
		if message, remedy := control.Explain(err); err == nil || !strings.Contains(message, "is not a day or a time") || !strings.Contains(remedy, "yesterday") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestATimeEndsAfterItBegins(t *testing.T) {
	now := time.Now()
	for _, tc := range []struct {
		since, until time.Time
		isFine       bool
	}{{now, now.Add(1), true}, {time.Time{}, now, true}, {now, time.Time{}, true}, {now, now, false}, {now.Add(1), now, false}} {
		if err := control.CheckSpan(tc.since, tc.until); (err == nil) != tc.isFine {
			t.Errorf("%v to %v: %v", tc.since, tc.until, err)
		}
	}
}
