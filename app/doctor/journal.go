package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"perch/app/backup"
	"perch/bridge"
	"perch/bridge/sqlite"
)

// checkJournal opens the journal as the relay does, with its check of the file, unless the relay has it open.
func (e *exam) checkJournal(ctx context.Context) result {
	path := e.Home.Journal()
	if e.relay.isRunning {
		e.tokens = e.relay.tokens()
		if j := e.relay.status.Journal; j.State == bridge.LinkDegraded {
			return bad("the relay has trouble with its journal: "+j.Detail, "when it is mended, the relay goes on by itself: look with perch status")
		}
		return fine(fmt.Sprintf("the relay works with it (process %d)", e.relay.status.PID))
	}
	if errors.Is(e.lockErr, ErrHeld) {
		return bad("a relay holds the folder but does not answer", "wait a minute in case it is just starting or ending; then end that process and run: perch start")
	}
	if backup.IsPending(e.Home) {
		return bad("a restore was interrupted", "finish it with: perch start")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fine("it is made at the first start")
	case err != nil:
		return journalTrouble(path, err)
	case !info.Mode().IsRegular():
		return bad(path+" is not a file", "move it away; Perch makes a new journal")
	case info.Mode().Perm()&0o222 == 0:
		return bad("the journal "+path+" is read-only", "make it writable for the account that runs Perch: chmod 600 "+path)
	}
	journal, err := sqlite.Open(ctx, path, e.Log)
	if err != nil {
		return journalTrouble(path, err)
	}
	err = errors.Join(journal.Verify(ctx), e.readTokens(ctx, journal))
	if err := errors.Join(err, journal.Close()); err != nil {
		return journalTrouble(path, err)
	}
	return fine(fmt.Sprintf("%s is whole, %.1f MB", path, float64(info.Size())/(1<<20)))
}

func (e *exam) readTokens(ctx context.Context, journal bridge.Settings) error {
	if e.Config == nil || e.TokenKey == "" {
		return nil
	}
	tokens := map[string]string{}
	for _, ch := range e.Config.Channels {
		token, err := journal.Setting(ctx, e.TokenKey+ch.Name)
		if err != nil {
			return err
		}
		if token != "" {
			tokens[ch.Name] = token
		}
	}
	e.tokens = tokens
	return nil
}

// journalTrouble words what SQLite says.
func journalTrouble(path string, err error) result {
	text := strings.ToLower(err.Error())
	has := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(text, part) {
				return true
			}
		}
		return false
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded) || has("interrupted"):
		return warn("the check of the journal takes longer than perch doctor waits", "it is large: look with perch status whether the relay works")
	case has("newer perch"):
		return bad("the journal was written by a newer version of Perch", "install that version again; an older one cannot read it")
	case has("locked", "busy"):
		return bad("another program has the journal open and locked", "close it (a database viewer or a backup?), then run perch doctor again")
	case has("readonly", "read-only", "permission denied"):
		return bad("the journal "+path+" is read-only", "let the account that runs Perch own the file and its folder")
	case has("is full", "no space"):
		return bad("the disk of the journal is full", "free some space; what Perch has acknowledged is safe")
	case has("not a database", "malformed", "integrity", "corrupt"):
		return bad("the journal "+path+" is damaged", "move it aside, put back a copy, and start Perch again; without a copy Perch begins anew")
	}
	return failure(err)
}
