// Package report is what is told of backups: what is in one, which was made, how it stands with them.
//
// It holds data alone, so that a client of the relay knows of backups without the journal that they are made of.
package report

import "time"

// The names of the members of a backup that hold secrets.
const (
	MemberVault   = "vault.age"
	MemberSecrets = "secrets.age" // those of the keyring, in the format of the vault
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
func (m *Manifest) Has(name string) bool { return m.Member(name) != nil }

// HasSecrets reports whether the keyring's secrets are in it.
func (m *Manifest) HasSecrets() bool { return m.Has(MemberSecrets) }

// HasVault reports whether the vault is in it.
func (m *Manifest) HasVault() bool { return m.Has(MemberVault) }

// Member returns the member of the name; nil for none.
func (m *Manifest) Member(name string) *Member {
	for i := range m.Members {
		if m.Members[i].Name == name {
			return &m.Members[i]
		}
	}
	return nil
}

// Made is a backup that was made and read back.
type Made struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	// Took is how long it took.
	Took     time.Duration `json:"-"`
	Manifest Manifest      `json:"manifest"`
	// NoSecrets is set when secrets are in the keyring and not in the backup.
	NoSecrets bool `json:"no_secrets"`
}

// Good is a backup that was made and read back, as it is remembered.
type Good struct {
	At    time.Time `json:"at"`
	File  string    `json:"file"`
	Bytes int64     `json:"bytes"`
}

// State is how it stands with the backups of a relay.
type State struct {
	Last Good
	// Err is why the last one that was to be made by itself failed; nil when it did not. Again is when it is tried again.
	Err   error
	Again time.Time
	// Every and Folder are as perch.toml has them, the folder in full.
	Every, Folder string
}
