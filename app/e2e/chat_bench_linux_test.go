package e2e

import (
	"fmt"
	"testing"
	"time"

	"perch/bridge/sim"
)

// Encrypted chat: how long a message takes from the customer's app to Motion, encryption by the simulated app included, and
// what a relay that has keys needs while nothing happens.
func TestBenchChat(t *testing.T) {
	needBench(t)
	b := chatBox(t)
	b.x.Write(annID, brandID, sim.Note{Text: "hello"})
	b.awaitMotion(1)
	time.Sleep(12 * time.Second)
	pid := b.relay.Process.Pid
	t.Logf("idle with keys: %.1f MB resident (target 30), %.2f %% of a core (target 0.1)", residentMB(t, pid), idleShare(t, pid))
	const perSecond, seconds, customers = 50, 10, 20
	for n := range customers {
		id := fmt.Sprint(700_000 + n)
		b.x.AddPerson(sim.Person{ID: id, Handle: fmt.Sprint("c", n), Name: "C"})
		b.x.EnableChat(id)
		b.x.Write(id, brandID, sim.Note{Text: fmt.Sprint("first ", n)}) // who it is and which keys are asked of X once
	}
	b.awaitMotion(1 + customers)
	sent := steadily(perSecond, seconds, func(n int) string {
		text := fmt.Sprint("secret ", n)
		b.x.Write(fmt.Sprint(700_000+n%customers), brandID, sim.Note{Text: text})
		return text
	})
	took := waits(sent, b.awaitMotion(1 + customers + perSecond*seconds)[1+customers:])
	t.Logf("encrypted, X to Motion at %d messages/s: p50 %.1f ms (target 10), p99 %.1f ms (target 50), most %.1f ms", perSecond, median(took),
		took[len(took)*99/100], took[len(took)-1])
}
