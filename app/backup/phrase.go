package backup

import (
	"io"
	"os"
	"strings"
)

// EnvPassphraseFile names a file with the passphrase that the keyring's secrets are sealed with in backups.
const EnvPassphraseFile = "PERCH_BACKUP_PASSPHRASE_FILE"

// maxPhrase is the longest passphrase, in bytes.
const maxPhrase = 1024

// PassphraseFromFile reads the passphrase from the file that the environment names; "" when it names none.
func PassphraseFromFile() (string, error) {
	path := os.Getenv(EnvPassphraseFile)
	if path == "" {
		return "", nil
	}
	f, err := os.Open(path) //nolint:gosec // the admin has named it
	if err != nil {
		return "", placeError(opMake, "the file that "+EnvPassphraseFile+" names", err)
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, maxPhrase+3))
	phrase := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if err != nil || phrase == "" || len(phrase) > maxPhrase {
		return "", refused(opMake, "the file that "+EnvPassphraseFile+" names holds no passphrase", "write the passphrase into it, in one line", err)
	}
	return phrase, nil
}
