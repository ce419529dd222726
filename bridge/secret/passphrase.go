package secret

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"golang.org/x/term"
)

// Passphrase gives the vault's passphrase, never an empty one. isNew is set when the vault is about to be made, so
// that a person can be asked twice. A Vault calls it once, and again only when the passphrase does not fit.
type Passphrase func(isNew bool) (string, error)

// Fixed always gives the same passphrase.
func Fixed(phrase string) Passphrase {
	return func(bool) (string, error) { return phrase, nil }
}

// SystemPassphrase takes the passphrase from the first of: the systemd credential perch-vault, the file named by
// PERCH_VAULT_PASSPHRASE_FILE, the variable PERCH_VAULT_PASSPHRASE (with a warning, because other programs can read
// it), the file (see KeepPassphrase; "" for none), the person at the terminal. It asks on in when that is a
// terminal, writing to out, else on the terminal that the command was started from. One newline at the end is cut. Its
// errors are Operator; without any source they wrap ErrNoPassphrase.
func SystemPassphrase(file string, log *slog.Logger, in io.Reader, out io.Writer) Passphrase {
	return func(isNew bool) (string, error) {
		if folder := os.Getenv("CREDENTIALS_DIRECTORY"); folder != "" {
			// A service may have other credentials and not this one.
			phrase, err := readPhrase(filepath.Join(folder, credential))
			if !errors.Is(err, fs.ErrNotExist) {
				return phrase, err
			}
		}
		if path := os.Getenv(EnvPassphraseFile); path != "" {
			return readPhrase(path)
		}
		if phrase := os.Getenv(EnvPassphrase); phrase != "" {
			log.Warn("the vault's passphrase is in the environment, where other programs may read it; better: " + EnvPassphraseFile)
			return checkPhrase(phrase, EnvPassphrase)
		}
		if exists(file) {
			return readPassphraseFile(file)
		}
		return ask(in, out, isNew)
	}
}

// ask lets a person type. The terminal is raw meanwhile, so that Ctrl-C ends the question at once and leaves the
// terminal as it was.
func ask(in io.Reader, out io.Writer, isNew bool) (_ string, err error) {
	tty, out, done := terminal(in, out)
	if tty == nil {
		return "", failed(opUnlock, "the vault of secrets needs its passphrase and none was given",
			"run the command in a terminal, or start the relay in Perch's window, or let Perch keep it with: perch secret keep; "+
				"for a service, name a file with it in "+EnvPassphraseFile+" or give it the systemd credential "+credential, ErrNoPassphrase)
	}
	defer done()
	before, err := term.MakeRaw(int(tty.Fd()))
	if err != nil {
		return "", failed(opUnlock, "the terminal does not let Perch ask for the passphrase", "give it in a file, named by "+EnvPassphraseFile, err)
	}
	defer func() { err = errors.Join(err, term.Restore(int(tty.Fd()), before)) }()
	lines := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{tty, out}, "")
	if !isNew {
		return askOnce(lines, "Passphrase of Perch's vault: ")
	}
	phrase, err := askOnce(lines, fmt.Sprintf("New passphrase for Perch's vault (at least %d characters; nobody can recover it): ", LeastPhrase))
	if err == nil {
		err = CheckNew(phrase)
	}
	if err != nil {
		return "", err
	}
	again, err := askOnce(lines, "The same again: ")
	if err == nil && again != phrase {
		err = failed(opUnlock, "the two passphrases are not the same", "try again", ErrNoPassphrase)
	}
	return again, err
}

func askOnce(lines *term.Terminal, prompt string) (string, error) {
	phrase, err := lines.ReadPassword(prompt)
	if err != nil {
		return "", failed(opUnlock, "no passphrase was typed", "try again", ErrNoPassphrase)
	}
	return checkPhrase(phrase, "the line")
}

// terminal finds where to ask; nil when there is nobody. done gives back what was opened.
func terminal(in io.Reader, out io.Writer) (tty *os.File, _ io.Writer, done func()) {
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if isBackground(int(f.Fd())) {
			return nil, nil, nil
		}
		return f, out, func() {}
	}
	f, err := controllingTerminal()
	if err != nil {
		return nil, nil, nil
	}
	done = func() { _ = f.Close() } // nothing to lose
	if isBackground(int(f.Fd())) {
		done()
		return nil, nil, nil
	}
	return f, f, done
}

// HasPassphrase reports whether SystemPassphrase would take a passphrase from somewhere without asking anybody. Whether
// it is the right one, only the vault can tell.
func HasPassphrase(file string) bool {
	if folder := os.Getenv("CREDENTIALS_DIRECTORY"); folder != "" && exists(filepath.Join(folder, credential)) {
		return true
	}
	return os.Getenv(EnvPassphraseFile) != "" || os.Getenv(EnvPassphrase) != "" || exists(file)
}
