package powercut

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// Cut writes into a folder what the disk may hold if the power goes now. It changes nothing else: the replay can go on.
func (d *Disk) Cut(random *rand.Rand, folder string) error {
	names := d.cutNames(random)
	for _, path := range slices.Sorted(maps.Keys(names)) {
		target := filepath.Join(folder, path)
		switch parent := names[filepath.Dir(path)]; {
		case path == "." || parent == nil: // what is in a folder that is missing is missing, too
		case names[path].isFolder:
			if err := os.MkdirAll(target, 0o700); err != nil {
				return err
			}
		default:
			if err := write(target, names[path].cut(random)); err != nil {
				return err
			}
		}
	}
	return nil
}

// cutNames returns the names that the disk may have.
func (d *Disk) cutNames(random *rand.Rand) map[string]*file {
	names := maps.Clone(d.safe)
	luck := random.IntN(4)
	for _, n := range d.renames {
		if luck == 1 || luck > 1 && random.IntN(2) == 0 {
			n.change(names)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(names)) {
		if path != "." && names[filepath.Dir(path)] == nil {
			delete(names, path)
		}
	}
	return names
}

// hole is how much of a file is left out at a time when it is empty, in bytes.
const hole = 64 << 10

// write makes a file with holes where it is empty: what was set aside for later costs no room.
func write(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // the caller chose the folder
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := f.Truncate(int64(len(content))); err != nil {
		return err
	}
	for at := 0; at < len(content); at += hole {
		part := content[at:min(at+hole, len(content))]
		if slices.ContainsFunc(part, func(b byte) bool { return b != 0 }) {
			if _, err := f.WriteAt(part, int64(at)); err != nil {
				return err
			}
		}
	}
	return nil
}
