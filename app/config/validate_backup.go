package config

import (
	"fmt"
	"path/filepath"
	"time"
)

const (
	// leastEvery and mostEvery bound the time between two backups. Each is a whole copy, so that more often costs more than
	// it gives; and one that is made less often than that is none.
	leastEvery, mostEvery = time.Hour, 366 * 24 * time.Hour
	// mostKept bounds how many backups are kept.
	mostKept = 1000
)

func (k *checker) backup(b Backup) {
	every, err := time.ParseDuration(b.Every)
	switch {
	case b.Every == "" || (err == nil && every == 0):
	case err != nil:
		k.add("backup.every", fmt.Sprintf("backup.every is %s, which is not a time", shown(b.Every)), `write hours, such as "24h" or "168h" (a week), or "" for no backups`)
	case every < leastEvery || every > mostEvery:
		k.add("backup.every", fmt.Sprintf("backup.every is %s; it can be from 1h to 8784h (a year)", shown(b.Every)), `write for example "24h", or "" for no backups`)
	}
	if b.Keep < 1 || b.Keep > mostKept {
		k.add("backup.keep", fmt.Sprintf("backup.keep is %d; it can be from 1 to %d", b.Keep, mostKept), "write how many backups to keep, such as 14")
	}
	if b.Folder != "" && !filepath.IsAbs(b.Folder) {
		k.add("backup.folder", fmt.Sprintf("backup.folder is %s, which is not a full path", shown(b.Folder)), `write it from the top, such as "/var/backups/perch", or "" for the folder beside the journal`)
	}
}
