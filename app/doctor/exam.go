package doctor

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"perch/app/control"
	"perch/bridge/reach/tunnel"
	"perch/bridge/secret"
)

// exam is one run.
type exam struct {
	Setup
	checks []*check
	relay  relayView
	// lockErr is why the relay's lock could not be taken.
	lockErr error
	// life lasts as long as the run; work are the goroutines that end with it.
	life context.Context //nolint:containedctx // the listener and the tunnel outlive the check that opens them
	work sync.WaitGroup

	// tokens are the channels' reply tokens, nil when unknown.
	tokens  map[string]string
	standIn standIn
	open    tunnel.Tunnel
	// shared are the checks of addresses that several channels share.
	shared map[string]*check
	// journalCheck is the check after which tokens are known.
	journalCheck *check
}

// add puts a check at the end of the list.
func (e *exam) add(c check) *check {
	e.checks = append(e.checks, &c)
	return &c
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
	if e.standIn.listener != nil {
		_ = e.standIn.listener.Close()
	}
}

// once adds a check of something that channels may share.
func (e *exam) once(name, title, address string, run func(context.Context) result) *check {
	key := name + " " + address
	if e.shared[key] == nil {
		e.shared[key] = e.add(check{name: name, title: title, run: run})
	}
	return e.shared[key]
}

// relayView is what the relay says of itself.
type relayView struct {
	isRunning bool
	asked     error // of the question how it is
	// err is why a relay that seems to run could not be asked.
	err    error
	status control.Status
	urls   []control.URLs
}

// tokens are the last parts of the Reply URLs.
func (v *relayView) tokens() map[string]string {
	tokens := map[string]string{}
	for _, u := range v.urls {
		tokens[u.Channel] = u.ReplyURL[strings.LastIndex(u.ReplyURL, "/")+1:]
	}
	return tokens
}

// standIn answers in the relay's place while none runs, or names the relay that does.
type standIn struct {
	// address is where the relay, or whoever stands in for it, listens; empty when nobody can.
	address  string
	listener net.Listener
	handler  http.Handler
}
