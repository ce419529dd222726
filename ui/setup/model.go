package setup

import (
	"strings"
	"time"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/snapshot"
)

// The steps of the set-up.
const (
	stepStart = iota
	stepX
	stepMotion
	stepReach
	stepReplies
	stepFinish
	stepChat // after the end: keys are imported into a set-up that is saved
	stepCount
)

// stepKeys name the steps, for texts.
func stepKeys() []string {
	return []string{"start", "x", "motion", "reach", "replies", "finish", "chat"}
}

// firstConfig is the configuration that a set-up begins with: what is there, with one channel at least.
func firstConfig(s control.Settings) control.Config {
	c := form.Clone(s.Config)
	if len(c.Channels) == 0 {
		c.Channels = append(c.Channels, form.NewChannel("support"))
	}
	return c
}

// xSecrets are the secrets of the X step, in the order in which the portal shows them.
func xSecrets() []string {
	return []string{"x.consumer_key", "x.consumer_secret", "x.access_token", "x.access_token_secret"}
}

// hasXKeys reports whether all of X's keys are stored for the channel or were typed.
func hasXKeys(s control.Settings, channel string, typed map[string]string) bool {
	for _, name := range xSecrets() {
		if strings.TrimSpace(typed[name]) == "" && !s.Has(channel, name) {
			return false
		}
	}
	return true
}

// roundTrip is how far the round trip at the end of a set-up has got.
type roundTrip struct {
	// Running is set when the relay runs, Received when a message from X has reached Motion since the set-up, and
	// Answered when an agent's answer has reached X.
	Running, Received, Answered bool
}

// makeTrip looks for traffic of a channel since a time.
func makeTrip(d snapshot.Data, channel string, since time.Time) roundTrip {
	in, out := d.Last[snapshot.LastKey{Channel: channel, Direction: "in"}], d.Last[snapshot.LastKey{Channel: channel, Direction: "out"}]
	return roundTrip{Running: d.Running, Received: in.Delivered.After(since), Answered: out.Delivered.After(since)}
}
