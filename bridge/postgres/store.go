package postgres

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"perch/bridge"
)

// Store is an open journal. Make it with Open; Run keeps its lock.
type Store struct {
	log    *slog.Logger
	pool   *pgxpool.Pool
	place  string // where it is, for people; without any secret
	holder *holder
	flight *flight
	fresh  inserts
	marks  marks
	lately lately

	// turn is had by whoever claims messages and by whoever changes one that is not claimed, so that nothing is sent that a
	// person has just discarded.
	turn sync.Mutex
	// gate is passed by whoever writes, and shut when Run has ended.
	gate      sync.RWMutex
	isEnded   bool
	isFailing atomic.Bool // the last write has failed
	waits     waits
	look      int64 // how many messages are looked through before all are searched; 0 for the usual number
	// before, when set, is called before each commit and at the end of each claim; tests make one fail by it.
	before func() error
}

// Run keeps the lock of the journal until ctx ends, lets end what is being written, and returns. Nothing is written after that.
func (s *Store) Run(ctx context.Context) error {
	s.watch(ctx)
	s.end()
	return nil
}

func (s *Store) end() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.isEnded = true
}

// enter lets somebody write, until leave is called.
func (s *Store) enter() (leave func(), err error) {
	s.gate.RLock()
	if s.isEnded {
		s.gate.RUnlock()
		return nil, bridge.ErrStopping
	}
	return s.gate.RUnlock, nil
}

// Close gives the journal free for the next. Call it after Run has returned.
func (s *Store) Close() error {
	s.end()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	s.pool.Close()
	s.holder.release(ctx)
	return nil
}

// Round returns nil as long as the journal is open. There is nothing in it that could stand still, and a server that is away is no
// reason to start Perch anew.
func (s *Store) Round(context.Context) error {
	leave, err := s.enter()
	if err == nil {
		leave()
	}
	return err
}

// AwaitsDisk reports whether somebody waits for the server right now, and has done so for less than most.
func (s *Store) AwaitsDisk(most time.Duration) bool { return s.waits.isWithin(most) }

// waits is since when writes are under way. The zero value waits for nothing.
type waits struct {
	mu    sync.Mutex
	next  int
	since map[int]time.Time
}

func (w *waits) begin() (end func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since == nil {
		w.since = map[int]time.Time{}
	}
	w.next++
	one := w.next
	w.since[one] = time.Now()
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.since, one)
	}
}

func (w *waits) isWithin(most time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, at := range w.since {
		if time.Since(at) < most {
			return true
		}
	}
	return false
}
