package e2e

import (
	"fmt"
	"slices"
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
	before := cpuTicks(t, pid)
	const idle = 20
	time.Sleep(idle * time.Second)
	t.Logf("idle with keys: %.1f MB resident (target 30), %.2f %% of a core (target 0.0)", residentMB(t, pid), float64(cpuTicks(t, pid)-before)/idle)
	const perSecond, seconds, customers = 50, 10, 20
	for n := range customers {
		id := fmt.Sprint(700_000 + n)
		b.x.AddPerson(sim.Person{ID: id, Handle: fmt.Sprint("c", n), Name: "C"})
		b.x.EnableChat(id)
		b.x.Write(id, brandID, sim.Note{Text: fmt.Sprint("first ", n)}) // who it is and which keys are asked of X once
	}
	b.awaitMotion(1 + customers)
	sent := map[string]time.Time{}
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	for n := range perSecond * seconds {
		<-tick.C
		text := fmt.Sprint("secret ", n)
		sent[text] = time.Now()
		b.x.Write(fmt.Sprint(700_000+n%customers), brandID, sim.Note{Text: text})
	}
	var took []float64
	for _, m := range b.awaitMotion(1 + customers + perSecond*seconds)[1+customers:] {
		took = append(took, float64(m.At.Sub(sent[m.Body]).Microseconds())/1000)
	}
	slices.Sort(took)
	t.Logf("encrypted, X to Motion at %d messages/s: p50 %.1f ms (target 10), p99 %.1f ms (target 50), most %.1f ms", perSecond, median(took),
		took[len(took)*99/100], took[len(took)-1])
}
