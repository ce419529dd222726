package webhook

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

const (
	// pieceSize is the size in bytes in which bodies are taken in and counted.
	pieceSize = 64 << 10
	// postsBudget, repliesBudget and legacyBudget bound, in bytes, what is held at a time of bodies beyond freeBody: four
	// of X's largest posts, eight of Motion's largest replies, and two at the old plugin's path, which has no guard.
	postsBudget   = 4 * maxEvents
	repliesBudget = 8 * maxReply
	legacyBudget  = 2 * maxReply
	// lively is how long ago a body may have brought its last piece to be left in peace by those that can wait.
	lively = 100 * time.Millisecond
	// patience is how long a body waits in all for others that are lively. X's own patience is 3 s at the least.
	patience = 2 * time.Second
	// askAgain is when those that wait look again, because others fall silent without a sign.
	askAgain = 100 * time.Millisecond
)

// budget is the room for large bodies of one kind of sender. When it is used up, the body under way that has brought
// nothing for longest makes room for the newcomer. To stay, a stranger has to send faster than whom he wants to keep out,
// and is through all the sooner. As long as all are lively, nobody is cut: they wait, unread, and the newest is let
// through beyond the budget, so that there is no standstill.
type budget struct {
	size  int64
	share int64 // of one peer

	mu      sync.Mutex
	used    int64
	peers   map[netip.Prefix]int64
	order   list.List     // of *body that are not whole: who has brought nothing for longest is in front
	through *body         // goes beyond the budget
	freed   chan struct{} // closed when something has changed for those that wait
}

// stay is what a budget knows of a body. It is under the budget's lock.
type stay struct {
	held   int64
	place  *list.Element // in the order
	began  time.Time
	last   time.Time // when it got room last
	asked  time.Time // since when it waits for room; zero while it is read
	waited time.Duration
}

// newBudget returns a budget of which one peer may have a share: all of it where every sender has proved himself.
func newBudget(size, share int64) *budget {
	return &budget{size: size, share: share, peers: map[netip.Prefix]int64{}, freed: make(chan struct{})}
}

// charge makes room for another piece of b. If there is none, it returns a channel that is closed when there may be; it
// has to be asked again then, and after askAgain. It fails when b itself was cut.
func (g *budget) charge(b *body) (wait <-chan struct{}, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.isCut() {
		return nil, errCrowded
	}
	now := time.Now()
	g.ask(b, now)
	for rival := g.rivals(b); rival != nil && g.through != b; rival = g.rivals(b) {
		v := g.first(rival)
		isSilent := v != nil && v.asked.IsZero() && now.Sub(v.last) > lively
		isPatient := b.waited+now.Sub(b.asked) <= patience
		switch {
		case v != nil && (isSilent || !isPatient):
			g.forget(v)
			v.cutOff()
		case g.through == nil && g.isNewest(b):
			g.through = b
		default:
			return g.freed, nil
		}
	}
	g.grant(b, now)
	return nil, nil
}

func (g *budget) ask(b *body, now time.Time) {
	if b.place == nil {
		b.place, b.began, b.last = g.order.PushBack(b), now, now
	}
	if b.asked.IsZero() {
		b.asked = now
	}
}

func (g *budget) grant(b *body, now time.Time) {
	b.waited += now.Sub(b.asked)
	b.asked, b.last = time.Time{}, now
	g.order.MoveToBack(b.place)
	g.add(b, pieceSize)
}

// rivals tells which bodies stand in the way of another piece of b; nil when none do.
func (g *budget) rivals(b *body) func(*body) bool {
	switch {
	case b.peer.IsValid() && g.peers[b.peer]+pieceSize > g.share:
		return func(o *body) bool { return o != b && o.peer == b.peer }
	case g.used+pieceSize > g.size:
		return func(o *body) bool { return o != b }
	}
	return nil
}

// first returns the rival that has brought nothing for longest, or nil when there is none that may be cut.
func (g *budget) first(rival func(*body) bool) *body {
	for e := g.order.Front(); e != nil; e = e.Next() {
		if b, _ := e.Value.(*body); rival(b) {
			return b
		}
	}
	return nil
}

// isNewest is whether none that waits has come later.
func (g *budget) isNewest(b *body) bool {
	return g.first(func(o *body) bool { return !o.asked.IsZero() && o.began.After(b.began) }) == nil
}

// settle takes a body that is whole from those that may be cut: it goes by itself as soon as it is judged or kept. It
// fails when the body was cut before.
func (g *budget) settle(b *body) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.isCut() {
		return errCrowded
	}
	g.takeOut(b)
	g.wake()
	return nil
}

// release gives the room of a body back.
func (g *budget) release(b *body) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.place != nil || b.held > 0 {
		g.forget(b)
	}
}

func (g *budget) forget(b *body) {
	g.takeOut(b)
	if g.through == b {
		g.through = nil
	}
	g.add(b, -b.held)
	g.wake()
}

func (g *budget) takeOut(b *body) {
	if b.place != nil {
		g.order.Remove(b.place)
		b.place = nil
	}
}

func (g *budget) wake() {
	close(g.freed)
	g.freed = make(chan struct{})
}

func (g *budget) add(b *body, n int64) {
	g.used += n
	b.held += n
	if !b.peer.IsValid() {
		return
	}
	if g.peers[b.peer] += n; g.peers[b.peer] == 0 {
		delete(g.peers, b.peer)
	}
}
