package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"perch/bridge"
)

// trouble is one thing that can be wrong with the place of the journal.
type trouble struct{ code, message, remedy string }

const codeHeld = bridge.CodeJournal + "held"

var (
	isAway = trouble{
		"away", "the database server that holds the journal cannot be reached",
		"check that it runs and that the network lets Perch through; what X sends meanwhile is refused so that X sends it again, and Perch goes on by itself",
	}
	diskFull = trouble{
		"full", "the disk of the database server is full",
		"make room on it; what X sends meanwhile is refused so that X sends it again, and Perch goes on by itself",
	}
	readOnly = trouble{
		"read_only", "the database that holds the journal may only be read",
		"name the primary server in the address, not a standby (target_session_attrs=read-write finds it); Perch goes on by itself",
	}
	noPermission = trouble{
		"no_permission", "the database server does not allow Perch to write the journal",
		"let Perch's role own the schema perch, or give it all rights on it; Perch goes on by itself",
	}
	noLogin = trouble{
		"login", "the database server does not let Perch in",
		"check the name and the password of Perch's role, and that pg_hba.conf allows it",
	}
	noDatabase = trouble{
		"no_database", "the database server does not have the database for the journal",
		"create it on the server: CREATE DATABASE perch OWNER perch",
	}
	tooMany = trouble{
		"crowded", "the database server takes no more connections",
		"raise max_connections on it, or lower pool_max_conns in the address; Perch goes on by itself",
	}
	diskFails = trouble{
		"io_error", "the database server reports an error of its disk or memory",
		"look at the log of the database server; Perch goes on by itself where it can",
	}
	isDamaged = trouble{
		"damaged", "the database that holds the journal is damaged",
		"stop Perch, look at the log of the database server, and restore a backup of the database",
	}
	isLocked = trouble{
		"locked", "another session holds what Perch has to write",
		"close sessions that work with the schema perch (pg_stat_activity lists them); Perch goes on by itself",
	}
	isSlow = trouble{
		"slow", "the database server does not answer in time",
		"check its load and its disk; Perch goes on by itself",
	}
	isLost = trouble{
		"lock_lost", "the connection that reserves the journal for this Perch is lost",
		"check that the database server runs and can be reached; Perch goes on by itself",
	}
	isTaken = trouble{
		"taken", "another Perch has taken the journal over",
		"let that one work, or stop it and then: perch restart",
	}
	isOld = trouble{
		"old_server", "the database server is too old",
		"install PostgreSQL 14 or newer",
	}
)

// states are what SQLSTATEs say of the place (PostgreSQL's documentation, appendix A); classes are the first two letters.
var (
	states = map[string]trouble{
		"53100": diskFull, "25006": readOnly, "42501": noPermission, "3D000": noDatabase, "53300": tooMany, "53200": diskFails,
		"58030": diskFails, "XX001": isDamaged, "XX002": isDamaged, "55P03": isLocked, "57014": isSlow, "57P01": isAway, "57P02": isAway,
		"57P03": isAway, "25P03": isSlow, stateUnknownSetting: isOld, stateTaken: isTaken,
	}
	classes = map[string]trouble{"08": isAway, "28": noLogin}
)

const (
	// stateTaken is the guard's (migration/001_journal.sql).
	stateTaken = "PR001"
	// Of two transactions that wait for each other the server ends one, which may be repeated.
	stateDeadlock, stateSerial = "40P01", "40001"
	// stateUnknownSetting is what a server older than 14 says to one of the settings of a connection (idle_session_timeout).
	stateUnknownSetting = "42704"
)

// troubleOf tells what is wrong with the place of the journal; false when an error says nothing about that.
func troubleOf(err error) (trouble, bool) {
	var said *pgconn.PgError
	var connecting *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &said):
		if found, ok := states[said.Code]; ok {
			return found, true
		}
		found, ok := classes[said.Code[:min(len(said.Code), 2)]]
		return found, ok
	case errors.As(err, &connecting):
		return isAway, true
	case errors.Is(err, context.DeadlineExceeded):
		return isSlow, true
	case errors.As(err, &network), pgconn.SafeToRetry(err), errors.Is(err, net.ErrClosed), isCut(err):
		return isAway, true
	}
	return trouble{}, false
}

func stateOf(err error) string {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return said.Code
	}
	return ""
}

func writeError(err error) error {
	return inWords("write journal", "the journal cannot be written", err)
}

func readError(err error) error {
	return inWords("read the journal", "the journal cannot be read", err)
}

func inWords(op, message string, err error) error {
	var known *bridge.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return explained(op, message, err)
}

func explained(op, message string, err error) *bridge.Error {
	e := &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: op, Message: message,
		Remedy: "look at the log of the database server", Err: fmt.Errorf("postgres: %w", err),
	}
	if found, ok := troubleOf(err); ok {
		e.Message, e.Remedy, e.Code = found.message, found.remedy, bridge.CodeJournal+found.code
	}
	return e
}

// Explain puts an error of any method into words. Its Code begins with bridge.CodeJournal when the place of the journal is at
// fault.
func (s *Store) Explain(err error) *bridge.Error {
	e := &bridge.Error{}
	if errors.As(err, &e) {
		return e
	}
	return explained("use journal", "the journal cannot be used", err)
}
