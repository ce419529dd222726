package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/xevents"
)

// classLost is the one failure that belongs to no variation.
const classLost = "the relay does not get its way in back"

const (
	// hostileStandard is how many variations run where HOSTILE does not say.
	hostileStandard = 100
	// hostileShown is how many failures of one class are printed.
	hostileShown = 4
	// hostileAgain is how many variations at most are played again alone; more is no accident.
	hostileAgain = 40
	// hostileShare is how many variations are worth a relay of their own.
	hostileShare = 40
)

// hostileProfile is one way of running a relay, with what can go wrong on it.
type hostileProfile struct {
	name, api, mode string
	family          xevents.Family
	// isRegistered lets Perch register the webhook itself.
	isRegistered bool
	// share is how many of 100 variations it gets, and relays how many there are of it at most.
	share, relays int
	scenes        []hostileScene
}

// hostileScene is one way of making Perch meet an oddity. Its weight is how often it is chosen.
type hostileScene struct {
	name   string
	weight int
	play   func(*hostileRig, *hostileRun)
}

func hostileProfiles() []hostileProfile {
	both := append(eventScenes(), append(answerScenes(), motionScenes()...)...)
	xaa := append(slices.Clone(both), chatScenes()...)
	stream := append(eventScenes(), append(chatScenes(), streamScenes()...)...)
	return []hostileProfile{
		{name: "v2", api: "v2", mode: "webhook", family: xevents.XAA, share: 34, relays: 4, scenes: xaa},
		{name: "v1.1", api: "v1.1", mode: "webhook", family: xevents.Legacy, share: 28, relays: 4, scenes: append(slices.Clone(both), legacyScenes()...)},
		{name: "stream", api: "v2", mode: "stream", share: 18, relays: 4, scenes: stream},
		{name: "poll v2", api: "v2", mode: "poll", share: 6, relays: 3, scenes: pollScenes()},
		{name: "poll v1.1", api: "v1.1", mode: "poll", share: 6, relays: 3, scenes: pollScenes()},
		{name: "registered v2", api: "v2", mode: "webhook", family: xevents.XAA, isRegistered: true, share: 4, relays: 3, scenes: wayScenes("webhooks", "activity.subscriptions")},
		{name: "registered v1.1", api: "v1.1", mode: "webhook", family: xevents.Legacy, isRegistered: true, share: 4, relays: 3, scenes: wayScenes("webhooks", "subscriptions")},
	}
}

// hostileRun is one variation.
type hostileRun struct {
	seed    uint64
	profile int
	scene   hostileScene
	random  *rand.Rand
	// mark is in every text of the variation, and customer writes them.
	mark     string
	customer sim.Person
	// oddity is what was set, struck what came of it.
	oddity hostile.Oddity
	struck []hostile.Struck
	aims   []aim
	// shown are the messages that Perch has made of it.
	shown []int64
	// before is the message before the first of those, and again when to look at them again.
	before int64
	again  time.Time
	// isOut is set when the way to X was touched, too.
	isOut bool
	// isPublic asks for a public good message, and isWay for patience with the way in.
	isPublic, isWay, isPoll, isBatch bool
	goodFrom                         sim.Person
	goodPost                         string
	goodInteraction                  int
	began                            time.Time
}

// planned makes the variation of a seed.
func planned(seed uint64, profiles []hostileProfile) *hostileRun {
	random := rand.New(rand.NewPCG(seed, 7))
	run := &hostileRun{seed: seed, random: random, mark: fmt.Sprintf("m%dm", seed)}
	run.customer = sim.Person{ID: strconv.FormatUint(7_000_000_000_000_000+seed*100, 10), Handle: fmt.Sprintf("cust_%d", seed), Name: fmt.Sprint("Customer ", seed)}
	at := random.IntN(100)
	for at >= profiles[run.profile].share {
		at -= profiles[run.profile].share
		run.profile++
	}
	scenes := profiles[run.profile].scenes
	total := 0
	for _, s := range scenes {
		total += s.weight
	}
	at = random.IntN(total)
	for _, s := range scenes {
		if at -= s.weight; at < 0 {
			run.scene = s
			break
		}
	}
	return run
}

