// Package xstate is what the simulated X knows, and the forms in which it gives it: people and the accounts that apps act
// for, direct messages, posts and files, as API v2, API v1.1 and both families of events write them.
//
// Customers act through State.DM and State.Post; a Watcher is told of everything that happens. Ids grow like X's own. All
// that is known is under one lock, with which a call and what follows from it are one step.
package xstate

import (
	"sync"
	"sync/atomic"
	"time"
)

// State is what X knows. Make it with NewState. Methods say when they want its lock held; all others take it themselves.
type State struct {
	mu      sync.Mutex
	options atomic.Pointer[Options]
	base    func() string
	watcher Watcher
	lastID  int64

	apps     map[string]*App // by consumer key
	accounts []*Account      // in the order they were added
	people   map[string]*Person

	dms           []*DM
	conversations map[[2]string]string
	posts         []*Tweet
	files         map[string]*Content
}

// Watcher is told what happens. Its methods are called with the lock held.
type Watcher interface {
	TellDM(d *DM)
	TellPost(p *Tweet)
}

// NewState makes an X that knows nobody. base gives the address that files have, without a path.
func NewState(options Options, base func() string) *State {
	options.fill()
	x := &State{
		base: base, apps: map[string]*App{}, people: map[string]*Person{}, conversations: map[[2]string]string{}, files: map[string]*Content{},
	}
	x.options.Store(&options)
	return x
}

// Watch says who is told what happens, before anything does.
func (x *State) Watch(w Watcher) { x.watcher = w }

// Lock keeps everything that X knows, and what its other parts keep beside it, as it is until Unlock: one call with all
// that follows from it is one step.
func (x *State) Lock() { x.mu.Lock() }

// Unlock ends Lock.
func (x *State) Unlock() { x.mu.Unlock() }

// Now is X's clock.
func (x *State) Now() time.Time { return x.Options().Now() }

// NewID makes the next id, in the form of X's own: milliseconds since its epoch, then a number. The caller holds the lock.
func (x *State) NewID() string {
	const epoch, shift = 1288834974657, 22
	x.lastID = max(x.lastID+1, (x.Now().UnixMilli()-epoch)<<shift)
	return decimal(x.lastID)
}

// Options returns how X behaves now.
func (x *State) Options() Options { return *x.options.Load() }

// Change alters the options. The clock, the log and the address stay as they were at the start.
func (x *State) Change(alter func(*Options)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	options := x.Options()
	addr, now, log := options.Addr, options.Now, options.Log
	alter(&options)
	options.Addr, options.Now, options.Log = addr, now, log
	options.fill()
	x.options.Store(&options)
}
