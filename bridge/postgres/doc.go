// Package postgres is the journal in a PostgreSQL database (14 or newer): the same as package sqlite, for who has such a server.
//
// It guarantees that a method which writes has returned nil only after the server has answered its COMMIT, and that every method
// is atomic. How safe a commit is on the server is the server's own setting (synchronous_commit), which Facts tells. Where the
// answer to a COMMIT is lost, the server is asked what came of the transaction, so that nothing is written twice. Everything is
// in the schema "perch" of the database, in tables to be read with psql.
//
// One relay works with a journal at a time: it holds an advisory lock by a connection of its own. A second one is refused, in
// words that name the first. Whoever loses that connection writes nothing until the lock is back, and each transaction makes sure
// that nobody else has taken the journal over meanwhile. Nothing that is read depends on numbers becoming visible in their order:
// a post says by itself that it is still to be taken apart. What is being attempted is known in memory alone, until X is called.
//
// The server may be away at any time: methods fail within the time limits below, as bridge.Temporary with a code of
// bridge.CodeJournal, and work again when it is back. All methods are safe for concurrent use.
package postgres

import "time"

const (
	// connectTimeout bounds the making of one connection.
	connectTimeout = 5 * time.Second
	// writeTimeout bounds a write, the wait for a connection with it.
	writeTimeout = 20 * time.Second
	// readTimeout bounds a read, a search through all messages with it.
	readTimeout = 20 * time.Second
	// statementTimeout is what the server allows one statement; beyond it nobody here waits for the answer.
	statementTimeout = 20 * time.Second
	// lockTimeout is how long a statement waits for what another one holds.
	lockTimeout = 10 * time.Second
	// idleTimeout is after how long without a word the server ends a transaction whose Perch has vanished.
	idleTimeout = 30 * time.Second
	// outcomeTimeout bounds the questions what came of a transaction, and outcomeEvery is the pause between two of them.
	outcomeTimeout = 10 * time.Second
	outcomeEvery   = 100 * time.Millisecond
	// openTimeout bounds Open, but for the changes of the form of a large journal.
	openTimeout = 15 * time.Second
	// closeTimeout bounds the good-bye.
	closeTimeout = 5 * time.Second
)
