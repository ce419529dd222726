// Package acl decides who may use a folder of Perch, and what is opened beside it, under Windows. Other systems have the
// modes of files for that, and nothing happens there.
//
// It guarantees that a folder which it has made private is for the account that made it, for Windows itself and for
// administrators, that whom Admit adds gets that folder and nothing else, and that the groups which everybody is in count
// as nobody.
package acl

import (
	"crypto/sha1" //nolint:gosec // how Windows makes the number of a service's account
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// The numbers of accounts that are the same on every computer (Microsoft, "Well-known SIDs").
const (
	System         = "S-1-5-18"
	Administrators = "S-1-5-32-544"
)

// Who makes a file in a folder, and whose a folder is: one account each, although it is not named.
const (
	creator = "S-1-3-0"
	owner   = "S-1-3-4"
)

// everybody are the groups that people are in without having been put there.
var everybody = []string{
	"S-1-1-0", // Everyone
	"S-1-2-0", // who is logged in here
	creator, owner,
	"S-1-5-2",      // who comes over the network
	"S-1-5-4",      // who is logged in
	"S-1-5-6",      // services
	"S-1-5-7",      // nobody in particular
	"S-1-5-11",     // who has a password
	"S-1-5-32-545", // Users
	"S-1-5-32-546", // Guests
}

// Service returns the number of the account that a service of this name has to itself, "NT SERVICE\name".
func Service(name string) string {
	var text []byte
	for _, unit := range utf16.Encode([]rune(strings.ToUpper(name))) {
		text = binary.LittleEndian.AppendUint16(text, unit)
	}
	sum := sha1.Sum(text) //nolint:gosec // see above
	sid := "S-1-5-80"
	for part := range slices.Chunk(sum[:], 4) {
		sid += fmt.Sprintf("-%d", binary.LittleEndian.Uint32(part))
	}
	return sid
}

// ForPipe returns the list of a pipe that these accounts alone may open, as Windows writes such lists (SDDL).
func ForPipe(accounts []string) string { return list("D:P", "(A;;GA;;;%s)", accounts) }

// forFolder is the list of a folder, and of all that is made in it, that these accounts alone may use.
func forFolder(accounts []string) string { return list("D:P", "(A;OICI;FA;;;%s)", accounts) }

// ForService is the list of a service that people may look at, that this account may start and stop, and that
// administrators may change.
func ForService(account string) string {
	const (
		look = "CCLCSWLOCRRC"
		use  = look + "RPWP" // and start and stop
		all  = use + "DCDTSDWDWO"
	)
	text := "D:(A;;" + all + ";;;BA)(A;;" + use + "DT;;;SY)(A;;" + look + ";;;IU)(A;;" + look + ";;;SU)"
	if isPerson(account) {
		text += "(A;;" + use + ";;;" + account + ")"
	}
	return text
}

// isPerson reports whether an account is neither Windows itself nor a group.
func isPerson(account string) bool {
	return strings.HasPrefix(account, "S-1-5-21-") || strings.HasPrefix(account, "S-1-12-1-") // of this computer or a domain; of Entra
}

func list(head, entry string, accounts []string) string {
	var b strings.Builder
	b.WriteString(head)
	for i, account := range accounts {
		if !slices.Contains(accounts[:i], account) {
			fmt.Fprintf(&b, entry, account)
		}
	}
	return b.String()
}

// What an entry of a list says.
const (
	readData  = 0x1
	writeData = 0x2
	// genericAll stands for all rights of whatever it is given on, genericRead for those to read it.
	genericAll  = 0x10000000
	genericRead = 0x80000000
	// inheritOnly marks an entry that says nothing of the folder itself.
	inheritOnly = 0x8
)

// entry is one entry of a list, which allows something.
type entry struct {
	account string
	flags   uint8
	rights  uint32
}

// trusted returns the accounts that may read and write.
func trusted(entries []entry) []string {
	var accounts []string
	for _, e := range entries {
		isAll := e.rights&genericAll != 0 || e.rights&(readData|writeData) == readData|writeData
		if isAll && e.flags&inheritOnly == 0 && !slices.Contains(everybody, e.account) {
			accounts = append(accounts, e.account)
		}
	}
	return accounts
}

// isOpen reports whether a group that everybody is in may read.
func isOpen(entries []entry) bool {
	return slices.ContainsFunc(entries, func(e entry) bool {
		isOne := e.account == creator || e.account == owner
		return !isOne && slices.Contains(everybody, e.account) && e.rights&(readData|genericRead|genericAll) != 0
	})
}