// Nothing that X, Motion or what stands between sends wrong stops, blinds or shrinks Perch. HOSTILE is the number of
// variations, PERCH_HOSTILE_FROM the first seed; PERCH_HOSTILE_SEED runs one alone and tells more of it.
func TestNothingFromOutsideStopsPerch(t *testing.T) {
	first, count := hostileNumber("PERCH_HOSTILE_FROM", 1), hostileNumber("HOSTILE", hostileStandard)
	if os.Getenv("PERCH_HOSTILE_SEED") != "" {
		first, count = hostileNumber("PERCH_HOSTILE_SEED", 1), 1
	}
	profiles := hostileProfiles()
	runs := make([][]*hostileRun, len(profiles))
	for seed := first; seed < first+count; seed++ {
		run := planned(uint64(seed), profiles)
		if only := os.Getenv("PERCH_HOSTILE_ONLY"); only == "" || strings.Contains(profiles[run.profile].name+" "+run.scene.name, only) {
			runs[run.profile] = append(runs[run.profile], run)
		}
	}
	book := newHostileBook()
	began := time.Now()
	var relays sync.WaitGroup // not t.Parallel, which lets only as many run as there are processors: these wait most of the time
	for i, p := range profiles {
		work := make(chan *hostileRun, len(runs[i]))
		for _, run := range runs[i] {
			work <- run
		}
		close(work)
		for n := range min(p.relays, (len(runs[i])+hostileShare-1)/hostileShare) {
			relays.Go(func() {
				t.Run(fmt.Sprint(p.name, " ", n), func(t *testing.T) { newHostileRig(t, p, book).work(work) })
			})
		}
	}
	relays.Wait()
	took := time.Since(began)
	book.again(t, profiles).report(t, took)
}

func hostileNumber(name string, standard int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return standard
}

// hostileBook is where the relays write down what they found.
type hostileBook struct {
	mu          sync.Mutex
	done, unmet int
	renewed     int
	slowest     time.Duration
	failed      map[string][]string // by class
	doubted     map[uint64]bool     // the seeds of those
	kinds       map[string]int
	laps        map[string]time.Duration
}

func (k *hostileBook) fail(class, what string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failed[class] = append(k.failed[class], what)
}

func (k *hostileBook) doubt(seed uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.doubted[seed] = true
}

func newHostileBook() *hostileBook {
	return &hostileBook{failed: map[string][]string{}, doubted: map[uint64]bool{}, kinds: map[string]int{}, laps: map[string]time.Duration{}}
}

// again plays each variation that failed once more, on a relay of its own, and returns what fails there too. Beside others
// a message that is tried again may meet the oddity of a later variation, which nobody can tell from a mistake of Perch's.
func (k *hostileBook) again(t *testing.T, profiles []hostileProfile) *hostileBook {
	if len(k.doubted) == 0 || len(k.doubted) > hostileAgain {
		return k
	}
	alone := newHostileBook()
	for _, seed := range slices.Sorted(maps.Keys(k.doubted)) {
		run := planned(seed, profiles)
		work := make(chan *hostileRun, 1)
		work <- run
		close(work)
		t.Run(fmt.Sprint("alone ", seed), func(t *testing.T) { newHostileRig(t, profiles[run.profile], alone).work(work) })
	}
	for class, all := range k.failed {
		t.Logf("%d times %s, beside others: %s", len(all), class, strings.Join(all, "\n    "))
	}
	if lost := k.failed[classLost]; len(lost) > 0 {
		alone.failed[classLost] = lost
	}
	k.failed = alone.failed
	return k
}

func (k *hostileBook) note(run *hostileRun) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.done++
	if len(run.struck) == 0 {
		k.unmet++
		k.kinds[fmt.Sprintf("(not met) %s %s: seed %d", run.scene.name, run.oddity.Endpoint, run.seed)]++
	}
	for _, s := range run.struck {
		k.kinds[s.Endpoint+" "+s.Kind]++
	}
}

func (k *hostileBook) lap(part string, took time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.laps[part] += took
}

func (k *hostileBook) arrived(after time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.slowest = max(k.slowest, after)
}

// report prints every class of failure with its first examples, and fails the test if there is any.
func (k *hostileBook) report(t *testing.T, took time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	t.Logf("%d variations in %v (%.1f a second), %d endpoints and kinds; %d met nothing; %d relays begun anew; the slowest good message took %v",
		k.done, took.Round(time.Second), float64(k.done)/took.Seconds(), len(k.kinds), k.unmet, k.renewed, k.slowest.Round(time.Millisecond))
	if k.unmet*10 > k.done && k.done > 20 {
		t.Errorf("%d of %d variations met nothing: %v", k.unmet, k.done, k.kinds)
	}
	var classes []string
	for class := range k.failed {
		classes = append(classes, class)
	}
	slices.SortFunc(classes, func(a, b string) int { return len(k.failed[b]) - len(k.failed[a]) })
	for _, class := range classes {
		all := k.failed[class]
		t.Errorf("%d times %s:\n    %s", len(all), class, strings.Join(all[:min(len(all), hostileShown)], "\n    "))
	}
	if os.Getenv("PERCH_HOSTILE_KINDS") != "" {
		t.Log(k.kinds)
		var parts []string
		for part := range k.laps {
			parts = append(parts, part)
		}
		slices.SortFunc(parts, func(a, b string) int { return int(k.laps[b] - k.laps[a]) })
		for _, part := range parts[:min(len(parts), 25)] {
			t.Log(k.laps[part].Round(time.Millisecond), part)
		}
	}
}
