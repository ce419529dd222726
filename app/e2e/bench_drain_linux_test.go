package e2e

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
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

// drainRun empties a queue piece by piece, with a round of the HMAC-only handler behind each, to hold it against.
type drainRun struct {
	*box
	counter      atomic.Int64
	done         int
	took         time.Duration
	used         usage
	simulated    time.Duration // of the processor, in the simulated Motion
	rates, costs []float64     // against the HMAC-only handler's
}

// benchDrain measures how fast a queue of messages of benchPeople conversations empties, and what each costs.
func benchDrain(t *testing.T, r *report, sizes benchSizes) {
	run := &drainRun{box: newBox(t).start()}
	run.must("pause")
	run.fillQueue(sizes.drained)
	hash := startHashOnly(t, run.brand.ConsumerSecret)
	hash.ingest(t, run.brand.ConsumerSecret, time.Second, &run.counter)
	for piece := 1; piece <= sizes.rounds; piece++ {
		rate, cpu := run.piece(sizes.drained * piece / sizes.rounds)
		beside := hash.ingest(t, run.brand.ConsumerSecret, sizes.round, &run.counter)
		run.rates, run.costs = append(run.rates, rate/beside.rate()), append(run.costs, cpu/beside.cpu)
	}
	run.awaitNoted(sizes.drained)
	n := int64(run.done)
	cpu := micros(run.used.cpu, n)
	r.add(
		figure{Name: fmt.Sprintf("messages drained, %d of %d conversations", n, benchPeople), Value: float64(n) / run.took.Seconds(), Unit: "/s", Target: 4000, More: true},
		figure{Name: "CPU for an event until delivered, ingest included", Value: r.ingestCPU + cpu, Unit: "µs", Target: 300},
		figure{Name: "  of them for the delivery", Value: cpu, Unit: "µs"},
		figure{Name: "  beside it, in the simulated Motion", Value: micros(run.simulated, n), Unit: "µs"},
		figure{Name: "  bytes written for a delivery", Value: run.used.chars / float64(n), Unit: "bytes"},
		figure{Name: "  of them to the disk, pages as they are", Value: run.used.written / float64(n), Unit: "bytes"},
		figure{Name: drainCPU, Value: middle(run.costs), Ratio: true}, figure{Name: drainRatio, Value: middle(run.rates), More: true, Ratio: true},
	)
}

// piece lets the relay deliver until so many have arrived in all, and returns how many a second and µs for each.
func (run *drainRun) piece(until int) (rate, cpu float64) {
	t, pid := run.t, run.relay.Process.Pid
	awaitRest(t, pid)
	before, self := usageOf(t, pid), cpuTime(t, os.Getpid())
	run.must("resume")
	began, first := time.Now(), run.done
	for run.arrived() < until {
		if time.Since(began) > drainPatience {
			t.Fatalf("%d delivered after %v", run.arrived(), drainPatience)
		}
		if first == run.done { // the command that resumes takes a moment
			began, first = time.Now(), run.arrived()
		}
		time.Sleep(10 * time.Millisecond)
	}
	took, arrived := time.Since(began), run.arrived()
	run.simulated += cpuTime(t, os.Getpid()) - self
	run.must("pause")
	awaitRest(t, pid)
	used := usageOf(t, pid).since(before)
	rate = float64(arrived-first) / took.Seconds()
	cpu = micros(used.cpu, int64(run.arrived()-run.done))
	run.done, run.took = run.arrived(), run.took+time.Duration(float64(run.arrived()-run.done)/rate*float64(time.Second))
	run.used = usage{run.used.cpu + used.cpu, run.used.chars + used.chars, run.used.written + used.written}
	return rate, cpu
}

// arrived is how many messages the simulated Motion has got.
func (b *box) arrived() int { return b.motion.Calls(notifyCall) }

// fillQueue posts messages of benchPeople customers to a paused relay and waits until all are queued.
func (b *box) fillQueue(messages int) {
	b.t.Helper()
	for n := 0; n < messages; n += drainBatch {
		list, users := make([]string, drainBatch), make([]string, drainBatch)
		for i := range list {
			id := firstPerson + (n+i)%benchPeople
			users[i] = fmt.Sprintf(`"%d":{"id":"%d","screen_name":"c%d","name":"C"}`, id, id, id)
			list[i] = fmt.Sprintf(`{"type":"message_create","id":"%d","message_create":{"sender_id":"%d","message_data":{"text":"m%d"}}}`,
				1_000_000+n+i, firstPerson+(n+i)%benchPeople, n+i)
		}
		if status := b.signed(fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[%s],"users":{%s}}`, brandID, strings.Join(list, ","), strings.Join(users, ","))); status != 200 {
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
