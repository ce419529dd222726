package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
)

const (
	// drainBatch is how many messages the queue is filled with at a time.
	drainBatch = 200
	// drainPatience bounds how long the queue takes to empty.
	drainPatience = 10 * time.Minute
)

// benchDrain measures how fast a queue of messages of benchPeople conversations empties, and what each costs.
func benchDrain(t *testing.T, r *report, sizes benchSizes) {
	b := newBox(t).start()
	b.must("pause")
	b.fillQueue(sizes.drained)
	pid := b.relay.Process.Pid
	awaitRest(t, pid)
	before, self, began := usageOf(t, pid), cpuTime(t, os.Getpid()), time.Now()
	b.must("resume")
	for b.motion.Calls(notifyCall) < sizes.drained {
		if time.Since(began) > drainPatience {
			t.Fatalf("%d delivered after %v", b.motion.Calls(notifyCall), drainPatience)
		}
		time.Sleep(20 * time.Millisecond)
	}
	took := time.Since(began)
	simulated := cpuTime(t, os.Getpid()) - self
	b.awaitNoted(sizes.drained)
	awaitRest(t, pid)
	used := usageOf(t, pid).since(before)
	n := int64(sizes.drained)
	cpu, rate := micros(used.cpu, n), float64(n)/took.Seconds()
	r.add(
		figure{Name: fmt.Sprintf("messages drained, %d of %d conversations", n, benchPeople), Value: rate, Unit: "/s", Target: 4000, More: true},
		figure{Name: "CPU for an event until delivered, ingest included", Value: r.ingestCPU + cpu, Unit: "µs", Target: 300},
		figure{Name: "  of them for the delivery", Value: cpu, Unit: "µs"},
		figure{Name: "  beside it, in the simulated Motion", Value: micros(simulated, n), Unit: "µs"},
		figure{Name: "  bytes written for a delivery", Value: used.chars / float64(n), Unit: "bytes"},
		figure{Name: "  of them to the disk, pages as they are", Value: used.written / float64(n), Unit: "bytes"},
	)
	if r.hashCPU > 0 {
		r.add(figure{Name: drainCPU, Value: cpu / r.hashCPU, Ratio: true}, figure{Name: drainRatio, Value: rate / r.hashRate, More: true, Ratio: true})
	}
}

// fillQueue posts messages of benchPeople customers to a paused relay and waits until all are queued.
func (b *box) fillQueue(messages int) {
	b.t.Helper()
	for n := 0; n < messages; n += drainBatch {
		list := make([]string, drainBatch)
		for i := range list {
			list[i] = fmt.Sprintf(`{"type":"message_create","id":"%d","message_create":{"sender_id":"%d","message_data":{"text":"m%d"}}}`,
				1_000_000+n+i, firstPerson+(n+i)%benchPeople, n+i)
		}
		if status := b.signed(fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[%s],"users":{"1":{"screen_name":"x"}}}`, brandID, strings.Join(list, ","))); status != 200 {
			b.t.Fatal(status)
		}
	}
	b.addPeople()
	b.until("all queued", func() bool { return b.status().Channels[0].Inbound.Queued == messages })
}

// addPeople makes the customers known to the simulated X, which is asked for their names.
func (b *box) addPeople() {
	for id := range benchPeople {
		b.x.AddPerson(sim.Person{ID: fmt.Sprint(firstPerson + id), Handle: fmt.Sprint("c", firstPerson+id), Name: "C"})
	}
	b.x.SetLimit("users.id", 10_000_000, 15*time.Minute)
}
