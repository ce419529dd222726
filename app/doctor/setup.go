package doctor

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge/reach/tunnel"
	"perch/bridge/secret"
)

// ErrHeld is in the chain of Setup.Lock's error when another process works on the home.
var ErrHeld = errors.New("another process holds the lock")

// Relay is a running relay, or the place where one would be; *control.Client is one. A call that finds none returns an
// error that wraps control.ErrNotRunning.
type Relay interface {
	Status(ctx context.Context) (control.Status, error)
	URLs(ctx context.Context) ([]control.URLs, error)
	CheckSettings(ctx context.Context, what string, r control.CheckRequest) (control.CheckResult, error)
}

// Setup is what is examined. Only Home is needed.
type Setup struct {
	Home config.Home
	// Config is nil when perch.toml cannot be read, which ConfigErr explains.
	Config    *config.Config
	ConfigErr error
	// Values are the secrets. SecretsErr says why they could not be read; one that is not set is no error.
	Values     map[secret.Key]string
	SecretsErr error
	// Relay is nil where there can be none.
	Relay Relay
	// Lock takes the lock that a relay would hold, so that none starts meanwhile. It may be nil.
	Lock func() (io.Closer, error)
	// TokenKey, followed by a channel's name, is where the journal keeps its reply token.
	TokenKey string
	// PublicURL returns the address at which X is to reach a path, as far as the configuration tells; "" when it does not.
	PublicURL func(at string) string
	// NewTunnel makes the tunnel that perch.toml names, without opening it; nil when it names none.
	NewTunnel func() tunnel.Tunnel
	Version   string
	Log       *slog.Logger

	// What follows is the world; nil means the real one.
	Now func() time.Time
	// Free returns how many bytes are free where a folder is.
	Free func(folder string) (uint64, error)
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are the authorities that are trusted.
	Roots *x509.CertPool
	// OldPlugin is the host:port of the old plugin.
	OldPlugin string
}

// oldPlugin is where the old plugin listens by default.
const oldPlugin = "127.0.0.1:3002"

func (s *Setup) fill() {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Free == nil {
		s.Free = freeSpace
	}
	if s.Dial == nil {
		s.Dial = (&net.Dialer{Timeout: dialLimit}).DialContext
	}
	if s.OldPlugin == "" {
		s.OldPlugin = oldPlugin
	}
}

// exam is one run.
type exam struct {
	Setup
	checks []*check
	relay  view
	// lockErr is why the relay's lock could not be taken.
	lockErr error
	// life lasts as long as the run; work are the goroutines that end with it.
	life context.Context //nolint:containedctx // the listener and the tunnel outlive the check that opens them
	work sync.WaitGroup

	// tokens are the channels' reply tokens, nil when unknown.
	tokens map[string]string
	stand  stand
	open   tunnel.Tunnel
	// reached are the checks of addresses that several channels share.
	reached map[string]*check
	// kept is the check after which tokens are known.
	kept *check
}

// Examine makes all checks and returns what they found.
func Examine(ctx context.Context, s Setup) []Finding {
	s.fill()
	e := &exam{Setup: s, reached: map[string]*check{}}
	life, end := context.WithCancel(ctx)
	e.life = life
	defer e.work.Wait()
	defer e.leave()
	defer end()
	e.look(ctx)
	defer e.lock()()
	e.plan()
	findings := examine(ctx, e.checks)
	for i := range findings {
		findings[i].Message, findings[i].Remedy = e.hide(findings[i].Message), e.hide(findings[i].Remedy)
	}
	return findings
}

// lock keeps a relay from starting during the run. It returns what gives the lock back.
func (e *exam) lock() (unlock func()) {
	nothing := func() {}
	if e.relay.isRunning || e.Lock == nil {
		return nothing
	}
	if _, err := os.Stat(filepath.Dir(e.Home.Lock())); err != nil {
		return nothing // there is nothing to lock yet
	}
	lock, err := e.Lock()
	if err != nil {
		e.lockErr = err
		return nothing
	}
	return func() { _ = lock.Close() }
}

// leave closes a port that was taken and never served.
func (e *exam) leave() {
	if e.stand.listener != nil {
		_ = e.stand.listener.Close()
	}
}

// add puts a check at the end of the list.
func (e *exam) add(c check) *check {
	e.checks = append(e.checks, &c)
	return &c
}

// plan lists the checks, causes before effects.
func (e *exam) plan() {
	configured := e.add(check{name: "config", title: "configuration", run: e.checkConfig})
	e.add(check{name: "folder", title: "folder", run: e.checkFolders})
	e.add(check{name: "disk", title: "disk space", run: e.checkDisk})
	modes := &check{name: "files", title: "file rights", run: e.checkModes}
	// Opening the journal mends its rights, so they are looked at before; what a damaged one says still comes first.
	e.kept = e.add(check{name: "journal", title: "journal", after: []*check{modes}, run: e.checkJournal})
	e.checks = append(e.checks, modes)
	store := e.add(check{name: "secrets", title: "secrets", needs: []*check{configured}, run: e.checkStore})
	if e.Config == nil {
		e.add(check{name: "relay", title: "relay", run: e.checkRelay})
		return
	}
	listen := e.add(check{name: "listen", title: "port", after: []*check{e.kept}, run: e.checkListen})
	e.planOldPlugin()
	ready := e.add(check{isHidden: true, title: "port", needs: []*check{listen}, after: []*check{e.kept}, run: e.openStand})
	if e.isDelegated() {
		e.planDelegated()
		e.planTunnel(ready)
	} else {
		e.planChannels(store, ready)
	}
	e.add(check{name: "relay", title: "relay", run: e.checkRelay})
}

// planChannels lists what is checked with the secrets.
func (e *exam) planChannels(store, ready *check) {
	var channels []*channel
	for _, ch := range e.Config.Channels {
		channels = append(channels, e.planX(ch, store))
	}
	for _, c := range channels {
		c.planMotion(store)
	}
	at := e.planTunnel(ready)
	for _, c := range channels {
		c.planReply(ready)
	}
	e.planWays(channels, at, ready)
}

// planTunnel lists the checks of what the outside can reach. It returns the one after which a tunnel's address is known.
func (e *exam) planTunnel(ready *check) *check {
	at := ready
	if e.Config.Reach.Tunnel != "" {
		at = e.add(check{name: "tunnel", title: "tunnel", after: []*check{ready}, run: e.checkTunnel})
	}
	if e.Config.LegacyReplyPath {
		e.add(check{name: "legacy-path", title: "old reply path", run: e.checkLegacyPath})
	}
	return at
}

// value returns a secret; "" when it is not set.
func (e *exam) value(channel, name string) string {
	return e.Values[secret.Key{Channel: channel, Name: name}]
}

// hide takes out of a text whatever is a secret.
func (e *exam) hide(text string) string {
	const least = 6 // what is shorter may be a part of an ordinary word
	for _, value := range e.Values {
		if len(value) >= least {
			text = strings.ReplaceAll(text, value, "…")
		}
	}
	for _, token := range e.tokens {
		if len(token) >= least {
			text = strings.ReplaceAll(text, token, "…")
		}
	}
	return text
}
