package secret

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"perch/bridge"
)

const (
	// credential is the name of the systemd credential that holds the passphrase.
	credential = "perch-vault"
	// maxPhrase is the longest passphrase, in bytes.
	maxPhrase = 1024
	opUnlock  = "open the vault of secrets"
)

// Environment variables that name or hold the passphrase.
const (
	EnvPassphraseFile = "PERCH_VAULT_PASSPHRASE_FILE"
	EnvPassphrase     = "PERCH_VAULT_PASSPHRASE"
)

func checkPhrase(phrase, source string) (string, error) {
	phrase = strings.TrimSuffix(strings.TrimSuffix(phrase, "\n"), "\r")
	switch {
	case phrase == "":
		return "", failed(opUnlock, source+" holds no passphrase", "put the passphrase into it, in one line", ErrNoPassphrase)
	case len(phrase) > maxPhrase:
		return "", failed(opUnlock, fmt.Sprintf("%s holds more than a passphrase can have (%d bytes)", source, maxPhrase),
			"check that it is the right one", nil)
	}
	return phrase, nil
}

func readPhrase(path string) (string, error) {
	unreadable := func(err error) error {
		return failed(opUnlock, "the file with the vault's passphrase, "+path+", cannot be read",
			"check its name and let the account that runs Perch read it", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", unreadable(err)
	}
	defer func() { _ = f.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(f, maxPhrase+3))
	if err != nil {
		return "", unreadable(err)
	}
	return checkPhrase(string(data), path)
}

// CheckNew refuses a passphrase that is too short for a new vault. The error is Invalid.
func CheckNew(phrase string) error {
	if utf8.RuneCountInString(phrase) >= LeastPhrase {
		return nil
	}
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "make the vault of secrets", Message: "the passphrase is too short",
		Remedy: fmt.Sprintf("take at least %d characters; several words are good", LeastPhrase), Err: ErrNoPassphrase,
	}
}

// LeastPhrase is the shortest passphrase that a new vault takes, in characters. scrypt makes each guess slow; it cannot
// help a word.
const LeastPhrase = 10
