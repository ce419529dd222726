package limits

import (
	"testing"
	"time"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/translation"
	"perch/ui/uitest"
)

var (
	now = time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC)
	en  = translation.New("en")
)

func TestLimits(t *testing.T) {
	groups := makeGroups(uitest.Limits(now), now, en)
	if len(groups) != 1 || len(groups[0].Gauges) != 7 {
		t.Fatalf("%+v", groups)
	}
	byName := map[string]gaugeText{}
	for _, g := range groups[0].Gauges {
		byName[g.Name+", "+g.Window] = g
	}
	used := byName["Publish replies, in 15 minutes"]
	if used.Tone != format.Bad || used.Part != 1 || used.Waiting != "1 message waits for it and goes at 15:11" || used.Resets != "resets 15:11, in 7 min 00 s" {
		t.Errorf("%+v", used)
	}
	if tight := byName["Publish replies, in 24 hours, this account"]; tight.Tone != format.Warn || tight.Left != "13 of 100 left" || tight.Waiting != "" {
		t.Errorf("%+v", tight)
	}
	if over := byName["Own account, in 15 minutes"]; over.Used != 0 || over.Resets != "full again" || over.Left != "75 of 75 left" {
		t.Errorf("%+v", over)
	}
	if g := makeGroups([]control.Limit{{Endpoint: "new.thing", Windows: []control.Window{{Name: "1h"}}}}, now, en)[0].Gauges[0]; g.Name != "new.thing" || g.Window != "1h" || g.Part != 0 {
		t.Errorf("an unknown endpoint: %+v", g)
	}
}
