// Package sqlite is the journal: one SQLite file that holds everything Perch must not forget.
//
// It guarantees that a method which writes has returned nil only after the data is on disk
// (WAL, synchronous=FULL), that every method is atomic, and that concurrent writers share one
// transaction and one fsync (group commit). All writes of SQLite pass through one goroutine of Store.Run, the committer, which
// also checkpoints, so that no second connection ever does. What comes in is put on disk by another one, the keeper, in a log
// beside the file (package inlet); its posts are moved into SQLite when they are taken apart, in bulk. Reads use connections
// of their own and never wait for writers. What is being attempted is known in memory alone, until X is called. All methods
// are safe for concurrent use.
package sqlite

import (
	"database/sql"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver; pure Go, and its default is synchronous=FULL

	"perch/bridge"
	"perch/bridge/sqlite/inlet"
)

// maxBatch is how many writes share one transaction at most.
const maxBatch = 256

// reading is what can be read of a journal, whoever writes it. It is safe for concurrent use.
type reading struct {
	reader   *sql.DB
	prepared prepared
	isSpoilt atomic.Bool // the index for searching does not make sense
	look     int         // how many messages are looked through before the index is asked; 0 for the usual number
}

// Store is an open journal. Make it with Open; it accepts writes while Run is running.
type Store struct {
	path   string
	log    *slog.Logger
	writer *sql.DB
	reading
	ops    chan *op // for the committer
	keeps  chan *op // for the keeper
	ended  chan struct{}
	once   sync.Once
	posts  sync.Pool // ops of Keep, used again
	flight *flight
	seq    atomic.Int64 // the last number that was given to a post

	inlet     *inlet.Log
	backlog   backlog
	appending []*bridge.Post // the keeper's, used again
	isFailing bool           // the committer's: its last write has failed

	disk, logDisk diskWait
	meter         Meter // nil for none
	indexer       indexer
	hasStories    bool        // the committer's: the index of customers' messages is there, or could not be made
	storiesFrom   time.Time   // when it is made at the latest
	isUnchecked   atomic.Bool // the file is to be checked while it is used
	damage        atomic.Pointer[bridge.Error]
	// before, when set, is called by the committer before each commit and by the keeper before each write, during the same
	// while they wait for the disk; tests make the one fail and the other slow.
	before func() error
	during func()
}
