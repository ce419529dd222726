package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"perch/bridge/sim/motionsim"
)

// benchLatency measures how long a message takes from X to Motion while it is quiet.
func benchLatency(t *testing.T, r *report, _ benchSizes) {
	b := newBox(t).start()
	const perSecond, seconds = 50, 10
	sent := steadily(perSecond, seconds, func(n int) string {
		text := fmt.Sprint("event ", n)
		body := fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":"%d","message_create":{"sender_id":"%d","message_data":{"text":%q}}}],`+
			`"users":{"%d":{"screen_name":"c%d"}}}`, brandID, 1000+n, 5000+n%100, text, 5000+n%100, n%100)
		if status := b.signed(body); status != 200 {
			t.Fatal(status)
		}
		return text
	})
	took := waits(sent, b.awaitMotion(perSecond*seconds))
	r.add(
		figure{Name: fmt.Sprintf("X to Motion at %d a second: p50", perSecond), Value: median(took), Unit: "ms", Target: 4},
		figure{Name: "  p99", Value: took[len(took)*99/100], Unit: "ms", Target: 8},
		figure{Name: "  most", Value: took[len(took)-1], Unit: "ms"},
	)
}

// steadily sends messages in a steady beat and returns when each was begun to be sent, by its text.
func steadily(perSecond, seconds int, sendOne func(n int) (text string)) map[string]time.Time {
	sent := map[string]time.Time{}
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for n := range perSecond * seconds {
		<-tick.C
		began := time.Now()
		sent[sendOne(n)] = began
	}
	return sent
}

// waits is how long each message took until Motion had it, in ms, sorted.
func waits(sent map[string]time.Time, messages []motionsim.Message) (took []float64) {
	for _, m := range messages {
		took = append(took, float64(m.At.Sub(sent[m.Body]).Microseconds())/1000)
	}
	slices.Sort(took)
	return took
}
