package webhook

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/endpoint"
)

func bodyFor(g *budget, peer string) *body {
	return &body{budget: g, lease: lease{peer: peerOfText(peer), cut: make(chan struct{}), answer: httptest.NewRecorder()}}
}

// more asks for a piece and says what came of it.
func more(b *body) string {
	switch wait, err := b.budget.charge(&b.lease); {
	case err != nil:
		return "cut"
	case wait != nil:
		return "waits"
	}
	return "got it"
}

// The newcomer gets room, by who has brought nothing for longest.
func TestBudgetCutsWhoIsSilentForLongest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newBudget(4*pieceSize, 2*pieceSize)
		var all []*body
		for range 4 {
			b := bodyFor(g, "127.0.0.1:1")
			if got := more(b); got != "got it" {
				t.Fatal("within the budget: ", got)
			}
			all = append(all, b)
		}
		if err := g.settle(&all[0].lease); err != nil { // is whole: judged next
			t.Fatal(err)
		}
		time.Sleep(lively + 1)
		for _, want := range []int{1, 2, 3} {
			if got := more(bodyFor(g, "127.0.0.1:1")); got != "got it" || !all[want].isCut() || all[0].isCut() {
				t.Errorf("the newcomer %s; whether %d was cut for it: %v, and the whole one: %v", got, want, all[want].isCut(), all[0].isCut())
			}
		}
		if got := more(all[1]); got != "cut" {
			t.Errorf("who was cut %s", got)
		}
		if g.settle(&all[2].lease) == nil {
			t.Error("who was cut is taken for whole")
		}
	})
}

// The lively wait for each other, and the newest goes through; but no longer than patience.
func TestLivelyBodiesWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newBudget(3*pieceSize, pieceSize)
		var all []*body
		for range 3 {
			time.Sleep(time.Millisecond)
			b := bodyFor(g, "127.0.0.1:1")
			_ = more(b)
			all = append(all, b)
		}
		for i, want := range []string{"got it", "waits", "waits"} { // the first asks when no other waits yet
			if got := more(all[i]); got != want {
				t.Errorf("body %d %s; want %s", i, got, want)
			}
		}
		for range 10 { // far beyond
			if got := more(all[0]); got != "got it" {
				t.Errorf("who goes through %s", got)
			}
		}
		g.release(&all[0].lease)
		if got := more(all[2]); got != "got it" || all[1].isCut() {
			t.Error("no room after it was given back, or one was cut for the other")
		}
		newest := bodyFor(g, "127.0.0.1:1")
		_, _ = more(newest), more(newest) // goes through
		if got := more(all[2]); got != "waits" {
			t.Fatalf("beyond the budget it %s", got)
		}
		time.Sleep(patience + 1)
		if got := more(all[2]); got != "got it" || !all[1].isCut() {
			t.Errorf("after its patience it %s", got)
		}
	})
}

func TestBudgetWaitsForWholeBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newBudget(2*pieceSize, pieceSize)
		whole := [2]*body{bodyFor(g, ""), bodyFor(g, "")}
		_, _, _ = more(whole[0]), more(whole[0]), more(whole[1]) // the second one goes through
		if g.through != &whole[1].lease || g.settle(&whole[0].lease) != nil || g.settle(&whole[1].lease) != nil {
			t.Fatal("not whole")
		}
		third := bodyFor(g, "")
		time.Sleep(time.Hour)
		if got := more(third); got != "waits" {
			t.Errorf("beyond the bound: %s", got)
		}
		wait, _ := g.charge(&third.lease)
		g.release(&whole[1].lease)
		<-wait
		if got := more(third); got != "got it" || whole[0].isCut() {
			t.Errorf("after room was given back: %s", got)
		}
	})
}

func TestPeerHasHalfOfTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newBudget(8*pieceSize, 4*pieceSize)
		one, two, other := bodyFor(g, "192.0.2.1:1"), bodyFor(g, "192.0.2.1:2"), bodyFor(g, "192.0.2.2:1")
		_, _, _, _, _ = more(other), more(one), more(one), more(one), more(two)
		time.Sleep(lively + 1)
		if one.isCut() {
			t.Error("cut within the share")
		}
		if got := more(two); got != "got it" || !one.isCut() || other.isCut() {
			t.Errorf("beyond its share a peer %s, without cutting its own", got)
		}
	})
}

