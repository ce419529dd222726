// Package backup puts all that Perch must not forget into one file, while the relay runs or not, and puts it back.
//
// It guarantees that a file which has the name of a backup is whole: it was on disk and was read back before it got that
// name, and what failed on the way is gone; that nothing is overwritten; that what was acknowledged before a backup began is
// in it; and that the keyring's secrets leave it only encrypted with a passphrase.
//
// A restore changes nothing before it has read the whole file and has found nothing wrong with it. From then on it can be
// ended at any point, by a power cut too: what is there is the old state or, after the next perch start or perch restore, the
// new one. All that it replaces is kept, the old journal's WAL never meets the new journal, and the restored relay delivers
// nothing before a person says so. Errors are *bridge.Error.
package backup

import (
	"perch/app/backup/report"
	"perch/bridge"
)

const (
	// Format is the number of the form of the file that this Perch writes, and the newest that it reads.
	Format = 1
	// kindOfFile marks the manifest as that of a backup.
	kindOfFile = "perch-backup"
)

// The names of the members of a backup, which come in this order. A backup holds nothing else.
const (
	memberManifest = "manifest.json"
	memberConfig   = "perch.toml"
	memberVault    = report.MemberVault
	memberSecrets  = report.MemberSecrets
	memberJournal  = "perch.db"
)

// What is told of backups.
type (
	// Manifest says what is in a backup.
	Manifest = report.Manifest
	// Channel is one for whose account there are messages.
	Channel = report.Channel
	// Member is one file in a backup.
	Member = report.Member
	// Made is a backup that was made and read back.
	Made = report.Made
	// Good is a backup that was made and read back, as it is remembered.
	Good = report.Good
	// State is how it stands with the backups of a relay.
	State = report.State
)

const (
	opMake    = "make a backup"
	opRead    = "read the backup"
	opRestore = "restore"
)

// refused makes an error about something that a person has to decide or to mend.
func refused(op, message, remedy string, err error) *bridge.Error {
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: op, Message: message, Remedy: remedy, Err: err}
}
