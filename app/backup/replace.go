package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"perch/app/config"
	"perch/bridge/sharing"
	"perch/bridge/sqlite/inlet"
)

// replace puts what is staged in place. Every step can be made again, after an end at any point of an earlier run: what is
// still staged is not in place yet.
func (n *note) replace(home config.Home, step func(string)) error {
	if err := n.replaceJournal(home, step); err != nil {
		return err
	}
	for _, f := range filesOf(home) {
		err := copyFile(filepath.Join(n.stage(home), f.name), f.place, maxSmall)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return placeError(opRestore, f.place, err)
		}
		step("placed " + f.name)
	}
	if !n.MovesPhrase {
		return nil
	}
	if err := os.Remove(home.Passphrase()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return placeError(opRestore, home.Passphrase(), err)
	}
	step("phrase")
	return sharing.SyncFolder(filepath.Dir(home.Passphrase()))
}

func (n *note) stage(home config.Home) string {
	return filepath.Join(filepath.Dir(home.Restoring()), n.Stage)
}

// replaceJournal moves the old journal away, its WAL first: that must never meet another journal, which it would damage.
func (n *note) replaceJournal(home config.Home, step func(string)) error {
	staged, place := filepath.Join(n.stage(home), memberJournal), n.Journal
	if !exists(staged) {
		return nil
	}
	ends, err := endsOf(place)
	if err != nil {
		return placeError(opRestore, place, err)
	}
	for _, end := range append(ends, "") {
		err := os.Rename(place+end, n.free(memberJournal+end))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return placeError(opRestore, place+end, err)
		}
		step("moved " + memberJournal + end)
	}
	folder := filepath.Dir(place)
	// The folders are on disk before the new journal is in place: no power cut brings the old WAL back beside it.
	if err := errors.Join(sharing.SyncFolder(n.Kept), sharing.SyncFolder(folder)); err != nil {
		return placeError(opRestore, folder, err)
	}
	step("synced")
	if err := os.Rename(staged, place); err != nil {
		return n.acrossDisks(staged, place, err)
	}
	step("placed " + memberJournal)
	return sharing.SyncFolder(folder)
}

// endsOf are the ends of the names of the files that may be beside a journal: SQLite's, and those of what was kept and not taken
// apart.
func endsOf(journal string) ([]string, error) {
	paths, err := inlet.Files(journal)
	ends := []string{"-wal", "-shm"}
	for _, path := range paths {
		ends = append(ends, inlet.End(path))
	}
	return ends, err
}

// acrossDisks puts the journal in place where that is a link to another disk.
func (n *note) acrossDisks(staged, place string, why error) error {
	if err := copyFile(staged, place, maxJournal); err != nil {
		return errors.Join(why, err)
	}
	return os.Remove(staged)
}

// free is a path in the folder of what was replaced that nothing has. A second file of a name is there when somebody has made
// one while the restore was interrupted.
func (n *note) free(name string) string {
	path := filepath.Join(n.Kept, name)
	for i := 2; exists(path); i++ {
		path = filepath.Join(n.Kept, fmt.Sprintf("%d-%s", i, name))
	}
	return path
}

// end forgets the restore.
func (n *note) end(home config.Home) error {
	if err := os.Remove(home.Restoring()); err != nil {
		return placeError(opRestore, home.Restoring(), err)
	}
	if err := sharing.SyncFolder(filepath.Dir(home.Restoring())); err != nil {
		return err
	}
	_ = os.RemoveAll(n.stage(home)) // what is left of it, the next restore removes
	return nil
}
