// Package sqlite is the journal: one SQLite file that holds everything Perch must not forget.
//
// It guarantees that a method which writes has returned nil only after the data is on disk
// (WAL, synchronous=FULL), that every method is atomic, and that concurrent writers share one
// transaction and one fsync (group commit). All writes pass through one goroutine, Store.Run, which also
// checkpoints, so that no second connection ever does. Reads use connections of their own and never wait
// for writers. All methods are safe for concurrent use.
package sqlite

import (
	"database/sql"
	"log/slog"
	"sync"

	_ "modernc.org/sqlite" // the driver; pure Go, and its default is synchronous=FULL
)

// maxBatch is how many writes share one transaction at most.
const maxBatch = 256

// reading is what can be read of a journal, whoever writes it. It is safe for concurrent use.
type reading struct{ reader *sql.DB }

// Store is an open journal. Make it with Open; it accepts writes while Run is running.
type Store struct {
	path   string
	log    *slog.Logger
	writer *sql.DB
	reading
	ops    chan *op
	ended  chan struct{}
	once   sync.Once
	posts  sync.Pool // ops of Keep, used again
	flight *flight
	disk   diskWait
	// before, when set, is called by the committer before each commit, during the same while it waits for the disk; tests make
	// the one fail and the other slow.
	before func() error
	during func()
}
