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
	"time"

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
	memberVault    = "vault.age"
	memberSecrets  = "secrets.age" // those of the keyring, in the format of the vault
	memberJournal  = "perch.db"
)

// Manifest says what is in a backup.
type Manifest struct {
	Kind   string `json:"kind"`
	Format int    `json:"format"`
	// Program is the version of the Perch that made it, Schema the form of its journal.
	Program string    `json:"program"`
	Schema  int       `json:"schema"`
	Made    time.Time `json:"made"`
	// Host is the computer, Home the folder of the journal there. Machine tells computers of one name apart; "" where the system
	// has no such id.
	Host    string `json:"host"`
	Home    string `json:"home"`
	Machine string `json:"machine,omitempty"`
	// Automatic is set when the relay made it by itself.
	Automatic bool      `json:"automatic"`
	Channels  []Channel `json:"channels"`
	// Rows counts the rows of the journal's tables.
	Rows    map[string]int64 `json:"rows"`
	Members []Member         `json:"members"`
}

// Channel is one for whose account there are messages.
type Channel struct {
	Name      string `json:"name"`
	AccountID string `json:"account_id"`
	Handle    string `json:"handle"`
}

// Member is one file in a backup.
type Member struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	// SHA256 is that of its content, in hex.
	SHA256 string `json:"sha256"`
}

// Has reports whether there is a member of the name.
func (m *Manifest) Has(name string) bool { return m.member(name) != nil }

// HasSecrets reports whether the keyring's secrets are in it.
func (m *Manifest) HasSecrets() bool { return m.Has(memberSecrets) }

// HasVault reports whether the vault is in it.
func (m *Manifest) HasVault() bool { return m.Has(memberVault) }

func (m *Manifest) member(name string) *Member {
	for i := range m.Members {
		if m.Members[i].Name == name {
			return &m.Members[i]
		}
	}
	return nil
}

const (
	opMake    = "make a backup"
	opRead    = "read the backup"
	opRestore = "restore"
)

// refused makes an error about something that a person has to decide or to mend.
func refused(op, message, remedy string, err error) *bridge.Error {
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: op, Message: message, Remedy: remedy, Err: err}
}
