package metrics

import (
	"errors"
	"os"
	"path/filepath"

	"perch/app/disk"
	"perch/bridge/sqlite/inlet"
)

// disk looks at the files of the journal at path, and at what is left beside them. A file that is not there takes up nothing.
func (l *look) disk(path string) error {
	posts, err := inlet.Files(path)
	if err != nil {
		return err
	}
	for name, files := range map[string][]string{"journal": {path}, "wal": {path + "-wal"}, "inlet": posts} {
		size, err := sizeOf(files)
		if err != nil {
			return err
		}
		l.add(journalSize, float64(size), name)
	}
	free, err := disk.Free(filepath.Dir(path))
	if err != nil {
		return err
	}
	l.add(diskFree, float64(free))
	return nil
}

func sizeOf(files []string) (size int64, err error) {
	for _, name := range files {
		info, err := os.Stat(name)
		if errors.Is(err, os.ErrNotExist) {
			continue // the inlet's come and go
		}
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}
