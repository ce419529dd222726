package secret

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

func exists(path string) bool {
	if path == "" {
		return false
	}
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// readPassphraseFile reads the file that KeepPassphrase wrote. One that others can read protects nothing and is refused, as ssh
// does with keys.
func readPassphraseFile(path string) (string, error) {
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

// ReadKept reads the passphrase that KeepPassphrase has written. Its errors are Operator.
func ReadKept(path string) (string, error) { return readPassphraseFile(path) }
