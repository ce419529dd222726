// Package powercut says what a disk may hold after the power has gone at some moment of a program's run. It replays the
// system calls that the program made, as strace has written them down, for every file below one folder, whatever its name.
//
// What it guarantees is the least that a disk and a file system promise. A write is safe once an fsync or fdatasync of its
// file has returned that began after it, or when the file was opened with O_SYNC or O_DSYNC. Until then it may be there,
// not be there, or be torn: any of its sectors of 512 or pages of 4,096 bytes, with the new length or without. A new, renamed
// or removed name is safe once its folder was synced; until then the file may be missing, or be there under the old name.
// What was written through shared memory is never safe. sync_file_range promises nothing.
//
// The program may have any number of threads, but its children may not write below the folder.
package powercut

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Disk is the files below a folder as the program sees them, and what of it is safe. Make it with Load.
type Disk struct {
	home    string
	live    map[string]*file // by path below home; home itself is "."
	safe    map[string]*file
	renames []naming // not yet safe, in order
	open    map[int]*handle
	clock   int // numbers the changes
}

// naming is a change of names.
type naming struct {
	at        int
	add, drop string // paths; "" for none
	file      *file
	unsynced  []string // folders
}

// handle is an open file.
type handle struct {
	file     *file
	path     string
	position int64
	isSynced bool // each write is safe when it has returned
	appends  bool
}

// Load returns the disk with what is in a folder now; all of it is safe.
func Load(home string) (*Disk, error) {
	home, err := filepath.EvalSymlinks(home)
	if err != nil {
		return nil, err
	}
	d := &Disk{home: home, live: map[string]*file{}, safe: map[string]*file{}, open: map[int]*handle{}}
	err = walk(home, func(path string, content []byte, isFolder bool) {
		f := &file{live: content, safe: bytes.Clone(content), isFolder: isFolder}
		d.live[path], d.safe[path] = f, f
	})
	return d, err
}

// walk shows each file and folder below home; what is neither is left out.
func walk(home string, show func(path string, content []byte, isFolder bool)) error {
	return filepath.WalkDir(home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(home, path)
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			show(below, nil, true)
		case entry.Type().IsRegular():
			content, err := os.ReadFile(path) //nolint:gosec // the caller chose the folder
			if err != nil {
				return err
			}
			show(below, content, false)
		}
		return nil
	})
}

// Differences holds the disk, as the program sees it, against a folder: what differs shows that the trace held something
// that the replay does not know. Files in shared memory are left out.
func (d *Disk) Differences(home string) ([]string, error) {
	var all []string
	seen := map[string]bool{}
	err := walk(home, func(path string, content []byte, isFolder bool) {
		seen[path] = true
		f := d.live[path]
		switch {
		case f == nil:
			all = append(all, path+" is not in the replay")
		case !isFolder && !f.isMapped && !bytes.Equal(f.live, content):
			all = append(all, fmt.Sprintf("%s has %d bytes, in the replay %d others", path, len(content), len(f.live)))
		}
	})
	for path := range d.live {
		if !seen[path] {
			all = append(all, path+" is in the replay only")
		}
	}
	slices.Sort(all)
	return all, err
}

func (d *Disk) tick() int {
	d.clock++
	return d.clock
}

// below returns the path below home, or false.
func (d *Disk) below(path string) (string, bool) {
	below, err := filepath.Rel(d.home, path)
	return below, err == nil && filepath.IsLocal(below)
}

// name changes names, which is safe once the folders were synced.
func (d *Disk) name(add, drop string, f *file) {
	n := naming{at: d.tick(), add: add, drop: drop, file: f}
	n.change(d.live)
	for _, path := range []string{add, drop} {
		if folder := filepath.Dir(path); path != "" && !slices.Contains(n.unsynced, folder) {
			n.unsynced = append(n.unsynced, folder)
		}
	}
	d.renames = append(d.renames, n)
}

func (n naming) change(names map[string]*file) {
	if n.drop != "" {
		delete(names, n.drop)
	}
	if n.add != "" {
		names[n.add] = n.file
	}
}

// syncFolder makes the changes of names in a folder safe that were made until then.
func (d *Disk) syncFolder(folder string, until int) {
	d.renames = slices.DeleteFunc(d.renames, func(n naming) bool {
		if n.at > until {
			return false
		}
		if n.unsynced = slices.DeleteFunc(slices.Clone(n.unsynced), func(s string) bool { return s == folder }); len(n.unsynced) > 0 {
			return false
		}
		n.change(d.safe)
		return true
	})
}

func (d *Disk) sync(h *handle, until int) {
	if h.file.isFolder {
		d.syncFolder(h.path, until)
		return
	}
	h.file.flush(func(c change) bool { return c.at <= until })
}

// syncAll is what sync(2) does.
func (d *Disk) syncAll(until int) {
	for path, f := range d.live {
		d.sync(&handle{file: f, path: path}, until)
	}
}
