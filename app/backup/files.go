package backup

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"perch/app/config"
)

// Folder is where the relay of a home puts its own backups.
func Folder(home config.Home, c config.Backup) string { return cmp.Or(c.Folder, home.Backups()) }

// Last returns the last good backup of the home that was made here; the zero value when there is none. It may be on a disk that
// is not there any more.
func Last(home config.Home, c config.Backup) Good {
	last := Newest(home, Folder(home, c))
	if by := noted(home); by.At.After(last.At) {
		last = by
	}
	return last
}

// noted is what remember has noted; the zero value for nothing.
func noted(home config.Home) (last Good) {
	text, err := os.ReadFile(home.LastBackup())
	if err != nil || json.Unmarshal(text, &last) != nil {
		return Good{}
	}
	return last
}

// remember notes the last good backup.
func remember(home config.Home, last Good) error {
	text, _ := json.Marshal(last) // plain values only: cannot fail
	return writeFile(home.LastBackup(), text)
}

// Newest returns the newest backup of the home in a folder; the zero value when there is none.
func Newest(home config.Home, folder string) (newest Good) {
	for _, f := range ownIn(home, folder) {
		if f.Made.After(newest.At) {
			newest = Good{At: f.Made, File: f.path, Bytes: sizeOf(f.path)}
		}
	}
	return newest
}

// own is a backup of one home.
type own struct {
	path string
	Manifest
}

// ownIn lists the backups in a folder that were made of the home on this computer. What cannot be read is nobody's.
func ownIn(home config.Home, folder string) (list []own) {
	entries, _ := os.ReadDir(folder) // a folder that is not there has none
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.HasSuffix(e.Name(), ending) {
			continue
		}
		r, err := open(filepath.Join(folder, e.Name()))
		if err != nil {
			continue
		}
		r.close()
		if m := r.manifest; isHere(&m) && m.Home == filepath.Dir(home.Journal()) {
			list = append(list, own{r.path, m})
		}
	}
	return list
}

// isHere reports whether it was made on this computer. Not every system has an id, and backups of old have none.
func isHere(m *Manifest) bool {
	here := machine()
	return m.Host == host() && (m.Machine == here || m.Machine == "" || here == "")
}

// prune deletes the oldest backups that the relay of the home has made by itself, but for keep of them; made is one that stays.
func prune(home config.Home, made string, keep int) (deleted int, err error) {
	list := slices.DeleteFunc(ownIn(home, filepath.Dir(made)), func(f own) bool { return !f.Automatic || f.path == made })
	slices.SortFunc(list, func(a, b own) int { return b.Made.Compare(a.Made) })
	for _, f := range list[min(max(keep-1, 0), len(list)):] {
		if err := os.Remove(f.path); err != nil {
			return deleted, placeError("delete an old backup", f.path, err)
		}
		deleted++
	}
	return deleted, nil
}