// Whatever happens in whatever order, the sums are right and within the bound.
func TestBudgetHoldsItsBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size, most = 20 * pieceSize, 8 * pieceSize // most is what one body may have
		g := newBudget(size, size/2)
		random := rand.New(rand.NewPCG(1, 2))
		peers := []string{"127.0.0.1:1", "192.0.2.1:1", "192.0.2.2:1", "[2001:db8::1]:1"}
		var live []*body
		var cuts, peak int64
		for range 50_000 {
			if len(live) < 12 {
				live = append(live, bodyFor(g, peers[random.IntN(len(peers))]))
			}
			i := random.IntN(len(live))
			switch b := live[i]; {
			case random.IntN(12) == 0 || b.isCut():
				g.release(&b.lease)
				live = append(live[:i], live[i+1:]...)
			case b.held == most:
				if b.place != nil {
					_ = g.settle(&b.lease)
				}
			default:
				_ = more(b)
			}
			time.Sleep(time.Duration(random.IntN(30)) * time.Millisecond)
			var sum int64
			byPeer := map[netip.Prefix]int64{}
			for _, b := range live {
				sum += b.held
				byPeer[b.peer] += b.held
				if b.isCut() {
					if cuts++; b.held != 0 || b.place != nil {
						t.Fatal("who was cut holds room")
					}
				}
			}
			if peak = max(peak, sum); sum != g.used || sum > size+most {
				t.Fatalf("%d held, %d counted, bound %d", sum, g.used, size+most)
			}
			for peer, n := range byPeer {
				if peer.IsValid() && (n != g.peers[peer] || n > g.share+most) {
					t.Fatalf("%v holds %d, counted %d, share %d", peer, n, g.peers[peer], g.share)
				}
			}
		}
		if cuts == 0 || peak <= size {
			t.Errorf("%d cut, %d at most: the test tries too little", cuts, peak)
		}
		for _, b := range live {
			g.release(&b.lease)
		}
		if g.used != 0 || g.order.Len() != 0 || len(g.peers) != 0 || g.through != nil {
			t.Errorf("left behind: %d bytes, %d bodies, %v", g.used, g.order.Len(), g.peers)
		}
	})
}

// lazy keeps what it is given slowly.
type lazy struct {
	mu    sync.Mutex
	posts int
	hold  time.Duration
}

func (l *lazy) AcceptX(context.Context, []string, []byte) error {
	time.Sleep(l.hold)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.posts++
	return nil
}

func (l *lazy) AcceptReply(context.Context, string, bridge.Reply, []byte) (bridge.Outcome, error) {
	l.posts++
	return bridge.Outcome{Status: bridge.StatusSent}, nil
}

const secret = "the consumer secret"

func lazyHandler(l *lazy) *Handler {
	return New(Config{
		Apps:     []App{{Channels: []string{"support"}, ConsumerSecret: secret}},
		Channels: []Channel{{Name: "support", Token: "token", MapKey: func() string { return "twitter" }}}, Events: l, Replies: l, Log: slog.New(slog.DiscardHandler),
	})
}

// A connection that was told to go while its body came in has nothing done, and is not told that it was.
func TestNothingIsDoneForWhoWasToldToGo(t *testing.T) {
	for path, body := range map[string]string{endpoint.PathEvents: "{}", endpoint.PathReply + "/token": `{"id":1,"body":"hi","Contact":{"twitter":"annlee"}}`} {
		l := &lazy{}
		h := lazyHandler(l)
		c := newHall(t).come("192.0.2.1:99")
		for _, want := range []int{http.StatusOK, http.StatusServiceUnavailable} {
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
			r.Header.Set(signatureHeader, endpoint.Sign(secret, []byte(body)))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r.WithContext(withConn(r.Context(), c)))
			if w.Code != want || l.posts != 1 || !c.proven.Load() {
				t.Errorf("%s: %d %s, %d kept; want %d and 1", path, w.Code, w.Body, l.posts, want)
			}
			c.tell()
		}
	}
}

// More large authentic posts than there is room for are all kept, one after the other.
func TestAuthenticPostsWaitForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lazy{hold: 300 * time.Millisecond}
		h := lazyHandler(l)
		body := strings.Repeat(" ", maxEvents)
		signature := endpoint.Sign(secret, []byte(body))
		var senders sync.WaitGroup
		for range 6 {
			senders.Go(func() {
				r := httptest.NewRequest(http.MethodPost, endpoint.PathEvents, strings.NewReader(body))
				r.Header.Set(signatureHeader, signature)
				w := httptest.NewRecorder()
				if h.ServeHTTP(w, r); w.Code != http.StatusOK {
					t.Errorf("%d %s", w.Code, w.Body)
				}
			})
		}
		senders.Wait()
		if l.posts != 6 || h.fromX.used != 0 {
			t.Errorf("%d kept, %d bytes held", l.posts, h.fromX.used)
		}
	})
}

// Strangers who send as much as they can take no more memory than the bound.
func TestMemoryIsBounded(t *testing.T) {
	const peers, each = 60, 2 << 20 // 120 MB
	h := lazyHandler(&lazy{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, listener, h, slog.New(slog.DiscardHandler)) }()
	head := "POST " + endpoint.PathEvents + " HTTP/1.1\r\nHost: perch\r\n" + signatureHeader + ": " + endpoint.Sign("wrong", nil) + "\r\nContent-Length: 4194304\r\n\r\n"
	payload := strings.Repeat("a", each)
	before := heap()
	var held []net.Conn
	var peak int64
	for range peers {
		c, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		_, _ = io.WriteString(c, head+payload) // may have been cut already
		h.fromX.mu.Lock()
		peak = max(peak, h.fromX.used)
		h.fromX.mu.Unlock()
	}
	if grown := heap() - before; peak > postsBudget+maxEvents || grown > postsBudget+maxEvents+peers*(freeBody+40<<10) {
		t.Errorf("%d MB charged at most, %d MB more in use", peak>>20, grown>>20)
	} else if peak < postsBudget-maxEvents {
		t.Errorf("only %d MB were charged: the test tries nothing", peak>>20)
	}
	for _, c := range held {
		_ = c.Close()
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if h.fromX.used != 0 {
		t.Errorf("%d bytes are still held", h.fromX.used)
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
