package e2e

import (
	"sync/atomic"
	"testing"
	"time"
)

// notifyCall is what the simulated Motion counts its deliveries by.
const notifyCall = "POST /api/openchannel/accounts/{id}/notify"

// ingestRun measures how many events Perch takes beside servers that store nothing. All get the same load, by turns.
type ingestRun struct {
	*box
	t       *testing.T
	sizes   benchSizes
	counter atomic.Int64
	taken   int64 // by Perch
	hash    server
	node    server
	hasNode bool

	alone, hashes, nodes []round
	apart, indexed       []float64 // µs for each event, after its 200; and after that, at leisure
}

func benchIngest(t *testing.T, r *report, sizes benchSizes) {
	run := &ingestRun{box: newBox(t).start(), t: t, sizes: sizes}
	run.must("pause") // nothing else goes on; deliveries have rounds of their own
	run.hash = startHashOnly(t, run.brand.ConsumerSecret)
	if run.node, run.hasNode = startNode(t, run.brand.ConsumerSecret); !run.hasNode {
		r.missing("durable ingest / bare Node handler: there is no node here")
	}
	run.warmUp()
	for range sizes.rounds {
		run.alternate()
	}
	run.reportAlone(r)
	run.underDeliveries(r)
}

func (run *ingestRun) round(s server) round {
	return s.ingest(run.t, run.brand.ConsumerSecret, run.sizes.round, &run.counter)
}

// warmUp sends every server some events that do not count.
func (run *ingestRun) warmUp() {
	servers := []server{run.hash, run.server()}
	if run.hasNode {
		servers = append(servers, run.node)
	}
	for _, s := range servers {
		s.ingest(run.t, run.brand.ConsumerSecret, time.Second, &run.counter)
	}
	run.awaitApart(0)
}

// alternate is one round of each server. Perch takes apart what it has got before the next one's begins, so that nobody
// is measured beside what another has left to do.
func (run *ingestRun) alternate() {
	pid := run.relay.Process.Pid
	one := run.round(run.server())
	before := cpuTime(run.t, pid)
	run.taken += one.answered
	run.untilApart()
	apart := cpuTime(run.t, pid)
	run.awaitApart(run.taken)
	run.alone = append(run.alone, one)
	run.apart = append(run.apart, micros(apart-before, one.answered))
	run.indexed = append(run.indexed, micros(cpuTime(run.t, pid)-apart, one.answered))
	run.hashes = append(run.hashes, run.round(run.hash))
	if run.hasNode {
		run.nodes = append(run.nodes, run.round(run.node))
	}
}

// untilApart waits until a paused relay has taken apart all that it got. What it does afterwards, for searches, waits until
// it has nothing else to do for a second.
func (run *ingestRun) untilApart() {
	for {
		in := run.status().Channels[0].Inbound
		if int64(in.Queued+in.Delivered+in.Dead) >= run.taken {
			return
		}
		time.Sleep(apartLook)
	}
}

// apartLook is the time between two looks, each of which costs the relay some too.
const apartLook = 200 * time.Millisecond

// of returns one value of every round.
func of(rounds []round, value func(round) float64) (all []float64) {
	for _, r := range rounds {
		all = append(all, value(r))
	}
	return all
}

func rateOf(r round) float64 { return r.rate() }
func cpuOf(r round) float64  { return r.cpu }

// pairs divides what was measured by turns, each by its neighbour: what else the computer does weighs on both.
func pairs(above, below []float64) (all []float64) {
	for i := range above {
		all = append(all, above[i]/below[i])
	}
	return all
}

func (run *ingestRun) reportAlone(r *report) {
	cpu, hash := of(run.alone, cpuOf), of(run.hashes, cpuOf)
	r.add(
		figure{Name: ingestRatio, Value: middle(pairs(of(run.alone, rateOf), of(run.hashes, rateOf))), Target: 0.70, More: true, Ratio: true},
		figure{Name: "  durable ingest", Value: middle(of(run.alone, rateOf)), Unit: "/s"},
		figure{Name: "  HMAC-only handler", Value: middle(of(run.hashes, rateOf)), Unit: "/s"},
	)
	if run.hasNode {
		r.add(figure{Name: nodeRatio, Value: middle(pairs(of(run.alone, rateOf), of(run.nodes, rateOf))), Target: 1, More: true},
			figure{Name: "  bare Node handler", Value: middle(of(run.nodes, rateOf)), Unit: "/s"})
	}
	r.add(
		figure{Name: "CPU for an event until 200", Value: middle(cpu), Unit: "µs", Target: 90},
		figure{Name: "  and until it is taken apart", Value: middle(run.apart), Unit: "µs"},
		figure{Name: "  and until it can be searched for quickly, when nothing else is to do", Value: middle(run.indexed), Unit: "µs"},
		figure{Name: "  HMAC-only handler", Value: middle(hash), Unit: "µs"},
		figure{Name: "  what sends the events", Value: middle(of(run.alone, func(r round) float64 { return r.sender })), Unit: "µs"},
		figure{Name: cpuRatio, Value: middle(pairs(cpu, hash)), Ratio: true},
		figure{Name: apartRatio, Value: middle(pairs(run.apart, hash)), Ratio: true},
		figure{Name: "bytes written for an event of 2,048 until 200", Value: middle(of(run.alone, func(r round) float64 { return r.chars })), Unit: "bytes"},
		figure{Name: "  of them to the disk, pages as they are", Value: middle(of(run.alone, func(r round) float64 { return r.written })), Unit: "bytes"},
	)
	r.ingestCPU = middle(cpu) + middle(run.apart)
}

// underDeliveries measures the same while the relay delivers what it has. The HMAC-only handler is measured alone, with
// the relay at rest, as before.
func (run *ingestRun) underDeliveries(r *report) {
	var ratios, rates, delivered []float64
	for range run.sizes.rounds {
		one, perSecond := run.whileDelivering()
		hash := run.round(run.hash)
		ratios, rates, delivered = append(ratios, one.rate()/hash.rate()), append(rates, one.rate()), append(delivered, perSecond)
	}
	r.add(
		figure{Name: busyRatio, Value: middle(ratios), Target: 0.45, More: true, Ratio: true},
		figure{Name: "  durable ingest", Value: middle(rates), Unit: "/s"},
		figure{Name: "  deliveries to Motion meanwhile", Value: middle(delivered), Unit: "/s"},
	)
}

// whileDelivering is one round of the relay with deliveries going on from beginning to end.
func (run *ingestRun) whileDelivering() (one round, perSecond float64) {
	before := run.arrived()
	run.must("resume")
	run.until("deliveries", func() bool { return run.arrived() > before+deliveriesFirst })
	before = run.arrived()
	one = run.round(run.server())
	perSecond = float64(run.arrived()-before) / one.took.Seconds()
	run.taken += one.answered
	run.must("pause")
	run.awaitApart(run.taken)
	return one, perSecond
}

// deliveriesFirst is how many deliveries show that they go on.
const deliveriesFirst = 200
