package sim

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/serve"
)

// X is a simulated X. Make one with StartX. All methods are safe for concurrent use.
type X struct {
	server *serve.Server
	log    *slog.Logger
	now    func() time.Time
	client *http.Client // for webhooks
	faults fault.List
	odd    hostile.List
	notes  serve.Notes
	ctx    context.Context //nolint:containedctx // the life of the deliveries, ended by Close
	stop   context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	options XOptions
	closed  bool
	lastID  int64
	limits  map[string]rates
	windows map[windowKey]*window
	nonces  map[string]time.Time

	apps     map[string]*app // by consumer key
	accounts []*Account      // in the order they were added
	people   map[string]*Person

	dms           []*dm
	conversations map[[2]string]string
	posts         []*post
	uploads       map[string]*upload
	files         map[string]*stored

	direct        map[string]direct // by account id
	targets       map[targetKey]*target
	webhooks      []*webhook
	subscriptions []*subscription
	legacy        []legacySubscription
	streams       map[*stream]struct{}
	activities    []*logged
	attempts      attempts
	pending       int
	idle          chan struct{}
}

// StartX starts a simulated X without any account.
func StartX(options XOptions) (*X, error) {
	options.fill()
	ctx, stop := context.WithCancel(context.Background())
	x := &X{
		log: options.Log, now: options.Now, options: options, ctx: ctx, stop: stop, limits: defaultLimits(),
		windows: map[windowKey]*window{}, nonces: map[string]time.Time{}, apps: map[string]*app{}, people: map[string]*Person{},
		conversations: map[[2]string]string{}, uploads: map[string]*upload{}, files: map[string]*stored{},
		direct: map[string]direct{}, targets: map[targetKey]*target{}, streams: map[*stream]struct{}{},
	}
	x.client = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	x.server = serve.NewServer(options.Addr, x.routes())
	if err := x.server.Up(); err != nil {
		stop()
		return nil, err
	}
	return x, nil
}

// URL returns the base address, without a path, for the API, for uploads and for files.
func (x *X) URL() string { return "http://" + x.server.Addr() }

// Host returns "host:port", as it stands in the addresses of files.
func (x *X) Host() string { return x.server.Addr() }

// Down cuts every connection and refuses new ones until Up; what X knows stays.
func (x *X) Down() { x.server.Down() }

// Up listens at the old address again.
func (x *X) Up() error { return x.server.Up() }

// Close ends X with all its deliveries and streams. Further calls do nothing.
func (x *X) Close() error {
	x.mu.Lock()
	if x.closed {
		x.mu.Unlock()
		return nil
	}
	x.closed = true
	x.mu.Unlock()
	x.stop()
	x.server.Down()
	x.wg.Wait()
	x.client.CloseIdleConnections()
	return nil
}

// errClosed is what calls of a closed simulator return.
var errClosed = errors.New("the simulator is closed")

// spawn runs f on a goroutine that Close waits for. The caller holds mu.
func (x *X) spawn(f func()) {
	if !x.closed {
		x.wg.Go(f)
	}
}

// newID makes the next id, in the form of X's own: milliseconds since its epoch, then a number. The caller holds mu.
func (x *X) newID() string {
	const epoch, shift = 1288834974657, 22
	x.lastID = max(x.lastID+1, (x.now().UnixMilli()-epoch)<<shift)
	return decimal(x.lastID)
}

// Fault makes something go wrong from now on. Of several faults for a call, the one set first strikes.
func (x *X) Fault(f fault.Fault) { x.faults.Add(f) }

// ClearFaults ends all faults.
func (x *X) ClearFaults() { x.faults.Clear() }

// Hostile makes X do one thing wrong. Of several oddities for a call, the one set first strikes.
func (x *X) Hostile(o hostile.Oddity) { x.odd.Arm(o) }

// Calm ends all oddities, and returns those that struck since the last Calm, in order.
func (x *X) Calm() []hostile.Struck { return x.odd.Calm() }

// Met returns the oddities that struck since the last Met or Calm, in order, and leaves those that are still set.
func (x *X) Met() []hostile.Struck { return x.odd.Met() }

// Calls returns how many requests an endpoint got, refused ones included. The endpoints are those of Fault; "" means
// all of them.
func (x *X) Calls(endpoint string) int { return x.notes.Count(endpoint) }

// Violations returns what X refused because the request was malformed, as "METHOD /path: why", in order.
func (x *X) Violations() []string { return x.notes.List() }
