package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"perch/app/config"
	"perch/bridge/sharing"
)

// keptSecrets are those that were in the keyring before, sealed with the passphrase of the backup.
const keptSecrets = "keyring-before.age"

// note is what says that a restore has begun. From when it is on disk the restore goes on to its end, whatever happens.
type note struct {
	// Stage is the name of the folder of what is put in place, which is beside the note. Kept is the path of the folder of what
	// was there, Journal where the journal belongs.
	Stage   string `json:"stage"`
	Kept    string `json:"kept"`
	Journal string `json:"journal"`
	// MovesPhrase is set when the kept passphrase of the vault is put aside.
	MovesPhrase bool `json:"moves_phrase"`
	// Secrets is set while secrets still have to go into the keyring.
	Secrets bool `json:"secrets"`
}

// Finished says what a restore has left.
type Finished struct {
	// Kept is the folder of what was replaced.
	Kept string `json:"kept"`
	// OpenSecrets is set when the secrets of the backup did not all get into the keyring.
	OpenSecrets bool `json:"open_secrets"`
}

// Sentence says so in words.
func (f Finished) Sentence() string {
	text := "what was there before is in " + f.Kept
	if f.OpenSecrets {
		text += "; the secrets of the backup are not all in the keyring: for them, run perch restore once more"
	}
	return text
}

// IsPending reports whether a restore has begun on the home and not ended.
func IsPending(home config.Home) bool { return exists(home.Restoring()) }

// IsAtWork reports whether a restore that holds the home's lock is what works on it, and no relay.
func IsAtWork(home config.Home) bool {
	return IsPending(home) || len(foldersIn(filepath.Dir(home.Journal()), stagePrefix)) > 0
}

func pendingError(op string) error {
	return refused(op, "a restore was interrupted here", "finish it with: perch start", nil)
}

// CheckPending is an error while a restore has begun and not ended: nobody may open the journal then. It is nil otherwise.
func CheckPending(home config.Home, op string) error {
	if !IsPending(home) {
		return nil
	}
	return pendingError(op)
}

// Commit puts the backup in place. An error before anything was replaced says so; after one that comes later, perch start or
// perch restore goes on.
func (r *Restore) Commit(ctx context.Context) (Finished, error) {
	n := note{Stage: filepath.Base(r.stage), Journal: target(r.o.Home.Journal()), MovesPhrase: r.movesPhrase, Secrets: len(r.secrets) > 0}
	var err error
	if n.Kept, err = r.keep(); err != nil {
		return Finished{}, err
	}
	r.o.step("kept")
	if err := n.write(r.o.Home); err != nil {
		_ = os.RemoveAll(n.Kept)
		return Finished{}, placeError(opRestore, filepath.Dir(r.o.Home.Restoring()), err)
	}
	r.isBegun = true
	r.o.step("noted")
	if err := n.replace(r.o.Home, r.o.step); err != nil {
		return Finished{}, begunError(err)
	}
	if err := r.storeSecrets(ctx); err != nil {
		return Finished{Kept: n.Kept}, begunError(err)
	}
	r.o.step("secrets")
	if err := n.end(r.o.Home); err != nil {
		return Finished{}, begunError(err)
	}
	r.o.step("ended")
	return Finished{Kept: n.Kept}, nil
}

func begunError(err error) error {
	return refused(opRestore, "it has begun and could not be finished", "mend what is wrong, then run perch restore again, or perch start, which finishes it", err)
}

// keep makes the folder of what is replaced, with copies of the small files.
func (r *Restore) keep() (string, error) {
	folder := unused(filepath.Join(filepath.Dir(target(r.o.Home.Journal())), "before-restore-"+r.o.now().Local().Format(stampForm)))
	err := os.Mkdir(folder, 0o700)
	if err == nil {
		err = r.keepFiles(folder)
	}
	if err != nil {
		_ = os.RemoveAll(folder)
		return "", placeError(opRestore, filepath.Dir(folder), err)
	}
	return folder, nil
}

func (r *Restore) keepFiles(folder string) error {
	list := r.files()
	if r.movesPhrase {
		list = append(list, file{filepath.Base(r.o.Home.Passphrase()), r.o.Home.Passphrase()})
	}
	for _, f := range append(list, file{keptSecrets, r.staged(keptSecrets)}) {
		if err := copyFile(f.place, filepath.Join(folder, f.name), maxSmall); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return errors.Join(sharing.SyncFolder(folder), sharing.SyncFolder(filepath.Dir(folder)))
}

// storeSecrets leaves what else is in the keyring: it may be another home's.
func (r *Restore) storeSecrets(ctx context.Context) error {
	for key, value := range r.secrets {
		if err := r.keyring.Set(ctx, key, value); err != nil {
			return err
		}
	}
	return nil
}

func (n *note) write(home config.Home) error {
	text, _ := json.Marshal(n) // plain values only: cannot fail
	return writeFile(home.Restoring(), text)
}

func readNote(home config.Home) (*note, error) {
	text, err := os.ReadFile(home.Restoring())
	if err != nil {
		return nil, placeError(opRestore, home.Restoring(), err)
	}
	var n note
	err = json.Unmarshal(text, &n)
	if err != nil || filepath.Base(n.Stage) != n.Stage || !strings.HasPrefix(n.Stage, stagePrefix) || n.Kept == "" || n.Journal == "" {
		return nil, refused(opRestore, "the note of an interrupted restore, "+home.Restoring()+", cannot be read",
			fmt.Sprintf("look into the folders before-restore-… and %s… beside it: when perch.db, perch.toml and vault.age are in place, delete the note", stagePrefix), err)
	}
	return &n, nil
}

// Finish ends a restore that was interrupted, if there is one; it returns nil if there is none. The caller holds no lock.
func Finish(home config.Home) (*Finished, error) {
	if !IsPending(home) {
		return nil, nil //nolint:nilnil // there may be none
	}
	lock, err := takeLock(home)
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Close() }()
	return finish(home, func(string) {})
}

func finish(home config.Home, step func(string)) (*Finished, error) {
	n, err := readNote(home)
	if err != nil {
		return nil, err
	}
	if err := n.replace(home, step); err != nil {
		return nil, begunError(err)
	}
	if err := n.end(home); err != nil {
		return nil, begunError(err)
	}
	return &Finished{Kept: n.Kept, OpenSecrets: n.Secrets}, nil
}
