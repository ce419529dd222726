package acl

import (
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"
)

// User returns the number of the account of this process.
func User() (string, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return "", err
	}
	return user.User.Sid.String(), nil
}

// Private lets nobody but this account, Windows itself and administrators use a folder and what is in it.
func Private(folder string) error {
	user, err := User()
	if err != nil {
		return err
	}
	return set(folder, []string{user, System, Administrators})
}

// Admit lets an account use a folder and what is in it, too. From the groups that everybody is in it takes that away.
func Admit(folder, account string) error { return change(folder, account, true) }

// Dismiss takes from an account what Admit gave it.
func Dismiss(folder, account string) error { return change(folder, account, false) }

func change(folder, account string, isIn bool) error {
	accounts, err := Trusted(folder)
	if err != nil {
		return err
	}
	accounts = slices.DeleteFunc(accounts, func(other string) bool { return other == account })
	if isIn {
		accounts = append(accounts, account)
	}
	return set(folder, accounts)
}

// Trusted returns who may read and write a folder, and always this account, Windows itself and administrators.
func Trusted(folder string) ([]string, error) {
	entries, err := read(folder)
	if err != nil {
		return nil, err
	}
	user, err := User()
	return append([]string{user, System, Administrators}, trusted(entries)...), err
}

// IsOpen reports whether everybody on this computer may read a folder, or what is in it.
func IsOpen(folder string) (bool, error) {
	entries, err := read(folder)
	return isOpen(entries), err
}

// set replaces the list of a folder. Windows passes it on to what is in there.
func set(folder string, accounts []string) error {
	made, err := windows.SecurityDescriptorFromString(forFolder(accounts))
	if err != nil {
		return err
	}
	dacl, _, err := made.DACL()
	if err != nil {
		return err
	}
	err = windows.SetNamedSecurityInfo(folder, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, dacl, nil)
	runtime.KeepAlive(made)
	return err
}

// read returns the entries of a folder's list that allow something.
func read(folder string) ([]entry, error) {
	found, err := windows.GetNamedSecurityInfo(folder, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return nil, err
	}
	dacl, _, err := found.DACL()
	if err != nil {
		return nil, err
	}
	if dacl == nil { // without a list everybody may
		return []entry{{account: "S-1-1-0", rights: genericAll}}, nil
	}
	var entries []entry
	for i := range uint32(dacl.AceCount) {
		var ace *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(dacl, i, &ace); err != nil {
			return nil, err
		}
		if ace.Header.AceType != windows.ACCESS_ALLOWED_ACE_TYPE {
			continue
		}
		sid := (*windows.SID)(unsafe.Pointer(&ace.SidStart)) //nolint:gosec // the account follows the entry
		entries = append(entries, entry{sid.String(), ace.Header.AceFlags, uint32(ace.Mask)})
	}
	runtime.KeepAlive(found)
	return entries, nil
}
