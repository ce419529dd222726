package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"unicode/utf8"

	"perch/bridge"
)

// leastPhrase is the shortest passphrase that a new vault takes, in characters. scrypt makes each guess slow; it cannot
// help a word.
const leastPhrase = 10

// CheckNew refuses a passphrase that is too short for a new vault. The error is Invalid.
func CheckNew(phrase string) error {
	if utf8.RuneCountInString(phrase) >= leastPhrase {
		return nil
	}
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "make the vault of secrets", Message: "the passphrase is too short",
		Remedy: fmt.Sprintf("take at least %d characters; several words are good", leastPhrase), Err: ErrNoPassphrase,
	}
}

// HasPassphrase reports whether SystemPassphrase would take a passphrase from somewhere without asking anybody. Whether
// it is the right one, only the vault can tell.
func HasPassphrase(kept string) bool {
	if folder := os.Getenv("CREDENTIALS_DIRECTORY"); folder != "" && isKept(filepath.Join(folder, credential)) {
		return true
	}
	return os.Getenv(EnvPassphraseFile) != "" || os.Getenv(EnvPassphrase) != "" || isKept(kept)
}

func isKept(path string) bool {
	if path == "" {
		return false
	}
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// readKept reads the file that KeepPassphrase wrote. One that others can read protects nothing and is refused, as ssh
// does with keys.
func readKept(path string) (string, error) {
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", failed(opUnlock, "the file with the vault's passphrase, "+path+", can be read by others", "type: chmod 600 "+path, nil)
	}
	return readPhrase(path)
}

// KeepPassphrase writes the passphrase into a file that only its owner can read, as a whole or not at all, so that Perch
// opens the vault without anybody there. Its errors are Operator.
func KeepPassphrase(path, phrase string) error {
	const op = "keep the vault's passphrase"
	if _, err := checkPhrase(phrase, "the line"); err != nil {
		return err
	}
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = replaceFile(path, []byte(phrase+"\n"))
	}
	if err != nil {
		return failed(op, "the file "+path+" cannot be written", "check that its folder belongs to the account that runs Perch", err)
	}
	return nil
}
