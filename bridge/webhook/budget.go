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
	// of X's largest posts, eight of Motion's largest replies, and two at the old plugin's path, which anybody may use.
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
	order   list.List     // of *lease whose bodies are not whole: who has brought nothing for longest is in front
	through *lease        // goes beyond the budget
	freed   chan struct{} // closed when something has changed for those that wait
}

// newBudget returns a budget of which one peer may have a share: all of it where every sender has proved himself.
func newBudget(size, share int64) *budget {
	return &budget{size: size, share: share, peers: map[netip.Prefix]int64{}, freed: make(chan struct{})}
}

// charge makes room for another piece of l. If there is none, it returns a channel that is closed when there may be; it
// has to be asked again then, and after askAgain. It fails when l itself was cut.
func (g *budget) charge(l *lease) (wait <-chan struct{}, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l.isCut() {
		return nil, errCrowded
	}
	now := time.Now()
	g.ask(l, now)
	for rival := g.rivals(l); rival != nil && g.through != l; rival = g.rivals(l) {
		v := g.first(rival)
		isSilent := v != nil && v.asked.IsZero() && now.Sub(v.last) > lively
		isPatient := l.waited+now.Sub(l.asked) <= patience
		switch {
		case v != nil && (isSilent || !isPatient):
			g.forget(v)
			v.cutOff()
		case g.through == nil && g.isNewest(l):
			g.through = l
		default:
			return g.freed, nil
		}
	}
	g.grant(l, now)
	return nil, nil
}

func (g *budget) ask(l *lease, now time.Time) {
	if l.place == nil {
		l.place, l.began, l.last = g.order.PushBack(l), now, now
	}
	if l.asked.IsZero() {
		l.asked = now
	}
}

func (g *budget) grant(l *lease, now time.Time) {
	l.waited += now.Sub(l.asked)
	l.asked, l.last = time.Time{}, now
	g.order.MoveToBack(l.place)
	g.add(l, pieceSize)
}

// rivals tells which bodies stand in the way of another piece of l; nil when none do.
func (g *budget) rivals(l *lease) func(*lease) bool {
	switch {
	case l.peer.IsValid() && g.peers[l.peer]+pieceSize > g.share:
		return func(o *lease) bool { return o != l && o.peer == l.peer }
	case g.used+pieceSize > g.size:
		return func(o *lease) bool { return o != l }
	}
	return nil
}

// first returns the rival that has brought nothing for longest, or nil when there is none that may be cut.
func (g *budget) first(rival func(*lease) bool) *lease {
	for e := g.order.Front(); e != nil; e = e.Next() {
		if l, _ := e.Value.(*lease); rival(l) {
			return l
		}
	}
	return nil
}

// isNewest is whether none that waits has come later.
func (g *budget) isNewest(l *lease) bool {
	return g.first(func(o *lease) bool { return !o.asked.IsZero() && o.began.After(l.began) }) == nil
}

// settle takes a body that is whole from those that may be cut: it goes by itself as soon as it is judged or kept. It
// fails when the body was cut before.
func (g *budget) settle(l *lease) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l.isCut() {
		return errCrowded
	}
	g.takeOut(l)
	g.wake()
	return nil
}

// release gives the room of a body back.
func (g *budget) release(l *lease) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l.place != nil || l.held > 0 {
		g.forget(l)
	}
}

func (g *budget) forget(l *lease) {
	g.takeOut(l)
	if g.through == l {
		g.through = nil
	}
	g.add(l, -l.held)
	g.wake()
}

func (g *budget) takeOut(l *lease) {
	if l.place != nil {
		g.order.Remove(l.place)
		l.place = nil
	}
}

func (g *budget) wake() {
	close(g.freed)
	g.freed = make(chan struct{})
}

func (g *budget) add(l *lease, n int64) {
	g.used += n
	l.held += n
	if !l.peer.IsValid() {
		return
	}
	if g.peers[l.peer] += n; g.peers[l.peer] == 0 {
		delete(g.peers, l.peer)
	}
}
