package webhook

import (
	"container/list"
	"net/netip"
	"sync"
)

const (
	// pieceSize is the size in bytes in which bodies are taken in and counted.
	pieceSize = 64 << 10
	// postsBudget, repliesBudget and legacyBudget bound, in bytes, what is held at a time of bodies beyond freeBody: four
	// of X's largest posts, eight of Motion's largest replies, and two at the old plugin's path, which has no guard.
	postsBudget   = 4 * maxEvents
	repliesBudget = 8 * maxReply
	legacyBudget  = 2 * maxReply
)

// budget is the room for large bodies of one kind of sender. There is always room for the newcomer: the body under way that
// has brought nothing for longest makes it. To stay, a stranger has to send faster than whom he wants to keep out, and is
// through all the sooner.
type budget struct {
	size  int64
	share int64 // of one peer

	mu    sync.Mutex
	used  int64
	peers map[netip.Prefix]int64
	order list.List     // of *body: who has brought nothing for longest is in front
	freed chan struct{} // closed when room was given back
}

func newBudget(size int64) *budget {
	return &budget{size: size, share: size / 2, peers: map[netip.Prefix]int64{}, freed: make(chan struct{})}
}

// charge makes room for n more bytes of b. When only bodies that are whole hold the room, it returns a channel that
// is closed as soon as there may be some. It fails when b itself was cut.
func (g *budget) charge(b *body, n int64) (wait <-chan struct{}, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.isCut() {
		return nil, errCrowded
	}
	for b.peer.IsValid() && g.peers[b.peer]+n > g.share {
		if !g.cut(func(o *body) bool { return o != b && o.peer == b.peer }) {
			return g.freed, nil
		}
	}
	for g.used+n > g.size {
		if !g.cut(func(o *body) bool { return o != b }) {
			return g.freed, nil
		}
	}
	g.add(b, n)
	if b.place == nil {
		b.place = g.order.PushBack(b)
	} else {
		g.order.MoveToBack(b.place)
	}
	return nil, nil
}

// cut ends the first body that may be cut. The caller holds the lock.
func (g *budget) cut(may func(*body) bool) bool {
	for e := g.order.Front(); e != nil; e = e.Next() {
		if b, _ := e.Value.(*body); may(b) {
			g.forget(b)
			b.cutOff()
			return true
		}
	}
	return false
}

// settle takes a body that is whole from those that may be cut: it goes by itself as soon as it is judged or kept. It
// fails when the body was cut before.
func (g *budget) settle(b *body) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.isCut() {
		return errCrowded
	}
	g.order.Remove(b.place)
	b.place = nil
	return nil
}

// release gives the room of a body back.
func (g *budget) release(b *body) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.held > 0 {
		g.forget(b)
	}
}

func (g *budget) forget(b *body) {
	if b.place != nil {
		g.order.Remove(b.place)
		b.place = nil
	}
	g.add(b, -b.held)
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
