package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"

	"modernc.org/sqlite"

	"perch/bridge"
)

// SQLite's primary result codes that say something about the place of the journal (sqlite.org/rescode.html).
const (
	resultPerm     = 3
	resultBusy     = 5
	resultLocked   = 6
	resultReadOnly = 8
	resultIO       = 10
	resultCorrupt  = 11
	resultFull     = 13
	resultCantOpen = 14
	resultNotADB   = 26
	primaryResult  = 0xFF // the rest of a code is detail
	// resultShmSize is SQLite's word for a disk without room for the file beside the journal.
	resultShmSize = 4874
)

// trouble is one thing that can be wrong with the place of the journal.
type trouble struct{ code, message, remedy string }

var (
	diskFull = trouble{
		"full", "the disk that holds the journal is full",
		"make room on it; what X sends meanwhile is refused so that X sends it again, and Perch goes on by itself",
	}
	readOnly = trouble{
		"read_only", "the disk or the file that holds the journal may only be read",
		"mount the disk for writing, or give Perch's user the right to write the file and its folder; Perch goes on by itself",
	}
	noPermission = trouble{
		"no_permission", "Perch is not allowed to write the journal or its folder",
		"give Perch's user the right to write the file and its folder; Perch goes on by itself",
	}
	diskFails = trouble{
		"io_error", "the disk that holds the journal reports an error",
		"check that it is there, not full for Perch's user and not broken (the system's log says more); Perch goes on by itself where it can",
	}
	isLocked = trouble{
		"locked", "another program holds the journal",
		"close programs that have the file open (a database viewer, a backup, a virus scanner); Perch goes on by itself",
	}
	isDamaged = trouble{
		"damaged", "the journal is damaged",
		"stop Perch, move the file aside, restore a backup, and start Perch again",
	}
	isGone = trouble{
		"gone", "the journal or its folder cannot be opened",
		"check that the disk is there and the folder belongs to Perch's user, then: perch restart",
	}
	isSlow = trouble{
		"slow", "the disk that holds the journal does not answer in time",
		"check the disk (the system's log says more); Perch goes on by itself",
	}
)

var troubles = map[int]trouble{
	resultPerm: noPermission, resultBusy: isLocked, resultLocked: isLocked, resultReadOnly: readOnly, resultIO: diskFails,
	resultCorrupt: isDamaged, resultFull: diskFull, resultCantOpen: isGone, resultNotADB: isDamaged,
}

// troubleOf tells what is wrong with the place of the journal; false when an error says nothing about that.
func troubleOf(err error) (trouble, bool) {
	var result *sqlite.Error
	switch {
	case errors.As(err, &result):
		if result.Code() == resultShmSize {
			return diskFull, true
		}
		found, ok := troubles[result.Code()&primaryResult]
		return found, ok
	case slices.ContainsFunc(noRoom, func(full error) bool { return errors.Is(err, full) }):
		return diskFull, true
	case errors.Is(err, syscall.EROFS):
		return readOnly, true
	case errors.Is(err, fs.ErrPermission):
		return noPermission, true
	case errors.Is(err, fs.ErrNotExist):
		return isGone, true
	case errors.Is(err, syscall.EIO):
		return diskFails, true
	case errors.Is(err, context.DeadlineExceeded):
		return isSlow, true
	}
	return trouble{}, false
}

func writeError(err error) error {
	var known *bridge.Error
	if errors.As(err, &known) {
		return err
	}
	return explained("write journal", "the journal cannot be written", err)
}

func explained(op, message string, err error) *bridge.Error {
	e := &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: op, Message: message,
		Remedy: "check that the disk is not full and that the journal's folder is writable", Err: fmt.Errorf("sqlite: %w", err),
	}
	if found, ok := troubleOf(err); ok {
		e.Message, e.Remedy, e.Code = found.message, found.remedy, bridge.CodeJournal+found.code
	}
	return e
}
